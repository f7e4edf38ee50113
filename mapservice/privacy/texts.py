"""Texts that members write for others, and who can read one: the rule that every list, page and count follows.

``store/texts/reading_rule.py`` says the same in SQL; a test compares both for all kinds, audiences, states and viewers.
"""

import datetime as dt
from dataclasses import dataclass, fields
from enum import StrEnum
from uuid import UUID

from mapservice.privacy.visibility import Viewer


class MemberTextKind(StrEnum):
    """A kind of text."""

    STORY = "story"
    EXPERIENCE = "experience"
    THREAD = "thread"
    ANSWER = "answer"


#: The kinds of the forum: the first text of a discussion, and what others answer.
FORUM_KINDS = (MemberTextKind.THREAD, MemberTextKind.ANSWER)


class TextAudience(StrEnum):
    """The people for whom a text is, from the fewest to the most."""

    CONDITION = "condition"
    MEMBERS = "members"
    PUBLIC = "public"


class TextState(StrEnum):
    """What became of a text: held until a moderator looked, shown, removed by a moderator, withdrawn by its author."""

    HELD = "held"
    SHOWN = "shown"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class ContentNote(StrEnum):
    """What a text warns its readers of."""

    DEATH = "death"
    CHILD_LOSS = "child-loss"
    SUICIDE = "suicide"
    VIOLENCE = "violence"
    PROCEDURES = "procedures"
    ADDICTION = "addiction"


class StoryPart(StrEnum):
    """The parts of a guided story, and the free one."""

    FIRST_SIGNS = "first_signs"
    DIAGNOSIS = "diagnosis"
    HELPED = "helped"
    EARLIER_SELF = "earlier_self"
    BODY = "body"


#: The most characters of a title, of a part of a story, and of an experience; and the fewest of a text, of an answer.
MAX_TITLE, MAX_PART, MAX_EXPERIENCE, MIN_TEXT, MIN_ANSWER = 120, 6000, 3000, 20, 2

#: How long a withdrawn text can be shown again, and how long what was typed and not published is kept.
WITHDRAWN_FOR, DRAFTS_FOR = dt.timedelta(days=30), dt.timedelta(days=30)

#: From how many texts on their number is shown, and they can be ordered by thanks.
MIN_COUNT = 5

#: Texts, and answers in the forum, that a new member can publish in a day.
NEW_MEMBER_TEXTS, NEW_MEMBER_ANSWERS = 3, 10

#: Words that people read in a minute.
_WORDS_PER_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, as its author wrote them. A text of one piece has only a ``body``."""

    title: str = ""
    first_signs: str = ""
    diagnosis: str = ""
    helped: str = ""
    earlier_self: str = ""
    body: str = ""

    @property
    def parts(self) -> list[tuple[StoryPart, str]]:
        """The parts that say something, in order."""
        return [(part, said) for part in StoryPart if (said := getattr(self, part))]

    @property
    def length(self) -> int:
        """The number of characters of all parts together, without the title."""
        return sum(len(said) for _part, said in self.parts)

    @property
    def minutes(self) -> int:
        """The reading time in minutes, at least one."""
        return max(1, round(sum(len(said.split()) for _part, said in self.parts) / _WORDS_PER_MINUTE))

    def __str__(self) -> str:
        return "\n".join(said for field in fields(self) if (said := getattr(self, field.name)))


@dataclass(frozen=True, slots=True)
class WrittenText:
    """What decides who can read a text; ``author`` is None if the account was deleted and the text kept.

    ``for_minor``: the author represents a minor in this community, or is one. ``has_own_name``: it is published under
    another name than that of the author's profile, and so does not follow blocks, which would tell whose it is.
    ``is_closed``: the author closed the membership after a death. ``thread`` is the first text of the discussion to
    which an answer belongs, withdrawn and without an author if it was deleted.
    """

    author: UUID | None
    audience: TextAudience
    state: TextState
    for_minor: bool = False
    is_suspended: bool = False
    is_closed: bool = False
    has_own_name: bool = False
    thread: "WrittenText | None" = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads texts of all communities; without a ``member``, a stranger.

    ``joined`` are the conditions whose communities they have joined. For them the members ``apart`` exist nowhere, and
    those of ``apart_in`` not in one community each.
    """

    member: UUID | None = None
    joined: frozenset[int] = frozenset()
    apart: frozenset[UUID] = frozenset()
    apart_in: frozenset[tuple[int, UUID]] = frozenset()


def can_read(text: WrittenText, viewer: Viewer) -> bool:
    """Return whether a viewer of the community can read a text.

    Authors can read their own while it is held, and so can moderators, on their own pages.
    """
    if text.is_closed or (text.thread is not None and not is_open(text.thread, viewer)):
        return False
    if text.author is not None and text.author == viewer.member:
        return text.state in (TextState.SHOWN, TextState.HELD) and not text.is_suspended
    if text.state is not TextState.SHOWN or text.is_suspended:
        return False
    if text.author in viewer.apart and not text.has_own_name:
        return False
    return text.audience in audiences_read(viewer, for_minor=text.for_minor)


def is_open(thread: WrittenText, viewer: Viewer) -> bool:
    """Return whether a viewer can enter a discussion, whatever became of its first text.

    Answers stay where that was withdrawn, removed or deleted, and so they do where its author is apart from the viewer.
    """
    return thread.audience in audiences_read(viewer, for_minor=thread.for_minor)


def audiences_read(viewer: Viewer, *, for_minor: bool = False) -> tuple[TextAudience, ...]:
    """Return the audiences that a viewer of the community belongs to; texts of minors are never public."""
    if viewer.member is None:
        return () if for_minor else (TextAudience.PUBLIC,)
    return audiences_of_members(has_joined=viewer.has_joined)


def audiences_of_members(*, has_joined: bool) -> tuple[TextAudience, ...]:
    """Return the audiences that a member belongs to, in a community that they have joined or in another."""
    everywhere = (TextAudience.MEMBERS, TextAudience.PUBLIC)
    return (TextAudience.CONDITION, *everywhere) if has_joined else everywhere


def audience_choices(*, for_minor: bool, widest: TextAudience = TextAudience.PUBLIC) -> tuple[TextAudience, ...]:
    """Return the audiences that an author can choose from; ``widest`` is that of the discussion which they answer."""
    up_to = tuple(TextAudience)[: tuple(TextAudience).index(widest) + 1]
    return tuple(audience for audience in up_to if audience is not TextAudience.PUBLIC or not for_minor)
