"""Who may write to whom, and how often: the rules of conversations, and what each of the two can see of one."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mapservice.privacy.visibility import SHARED_AUDIENCES, Audience, Viewer, audiences_seen

#: Who may write first to somebody, from the fewest people to the most. Contacts have a conversation already.
WRITERS = (Audience.NOBODY, *SHARED_AUDIENCES)

#: Characters of a first message, and the most of a later one.
MIN_FIRST, MAX_FIRST = 20, 600
MAX_REPLY = 4000

#: A first message without an answer is deleted after this time, for both and whatever the reason.
UNANSWERED = dt.timedelta(days=60)

#: What was typed and not sent is deleted after this time.
DRAFTS = dt.timedelta(days=30)

#: The time in which new people are counted.
DAY = dt.timedelta(hours=24)

#: How many new people a member can write to in that time: somebody new here, and everybody else; and from when on a
#: member is told that there is a limit.
NEWCOMER_LIMIT, FULL_LIMIT, WARNING = 3, 15, 10

#: A member counts as new for this many days, and until this many people have accepted their first message.
NEWCOMER_DAYS, NEWCOMER_ACCEPTED = 7, 3


class ConversationState(StrEnum):
    """How far a conversation is: not sent, sent and not answered, or accepted by the other."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"


class ConversationPart(StrEnum):
    """What a conversation is for one of its two members."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED = "asked"
    DECLINED = "declined"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Newness:
    """What decides how many new people a member can write to: when they joined, and how many accepted."""

    joined: dt.date
    accepted: int

    def limit(self, today: dt.date) -> int:
        """Return how many new people the member can write to in a day."""
        is_new = today - self.joined < dt.timedelta(days=NEWCOMER_DAYS) or self.accepted < NEWCOMER_ACCEPTED
        return NEWCOMER_LIMIT if is_new else FULL_LIMIT


def part_of(
    state: ConversationState, *, is_starter: bool, has_declined: bool, is_other_there: bool
) -> ConversationPart | None:
    """Return what a conversation is for one of the two; None if it does not exist for them.

    ``is_other_there``: the other has an account, has not left, and neither has blocked the other. A first message that
    was sent looks the same to its writer whatever became of the other.
    """
    if is_starter and state is ConversationState.SENT:
        return ConversationPart.SENT
    if not is_other_there:
        return None
    if state is ConversationState.ACCEPTED:
        return ConversationPart.ACCEPTED
    if is_starter:
        return ConversationPart.DRAFT
    if state is ConversationState.DRAFT:
        return None
    return ConversationPart.DECLINED if has_declined else ConversationPart.ASKED


def may_write(writers: Audience, viewer: Viewer) -> bool:
    """Return whether a viewer who can see somebody may send them a first message."""
    return writers in audiences_seen(viewer)


def widest_writers(*, is_minor: bool, for_minor: bool) -> Audience:
    """Return the most people whom somebody can let write to them.

    Nobody writes first to a member under 18; they can write to others themselves. Somebody who speaks for a minor can
    be written to by members of the community only.
    """
    if is_minor:
        return Audience.NOBODY
    return Audience.CONDITION if for_minor else Audience.MEMBERS


def writers(chosen: Audience | None, *, is_minor: bool, for_minor: bool) -> Audience:
    """Return who may write to a member. Before they choose, that is the members of the community.

    Of somebody who speaks for a minor it is nobody, until they choose.
    """
    widest = widest_writers(is_minor=is_minor, for_minor=for_minor)
    wish = chosen or (Audience.NOBODY if for_minor else Audience.CONDITION)
    return min(wish, widest, key=WRITERS.index)


def writer_choices(*, is_minor: bool, for_minor: bool) -> tuple[Audience, ...]:
    """Return the audiences that somebody can choose from."""
    return WRITERS[: WRITERS.index(widest_writers(is_minor=is_minor, for_minor=for_minor)) + 1]
