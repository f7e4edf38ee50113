"""The words about texts of members: labels, states, reasons, and a text as it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mapservice.i18n.translation import Message
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.moderation.rules import HoldReason
from mapservice.privacy.texts import FORUM_KINDS, ContentNote, MemberTextKind, StoryPart, TextAudience, TextState
from mapservice.store.tables.texts import AnyText, MemberText
from mapservice.text import contacts, plain_marks

#: The most characters of the beginning of a text in a list.
BEGINNING = 280

TEXT_KINDS = {
    MemberTextKind.STORY: _l("Story"),
    MemberTextKind.EXPERIENCE: _l("Experience"),
    MemberTextKind.THREAD: _l("Discussion"),
    MemberTextKind.ANSWER: _l("Answer"),
}

TEXT_AUDIENCES = {
    TextAudience.CONDITION: _l("Members of this condition"),
    TextAudience.MEMBERS: _l("All signed-in members"),
    TextAudience.PUBLIC: _l("Everyone. Search engines and other websites may copy it and keep it for ever"),
}

#: For the author.
TEXT_STATES = {
    TextState.HELD: _l("Not shown yet. A moderator will read it first."),
    TextState.SHOWN: _l("Shown"),
    TextState.REMOVED: _l("Removed by a moderator"),
    TextState.WITHDRAWN: _l("Withdrawn"),
}

PARTS = {
    StoryPart.FIRST_SIGNS: _l("First signs"),
    StoryPart.DIAGNOSIS: _l("The diagnosis"),
    StoryPart.HELPED: _l("What helped"),
    StoryPart.EARLIER_SELF: _l("What I would tell my earlier self"),
    StoryPart.BODY: _l("My story"),
}

CONTENT_NOTES = {
    ContentNote.DEATH: _l("Death or dying"),
    ContentNote.CHILD_LOSS: _l("Loss of a pregnancy or a child"),
    ContentNote.SUICIDE: _l("Suicide or self-harm"),
    ContentNote.VIOLENCE: _l("Violence or abuse"),
    ContentNote.PROCEDURES: _l("Medical procedures in detail"),
    ContentNote.ADDICTION: _l("Addiction"),
}

#: Why a text is held, for its author and for moderators.
REASONS = {
    HoldReason.HEALER: _l("It names a doctor or healer and asks readers to get in touch."),
    HoldReason.CURE: _l("It says that something cured or healed, and who or what did it."),
    HoldReason.TOPIC: _l("It is about another topic, and does not mention this condition or its symptoms."),
    HoldReason.LURE: _l("It promises to say in a private message who or what healed."),
    HoldReason.DISGUISE: _l("Words are written with letters of other alphabets, or with spaces between the letters."),
    HoldReason.OFFER: _l("It offers goods, treatment or money."),
    HoldReason.LIKENESS: _l("Its wording is like that of advertising for false cures."),
    HoldReason.FIRST: _l("It is the first text of this author."),
    HoldReason.CAPITALS: _l("Many words are in capital letters."),
    HoldReason.NO_WORD: _l("It does not mention this condition or its symptoms."),
}


@dataclass(frozen=True, slots=True)
class ShownText:
    """The words of a text as they are read: without contact details, unless a moderator let them be shown.

    ``html`` is the text of the forum, with its lists and quotes.
    """

    title: str
    parts: Sequence[tuple[Message, str]]
    notes: Sequence[Message]
    beginning: str
    minutes: int
    hides_contacts: bool
    html: str = ""


def shown_text(row: AnyText, *, is_unmasked: bool = False) -> ShownText:
    """Return a text as it is read; with ``is_unmasked`` as its author wrote it."""
    hidden = _("[hidden]")
    masked = cache(lambda said: contacts.mask(said, hidden))

    def seen(said: str) -> str:
        return said if is_unmasked or row.shows_contacts else masked(said)

    words = row.words
    guided = [(PARTS[part], seen(said)) for part, said in words.parts]
    parts = [("", seen(words.body))] if len(guided) == 1 and words.body else guided
    whole = " ".join(" ".join(said for _title, said in parts).split())
    beginning = whole if len(whole) <= BEGINNING else f"{whole[:BEGINNING].rsplit(' ', 1)[0]}…"
    notes = [CONTENT_NOTES[ContentNote(note)] for note in row.content_notes]
    hides = any(masked(said) != said for said in (words.title, *(said for _part, said in words.parts)))
    hides_contacts = hides and not row.shows_contacts
    html = plain_marks.to_html(seen(words.body)) if row.kind in FORUM_KINDS else ""
    return ShownText(seen(words.title), parts, notes, beginning, words.minutes, hides_contacts, html)


def reasons_in_words(row: AnyText) -> list[Message]:
    """Return why a text is or was held."""
    return [REASONS[HoldReason(reason)] for reason in row.reasons] if isinstance(row, MemberText) else []


def state_in_words(row: AnyText) -> Message:
    """Return what became of a text, for its author."""
    return TEXT_STATES[TextState(row.state)]
