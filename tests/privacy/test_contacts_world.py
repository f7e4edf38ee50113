"""For everybody who is no contact of theirs, somebody who shows themselves to contacts only is as if they were hidden.

All pages on which people are shown, byte for byte, also for somebody with whom they have a conversation.
"""

from types import ModuleType

import pytest

from mapservice import create_app
from mapservice.geo.zones import Level
from mapservice.privacy import visibility
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import visible
from mapservice.store.community import memberships
from mapservice.store.contacts import contacts
from mapservice.store.places import current_counts, homes
from mapservice.store.profiles import profiles
from mapservice.web.members_map import tile_cache
from testing.accounts import CHEAP, new_member, sign_in
from testing.forms import messages
from testing.locations import put
from testing.members_map import cell_of
from tests.privacy.test_blocked_world import ALL, World, differences, pin_of

#: Parts of the addresses on which people are shown.
PARTS = ("/map", "/map/table", "/people/", "/shown", "/stacks/", "/clusters", "/messages/", "/nearby", "/me/contacts")


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def anna(session, condition, freiburg, carol):
    """Somebody in the area of Bob who shows herself, and a part of her profile, to contacts only: to Carol."""
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    membership = put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.CONTACTS)
    audiences = dict.fromkeys((ProfilePart.WORDS, ProfilePart.LANGUAGES), Audience.CONTACTS)
    profiles.save(session, membership, MemberProfile("I like chess.", ("en",), audiences=audiences))
    for pair in ((member, carol), (carol, member)):
        contacts.agree(session, condition.id, pair[0].id, pair[1].id)
    session.commit()
    return member


@pytest.fixture
def look(app, session, condition, anna, bob):
    """What Bob sees, who has a conversation with her."""
    gaps = messages.meet(session, condition, anna, bob)
    session.commit()
    client = app.test_client()
    sign_in(client, bob)
    membership = memberships.get(session, anna, condition)
    gaps |= {"public_id": membership.public_id, "cell": cell_of(session, membership.public_id)}
    return World(client, membership, gaps, pin_of(session, anna))


@pytest.fixture
def as_carol(app, carol):
    client = app.test_client()
    sign_in(client, carol)
    return client


def show_to(session, member, condition, audience):
    homes.show_to(session, memberships.get(session, member, condition), audience)
    session.commit()


def test_never_shows_somebody_to_anybody_but_their_contacts(session, look, anna, as_carol, condition):
    for address in look.pages("/clusters"):
        assert as_carol.get(address).status_code == 200, "no tile of hers is kept for others"
    to_contacts = look.pages(*PARTS)
    assert as_carol.get(f"{ALL}/people/{look.public_id}").status_code == 200

    show_to(session, anna, condition, Audience.NOBODY)

    hidden = look.pages(*PARTS)
    assert len(hidden) > 30
    assert differences(to_contacts, hidden) == set()


def test_a_contact_sees_them_on_each_of_these_pages(session, look, anna, bob, condition):
    """Otherwise the test above would compare pages on which nobody could be."""
    before = look.pages(*PARTS, is_asked=False)
    for pair in ((anna, bob), (bob, anna)):
        contacts.agree(session, condition.id, pair[0].id, pair[1].id)
    session.commit()

    changed = differences(before, look.pages(*PARTS, is_asked=False))

    assert [part for part in PARTS if not any(part in address for address in changed)] == []


#: Guards that can be taken away: the pages on which each shows, and the module that asks whose contact the viewer is.
PLANTED: dict[str, tuple[tuple[str, ...], ModuleType]] = {
    "counts, and pins": (("/clusters", "/map", "/nearby"), current_counts),
    "lists and cards": (("/stacks/", "/people/"), visible),
}


@pytest.mark.parametrize("guard", PLANTED)
def test_each_guard_that_is_taken_away_is_found(app, session, look, anna, condition, monkeypatch, guard):
    parts, module = PLANTED[guard]
    monkeypatch.setattr(module, "contacts_seen", lambda _viewer: frozenset({anna.id}))
    planted = look.pages(*parts, is_asked=False)

    show_to(session, anna, condition, Audience.NOBODY)
    tile_cache.init_app(app)

    changed = differences(planted, look.pages(*parts, is_asked=False))
    assert [part for part in parts if not any(part in address for address in changed)] == []


def test_a_part_of_a_profile_that_all_can_read_is_found(session, look, anna, condition, monkeypatch):
    show_to(session, anna, condition, Audience.CONDITION)
    card = f"/people/{look.public_id}"
    before = look.pages(card)

    monkeypatch.setattr(visibility, "contacts_seen", lambda _viewer: frozenset({anna.id}))

    assert differences(before, look.pages(card)) != set()
    assert not any(b"I like chess." in data for _status, _headers, data in before.values())


def test_a_tile_of_a_contact_that_is_kept_for_others_is_found(session, app, look, anna, as_carol, monkeypatch):
    tile = next(address for address in look.pages("/clusters") if "tiles=10/" in address)
    before = look.pages(tile)
    monkeypatch.setattr(tile_cache, "is_for_all", lambda _viewpoint: True)
    monkeypatch.setattr(tile_cache, "replace", lambda viewer, **_fields: viewer)
    tile_cache.init_app(app)

    as_carol.get(tile)

    assert differences(before, look.pages(tile)) != set()
