import uuid

import pytest

from mapservice.privacy.visibility import AUDIENCES, Audience, Viewer, audiences_seen, is_wider

MEMBER = uuid.UUID(int=1)


@pytest.mark.parametrize("viewer", [Viewer(), Viewer(None, has_joined=True)])
def test_never_shows_anybody_to_a_stranger(viewer):
    assert audiences_seen(viewer) == ()


def test_a_member_of_the_condition_sees_both_audiences():
    assert set(audiences_seen(Viewer(MEMBER, has_joined=True))) == {Audience.CONDITION, Audience.MEMBERS}


def test_another_member_sees_only_who_shows_to_all_members():
    assert set(audiences_seen(Viewer(MEMBER))) == {Audience.MEMBERS}


@pytest.mark.parametrize("viewer", [Viewer(), Viewer(MEMBER), Viewer(MEMBER, has_joined=True)])
def test_never_shows_a_hidden_member(viewer):
    assert Audience.NOBODY not in audiences_seen(viewer)


def test_audiences_are_ordered_from_narrow_to_wide():
    wider = [(a, b) for a in AUDIENCES for b in AUDIENCES if is_wider(b, than=a)]

    assert wider == [
        (Audience.NOBODY, Audience.CONDITION),
        (Audience.NOBODY, Audience.MEMBERS),
        (Audience.CONDITION, Audience.MEMBERS),
    ]
