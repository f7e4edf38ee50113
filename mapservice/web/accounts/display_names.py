"""Display names: any script, but no invisible characters, no addresses, and no name that passes for staff.

Normalisation and permitted characters follow the PRECIS profile for nicknames (RFC 8266), extended by emoji.
"""

import re
import unicodedata

from precis_i18n import get_profile

from mapservice.db import get_session
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import staff
from mapservice.store.community import memberships
from mapservice.store.tables import Member, Membership
from mapservice.text.confusables import mixes_alphabets, skeleton
from mapservice.web.accounts import login
from mapservice.web.accounts.reserved_names import has_site_name, staff_word
from mapservice.web.site.service import current_site

MAX_LENGTH = 40

NAME_OF_CHILD = _l(
    "Your profile for someone under 18 uses this name. Choose a different one, so nobody can link the two of you."
)

_NICKNAME = get_profile("NicknameCasePreserved")

# An empty Braille pattern draws nothing, but PRECIS treats it as a symbol.
_INVISIBLE = "\u2800"

# Needed between and after emoji. PRECIS permits it only between letters of some scripts.
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"

# More marks on one letter would overlap the lines above and below.
_MAX_MARKS = 4

_ADDRESS = re.compile(
    r"@ | [([]\s*(at|arroba)\s*[)\]] | \b(at|arroba)\s+\w+\s+(dot|punto|punkt|point)\s+\w", re.IGNORECASE | re.VERBOSE
)

# A scheme, www, an ending that no abbreviation has, or a letter right after a full stop, as in claim-prize.com.
_LINK = re.compile(
    r"""https?\b | \b(hxxps?|ftp|mailto|tel|javascript|data|tg|skype)\s*: | :// | \bwww\d?\b
    | \b\d{1,3}(\.\d{1,3}){3}\b
    | [^\W_] [.。] [^\W\d_]{2}
    | [^\W_] \s* ([.。]|[([]\s*(\.|dot)\s*[)\]]|\bdot\b|\bpunkt\b|\bpunto\b) \s*
      (com|net|org|info|biz|xyz|online|site|shop)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def normalize_name(text: str) -> str:
    """Return a name as it is stored: composed (NFKC), trimmed, with single spaces."""
    # Twice, as RFC 8266 says, because composing can produce spaces.
    return str(_NICKNAME.apply_five_rules(_NICKNAME.apply_five_rules(text)))


def problem(text: str) -> str | None:
    """Return why a normalised name is not allowed, in a sentence that says what to do, or None.

    A member can keep a name that they already have, whatever the rules say now.
    """
    if not 1 <= len(text) <= MAX_LENGTH:
        return _("Enter a name of 1 to %(length)s characters.", length=MAX_LENGTH)
    return None if _is_own(text) else _unreadable(text) or _misleading(text)


def is_minors_name(member: Member, text: str, *, besides: Membership | None = None) -> bool:
    """Return whether a minor's profile card of a member has this name, ignoring the membership ``besides``."""
    joined = memberships.list_for_member(get_session(), member)
    names = [
        membership.pseudonym for membership, _condition in joined if membership.for_minor and membership is not besides
    ]
    return text.casefold() in {name.casefold() for name in names if name}


def _unreadable(text: str) -> str | None:
    """Return why the characters of a name are not allowed."""
    if _ADDRESS.search(text):
        return _("This looks like an e-mail address. Other people can see your name, so choose a different one.")
    if not _is_allowed(text) or _is_stacked(text):
        return _("This name contains invisible or unusual characters. Use ordinary letters.")
    if not any(unicodedata.category(character)[0] in "LNS" for character in text):
        return _("Enter a name with at least one letter or number.")
    return None


def _misleading(text: str) -> str | None:
    """Return why a name would deceive others."""
    if _LINK.search(text):
        return _("This looks like a link to a website. Choose a name without a link, and put a space after full stops.")
    if mixes_alphabets(text):
        return _("This name mixes letters from different alphabets that look alike. Use one alphabet.")
    if has_site_name(text, current_site().site_name):
        return _("Your name contains the name of this site, so people could think that you run it. Leave it out.")
    if word := staff_word(text):
        return _("“%(word)s” could make people think that you run this site. Leave it out.", word=word)
    if _is_like_staff(text):
        return _("Someone who runs this site has a similar name. Choose a different one, or add a word to it.")
    return None


def _is_like_staff(text: str) -> bool:
    names = staff.pseudonyms(get_session(), but=login.current_member())
    return bool(skeleton(text)) and skeleton(text) in set(map(skeleton, names))


def _is_own(text: str) -> bool:
    member = login.current_member()
    if member is None:
        return False
    own = [membership.pseudonym for membership, _condition in memberships.list_for_member(get_session(), member)]
    return text in {member.pseudonym, *own}


def _is_allowed(text: str) -> bool:
    bare = "".join(char for at, char in enumerate(text) if not _is_emoji_joiner(text, at))
    if _INVISIBLE in text:
        return False
    try:
        _NICKNAME.enforce(bare)
    except UnicodeEncodeError:
        return False
    return True


def _is_emoji_joiner(text: str, at: int) -> bool:
    """Return whether a character joins two emoji or selects the presentation of one."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == _EMOJI_STYLE:
        return bool(before) and unicodedata.category(before) in {"So", "Sm", "Po"}
    return text[at] == _JOINER and _is_picture(before) and _is_picture(after)


def _is_picture(char: str) -> bool:
    return bool(char) and (char == _EMOJI_STYLE or unicodedata.category(char) in {"So", "Sk"})


def _is_stacked(text: str) -> bool:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks > _MAX_MARKS:
            return True
    return unicodedata.category(text[0]) in {"Mn", "Me"}
