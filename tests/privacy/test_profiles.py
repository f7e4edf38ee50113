"""What of a profile somebody can read, and which changes show more."""

import itertools
import uuid
from dataclasses import replace

import pytest

from mapservice.privacy.care import AgeBand, Relationship
from mapservice.privacy.profiles import (
    Duration,
    LookingFor,
    MemberProfile,
    ProfilePart,
    only_withdraws,
    shows_more,
    withdraws,
)
from mapservice.privacy.visibility import AUDIENCES, Audience, Viewer, sees

STRANGER, MEMBER = Viewer(), Viewer(uuid.UUID(int=1))
FELLOW = replace(MEMBER, has_joined=True)

#: Whose profile it is, and somebody who is a contact of theirs.
PERSON = uuid.UUID(int=2)
CONTACT = replace(FELLOW, contacts=frozenset({PERSON}))


def profile(audience: Audience = Audience.CONDITION, *, words: str = "Hello") -> MemberProfile:
    """A profile of which every part has the same audience."""
    said = words, ("en",), (LookingFor.NEARBY,), Duration.ALWAYS
    audiences = dict.fromkeys(ProfilePart, audience)
    return MemberProfile(*said, audiences, Relationship.PARENT, AgeBand.SIX_TO_ELEVEN)


@pytest.mark.parametrize("viewer", [STRANGER, MEMBER, FELLOW, CONTACT])
def test_never_shows_a_part_to_people_outside_its_audience(viewer):
    for audiences in itertools.product(AUDIENCES, repeat=len(ProfilePart)):
        whole = replace(profile(), audiences=dict(zip(ProfilePart, audiences, strict=True)))

        seen = whole.seen_by(viewer, PERSON)

        for part, audience in zip(ProfilePart, audiences, strict=True):
            assert seen.says(part) == (
                whole.says(part) if sees(viewer, PERSON, audience) else MemberProfile().says(part)
            )
        assert seen.audiences == {}


def test_a_part_without_an_audience_is_for_nobody():
    assert MemberProfile(words="Hello").seen_by(CONTACT, PERSON) == MemberProfile()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MemberProfile(), profile()),
        (profile(), profile(Audience.MEMBERS)),
        (profile(Audience.NOBODY), profile()),
        (profile(words=""), profile()),
    ],
)
def test_more_people_or_a_part_that_was_empty_is_more(before, after):
    assert shows_more(before, after)
    assert not only_withdraws(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (profile(), MemberProfile()),
        (profile(Audience.MEMBERS), profile()),
        (profile(), profile(Audience.NOBODY)),
        (profile(), profile(words="")),
    ],
)
def test_fewer_people_or_an_empty_part_only_withdraws(before, after):
    assert not shows_more(before, after)
    assert withdraws(before, after)
    assert only_withdraws(before, after)


def test_other_words_for_the_same_people_are_no_more_but_withdraw_the_old_ones():
    before, after = profile(), profile(words="Good morning")

    assert not shows_more(before, after)
    assert withdraws(before, after)
    assert not only_withdraws(before, after)


def test_what_nobody_could_read_is_not_withdrawn():
    assert not withdraws(profile(Audience.NOBODY), MemberProfile())
