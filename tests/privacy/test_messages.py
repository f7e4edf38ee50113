"""Who may write to whom, how often, and what each of the two can see of a conversation."""

import datetime as dt
import itertools
import uuid

import pytest

from mapservice.privacy.messages import (
    FULL_LIMIT,
    NEWCOMER_LIMIT,
    WRITERS,
    ConversationPart,
    ConversationState,
    Newness,
    may_write,
    part_of,
    writer_choices,
    writers,
)
from mapservice.privacy.visibility import Audience, Viewer

TODAY = dt.date(2026, 11, 28)
STRANGER, MEMBER, OF_CONDITION = Viewer(), Viewer(uuid.UUID(int=1)), Viewer(uuid.UUID(int=1), has_joined=True)


@pytest.mark.parametrize(
    ("audience", "allowed"),
    [(Audience.NOBODY, []), (Audience.CONDITION, [OF_CONDITION]), (Audience.MEMBERS, [MEMBER, OF_CONDITION])],
)
def test_only_those_may_write_whom_somebody_allows(audience, allowed):
    assert [viewer for viewer in (STRANGER, MEMBER, OF_CONDITION) if may_write(audience, viewer)] == allowed


def test_before_they_choose_members_of_the_community_may_write():
    assert writers(None, is_minor=False, for_minor=False) is Audience.CONDITION


@pytest.mark.parametrize("chosen", [None, *WRITERS])
def test_never_lets_anybody_write_first_to_a_member_under_18(chosen):
    assert writers(chosen, is_minor=True, for_minor=False) is Audience.NOBODY
    assert writers(chosen, is_minor=True, for_minor=True) is Audience.NOBODY
    assert writer_choices(is_minor=True, for_minor=False) == (Audience.NOBODY,)


def test_to_somebody_who_speaks_for_a_minor_members_of_the_community_write_at_most_and_only_if_they_choose_it():
    assert writers(None, is_minor=False, for_minor=True) is Audience.NOBODY
    assert writers(Audience.MEMBERS, is_minor=False, for_minor=True) is Audience.CONDITION
    assert writer_choices(is_minor=False, for_minor=True) == (Audience.NOBODY, Audience.CONDITION)


@pytest.mark.parametrize(
    ("days", "accepted", "limit"),
    [(6, 3, NEWCOMER_LIMIT), (7, 2, NEWCOMER_LIMIT), (7, 3, FULL_LIMIT), (0, 0, NEWCOMER_LIMIT), (400, 9, FULL_LIMIT)],
)
def test_somebody_new_writes_to_few_people(days, accepted, limit):
    assert Newness(TODAY - dt.timedelta(days=days), accepted).limit(TODAY) == limit


def parts(*, is_starter, state):
    """What a conversation is for one of the two, whatever the other did."""
    return {
        part_of(state, is_starter=is_starter, has_declined=declined, is_other_there=there)
        for declined, there in itertools.product((False, True), repeat=2)
    }


def test_never_tells_the_writer_what_became_of_a_first_message():
    assert parts(is_starter=True, state=ConversationState.SENT) == {ConversationPart.SENT}


def test_never_shows_a_draft_to_the_other():
    assert parts(is_starter=False, state=ConversationState.DRAFT) == {None}


@pytest.mark.parametrize("state", list(ConversationState))
@pytest.mark.parametrize("is_starter", [True, False])
def test_never_shows_a_conversation_with_somebody_who_is_gone(state, is_starter):
    part = part_of(state, is_starter=is_starter, has_declined=False, is_other_there=False)

    assert part is (ConversationPart.SENT if is_starter and state is ConversationState.SENT else None)
