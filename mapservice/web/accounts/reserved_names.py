"""Words in a name that would make others believe that a person runs the site, in the languages of the site."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from mapservice.text.confusables import skeleton

#: Whole words; several words are compared without spaces.
_STAFF_WORDS = (
    "admin administrator administration administracion administrador administradora administrateur administratrice",
    "administracao amministratore amministratrice administratorin verwaltung verwalter verwalterin",
    "mod mods moderator moderators moderation moderatorin moderador moderadora moderacion moderacao moderateur",
    "moderatrice moderatore moderazione",
    "staff team equipo equipe equipa mitarbeiter mitarbeiterin",
    "support helpdesk hotline customerservice customercare soporte suporte supporto atencionalcliente",
    "serviceclient kundendienst kundenservice",
    "official oficial offiziell officiel officielle ufficiale",
    "operator operador operadora operateur operatrice betreiber betreiberin webmaster postmaster hostmaster",
    "sysadmin sysop noreply siteowner communitymanager communitymanagerin",
    "security seguridad securite sicherheit seguranca sicurezza",
    "админ администратор администрация модератор поддержка",
    "مشرف المشرف مدير المدير ادارة الادارة الدعم فريق",
)
_STAFF_SKELETONS = frozenset(skeleton(word) for line in _STAFF_WORDS for word in line.split())

#: Beginnings and ends that occur in no harmless word: "superadmin", "moderators".
_BEGINNINGS = tuple(map(skeleton, ("admin", "moderator", "moderador", "moderateur")))
_ENDS = tuple(map(skeleton, ("admin", "moderator", "support")))

#: A shorter name of the site would be found in other words.
_MIN_SITE_LETTERS = 6

_WORDS = re.compile(r"[^\W_]+")


def staff_word(name: str) -> str | None:
    """Return the part of a name that sounds like staff, as written, or None."""
    parts = list(_parts(name))
    matches = [part for part in parts if _is_staff(skeleton(part)) or _is_staff(skeleton(part.strip("0123456789")))]
    if matches:
        return ", ".join(matches)
    for first, second in pairwise(parts):
        if _is_staff(skeleton(first + second)):
            return f"{first} {second}"
    return name if _is_staff(skeleton(name)) or _is_spelled_out(name) else None


def has_site_name(name: str, site: str) -> bool:
    """Return whether a name contains that of the site."""
    site_skeleton = skeleton(site)
    if len(site_skeleton) >= _MIN_SITE_LETTERS:
        return site_skeleton in skeleton(name)
    return bool(site_skeleton) and site_skeleton in {skeleton(name), *map(skeleton, _parts(name))}


def _is_staff(form: str) -> bool:
    if not form:
        return False
    return form in _STAFF_SKELETONS or form.startswith(_BEGINNINGS) or form.endswith(_ENDS) or _is_of_two(form)


def _is_of_two(form: str) -> bool:
    """Return whether two staff words are written as one: "Supportteam"."""
    return any(form[:at] in _STAFF_SKELETONS and form[at:] in _STAFF_SKELETONS for at in range(1, len(form)))


def _is_spelled_out(name: str) -> bool:
    """Return whether single letters spell a staff word: "a d m i n"."""
    return any(_is_staff(skeleton(run)) for run in re.findall(r"\b\w(?:[\W_]+\w\b)+", name))


def _parts(name: str) -> Iterator[str]:
    """Yield the words of a name; "TheSupportTeam" has three."""
    text = unicodedata.normalize("NFKC", name)
    for word in _WORDS.findall(text):
        yield word
        humps = re.findall(r"[^\W\d_][^\W\d_A-Z]+|[A-Z]+(?![a-z])", word)
        if len(humps) > 1:
            yield from humps
