import uuid

import pytest

from mapservice.privacy.visibility import (
    AUDIENCES,
    SHARED_AUDIENCES,
    Audience,
    Viewer,
    audiences_seen,
    contacts_seen,
    is_wider,
    sees,
)

MEMBER, PERSON, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3))

#: Viewers from the one who sees fewest people to a contact of the person.
STRANGER, OUTSIDE, FELLOW = Viewer(), Viewer(MEMBER), Viewer(MEMBER, has_joined=True)
CONTACT = Viewer(MEMBER, has_joined=True, contacts=frozenset({PERSON}))


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
    assert list(AUDIENCES) == [Audience.NOBODY, Audience.CONTACTS, Audience.CONDITION, Audience.MEMBERS]
    assert [[is_wider(wide, than=narrow) for wide in AUDIENCES] for narrow in AUDIENCES] == [
        [at > than for at in range(4)] for than in range(4)
    ]


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        (Audience.NOBODY, []),
        (Audience.CONTACTS, [CONTACT]),
        (Audience.CONDITION, [FELLOW, CONTACT]),
        (Audience.MEMBERS, [OUTSIDE, FELLOW, CONTACT]),
    ],
)
def test_never_shows_what_somebody_shows_to_contacts_to_anybody_else(audience, seen_by):
    viewers = (STRANGER, OUTSIDE, FELLOW, CONTACT)
    contact_of_another = Viewer(MEMBER, has_joined=True, contacts=frozenset({OTHER}))

    assert sees(contact_of_another, PERSON, audience) is sees(FELLOW, PERSON, audience)
    assert [viewer for viewer in viewers if sees(viewer, PERSON, audience)] == seen_by


def test_a_wider_audience_is_never_seen_by_fewer_people():
    for viewer in (STRANGER, OUTSIDE, FELLOW, CONTACT):
        seen = [sees(viewer, PERSON, audience) for audience in AUDIENCES]

        assert seen == sorted(seen)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_never_shows_a_contact_from_whom_the_viewer_is_apart(audience):
    viewer = Viewer(MEMBER, has_joined=True, apart=frozenset({PERSON}), contacts=frozenset({PERSON}))

    assert not sees(viewer, PERSON, audience)
    assert contacts_seen(viewer) == frozenset()


@pytest.mark.parametrize("viewer", [Viewer(contacts=frozenset({PERSON})), Viewer(MEMBER, contacts=frozenset({PERSON}))])
def test_never_shows_contacts_to_somebody_who_has_not_joined(viewer):
    assert contacts_seen(viewer) == frozenset()
    assert not sees(viewer, PERSON, Audience.CONTACTS)


def test_contacts_are_no_audience_that_all_see_alike():
    assert Audience.CONTACTS not in SHARED_AUDIENCES
    assert Audience.CONTACTS not in audiences_seen(CONTACT)
