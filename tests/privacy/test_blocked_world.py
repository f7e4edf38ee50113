"""For somebody who was blocked, the world is as if the other had deleted the account: every page, byte for byte.

The pages come from the URL map and the declarations of the subjects in ``testing/forms``, so that those of a new
subject are compared without a word here. A subject whose pages show something only to people who have met declares
``meet`` there: what two members have to do with each other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from mapservice import create_app
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import Level, path
from mapservice.privacy.profiles import Duration, LookingFor, MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.blocks import blocks
from mapservice.store.blocks.visible import visible
from mapservice.store.community import memberships, visible_people
from mapservice.store.messages import conversations
from mapservice.store.places import clusters, member_lists
from mapservice.store.places.current_counts import PEOPLE, personal_values, seen_counts
from mapservice.store.profiles import profiles
from mapservice.store.tables import Membership
from mapservice.store.texts import readable, reading_rule
from mapservice.web.members_map import view
from testing.accounts import CHEAP, new_member, sign_in
from testing.locations import put
from testing.members_map import cell_of, view_address
from testing.releasing import put_figures
from testing.routes import QUERIES, address, declared, of_every_subject, policy, rules

ALL = "/conditions/acute-lymphoblastic-leukaemia"

#: What each parameter is asked; a parameter that is not here is asked "1".
ASKED = {"role": ("person",), "language": ("en",), "looking_for": ("nearby",), "duration": ("1-5",), "q": ("a",)}

#: What is other in each answer, whoever asks: nonces, tokens, random ids of forms, times.
_MASKED = re.compile(
    rb'data-passkey="[^"]*"|'
    rb'nonce[-"=\w]*[A-Za-z0-9_+/=-]{16,}|name="(csrf_token|operation)" value="[^"]*"|"csrf[^"]*": ?"[^"]*"'
    rb"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d+:Z]*"
)
_MASKED_HEADERS = {"Date", "Set-Cookie"}

#: What a block does not change, each with a test here.
EXCEPTIONS = {
    "released figures": "counts of a release are frozen, rounded and the same for everybody",
    "staff": "who decides about reports sees people as before, and nobody blocks what speaks for an office",
}

Page = tuple[int, dict[str, str], bytes]


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def anna(session, condition, freiburg):
    """Somebody with a pin and a profile that says something in each part, in the zone of Bob."""
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    membership = put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    words = ("I like chess.", ("en",), (LookingFor.NEARBY,), Duration.ONE_TO_FIVE)
    profiles.save(session, membership, MemberProfile(*words, dict.fromkeys(ProfilePart, Audience.MEMBERS)))
    session.commit()
    return member


@pytest.fixture
def crowd(session, condition, freiburg):
    """Others in the same zone, so that not everything that is empty looks alike."""
    for number in range(3):
        member = new_member(session, f"crowd{number}@example.org", pseudonym=f"Crowd {number}")
        put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)


class World:
    """All pages of one member, as they look where somebody else is or was."""

    def __init__(
        self, client: FlaskClient, other: Membership, gaps: Mapping[str, str | tuple[str, ...]], pin: Any
    ) -> None:
        self._client, self.public_id, self._zone, self._gaps = client, other.public_id, other.shown_zone or "", gaps
        lng, lat = pin
        self._tiles = [tile_at(lng, lat, zoom) for zoom in range(clusters.MAX_ZOOM + 1)]

    def pages(self, *parts: str, is_asked: bool = True) -> dict[str, Page]:
        """Every page that can be opened, by its address; or those with a part in the address.

        Each is opened with its parameters too, unless it ``is_asked`` nothing; a tile has no address but by these.
        """
        asked = [found for found in self._addresses() if not parts or any(part in found for part in parts)]
        return {found: self._open(found) for found in asked if is_asked or "?" not in found or "?tiles=" in found}

    def _addresses(self) -> Iterator[str]:
        app = self._client.application
        for rule in distinct_rules(app):
            if "GET" not in (rule.methods or ()) or (policy(app, rule) or "").startswith("staff"):
                continue
            known = {**self._gaps, **declared("ARGUMENTS")}
            gaps = {name: values for name, values in known.items() if name in rule.arguments}
            for arguments in product(*(values if isinstance(values, tuple) else (values,) for values in gaps.values())):
                found = address(app, rule, **dict(zip(gaps, arguments, strict=True)))
                yield found
                yield from (f"{found}?{query}" for query in self._queries(rule.endpoint))
        yield from (view_address(ALL, tile) for tile in self._tiles)

    def _queries(self, endpoint: str) -> Iterator[str]:
        for name in QUERIES.get(endpoint, ()):
            values = {"in": path(self._zone), "tiles": ()}.get(name, ASKED.get(name, ("1",)))
            yield from (f"{name}={value}" for value in values)

    def _open(self, asked: str) -> Page:
        with self._client.get(asked) as answer:
            headers = {name: value for name, value in answer.headers if name not in _MASKED_HEADERS}
            headers = {name: _MASKED.sub(b"~", value.encode()).decode() for name, value in headers.items()}
            return answer.status_code, headers, _MASKED.sub(b"~", answer.data)


def distinct_rules(app: Flask) -> Iterator[Rule]:
    """All routes, but for the second address of a view that only says in which language it answers."""
    for rule in rules(app):
        others = (other for other in app.url_map.iter_rules(rule.endpoint) if "language" not in other.arguments)
        if "language" not in rule.arguments or next(others, None) is None:
            yield rule


def differences(one: Mapping[str, Page], other: Mapping[str, Page]) -> set[str]:
    """The addresses whose pages differ, without what is asked."""
    assert one.keys() == other.keys()
    return {asked.partition("?")[0] for asked in one if one[asked] != other[asked]}


def pin_of(session, member) -> Any:
    pin = select(func.st_x(Membership.pin), func.st_y(Membership.pin)).where(Membership.member_id == member.id)
    return session.execute(pin).one()


def block(session, member, blocked, condition, *, everywhere: bool = False) -> None:
    """Block somebody, who may not have joined."""
    blocks.block_account(session, member, condition.id, blocked.id, name=None, everywhere=everywhere)
    session.commit()


@pytest.fixture
def neighbour(session):
    """Somebody who has joined nothing."""
    return new_member(session, "neighbour@example.org", pseudonym="Neighbour")


@pytest.fixture
def world(app, session, condition, anna, carol, crowd) -> Callable[..., World]:
    """What a member sees of another one who has a pin; at first, what both have to do with each other."""

    def look(viewer: Any, other: Any) -> World:
        gaps: dict[str, str | tuple[str, ...]] = {}
        for meet in of_every_subject("meet"):
            gaps |= meet(session, condition, other, viewer)
        session.commit()
        client = app.test_client()
        sign_in(client, viewer)
        membership = memberships.get(session, other, condition)
        gaps |= {"public_id": membership.public_id, "cell": cell_of(session, membership.public_id)}
        return World(client, membership, gaps, pin_of(session, other))

    return look


#: Parts of the addresses on which there is something to see before a block.
SEEN = ("/map", "/map/table", "/people/", "/shown", "/stacks/", "/clusters", "/messages/", "/stories", "/forum")


@pytest.mark.parametrize(
    ("who", "seen", "walked"),
    [("bob", (*SEEN, "/nearby"), ()), ("neighbour", SEEN, ("/conditions/", "/messages", "/stories", "/forum"))],
)
def test_never_shows_somebody_who_blocked_as_anything_but_deleted(
    request, session, world, anna, bob, condition, who, seen, walked
):
    """All pages, for a member; for somebody who has joined nothing, those about conditions."""
    viewer = request.getfixturevalue(who)
    look = world(viewer, anna)

    before = look.pages(*seen, is_asked=False)
    block(session, anna, viewer, condition, everywhere=True)
    blocked = look.pages(*walked)
    members.delete_account(session, anna)
    session.commit()

    assert differences(blocked, look.pages(*walked)) == set()
    assert len(blocked) > 60
    changed = differences(before, {asked: blocked[asked] for asked in before})
    assert [part for part in seen if not any(part in asked for asked in changed)] == []


def test_never_shows_somebody_who_is_blocked_to_the_blocker(session, world, anna, bob, condition):
    """All pages of the blocker are as if the other had deleted the account, but for their blocks and reports."""
    look = world(anna, bob)
    block(session, anna, bob, condition)
    blocked = look.pages()

    members.delete_account(session, bob)
    session.commit()

    public_id = look.public_id
    assert differences(blocked, look.pages()) == {"/me/blocked", "/me/reports", f"{ALL}/people/{public_id}/block"}


def _for_everybody(rule: Any) -> Any:
    """A rule that forgets who is apart from its viewer."""
    return lambda condition, viewer, *more: rule(condition, replace(viewer, apart=frozenset()), *more)


def _counting_everybody(read: Any, zone_ids: Any, sight: Any, *more: Any) -> Any:
    """Count those who are apart from the viewer too."""
    return seen_counts(read, zone_ids, {**sight, "apart": ""}, *more)


_OF_ALL_PINS = clusters._PINS.replace(f"and member_id not in (select {PEOPLE.format('apart')})", "")

#: Guards that can be taken away: where each shows, and the name for which something else is planted.
PLANTED: dict[str, tuple[str, object, str, object]] = {
    "counts of tiles": ("/clusters", clusters, "seen_counts", _counting_everybody),
    "counts of the page": ("/map", member_lists, "personal_values", _for_everybody(personal_values)),
    "pins": (
        "/clusters",
        clusters,
        "_PINS",
        _OF_ALL_PINS,
    ),
    "lists": ("/stacks/", member_lists, "visible", _for_everybody(visible)),
    "cards": ("/people/", member_lists, "visible", _for_everybody(visible)),
    "people near": ("/nearby", visible_people, "visible", _for_everybody(visible)),
    "reports": ("/me/reports", blocks, "blockers", lambda *_who: frozenset()),
    "conversations": ("/messages", conversations, "_apart", lambda _session, _member: {}),
    "texts": ("/stories", readable, "readable", _for_everybody(reading_rule.readable)),
    "marks of answers": ("/clusters", view, "view_tag", lambda *made: made[3].hex()[:32]),
}


def test_each_guard_that_is_taken_away_is_found(session, world, anna, bob, condition, monkeypatch):
    look = world(bob, anna)
    block(session, anna, bob, condition)
    planted = {}
    for name, (part, module, rule, instead) in PLANTED.items():
        with monkeypatch.context() as patch:
            patch.setattr(module, rule, instead)
            planted[name] = look.pages(part, is_asked=False)
        assert max(status for status, _headers, _data in planted[name].values()) < 500, name

    members.delete_account(session, anna)
    session.commit()

    deleted = {part: look.pages(part, is_asked=False) for part in {part for part, *_guard in PLANTED.values()}}
    assert [name for name in PLANTED if not differences(planted[name], deleted[PLANTED[name][0]])] == []


def test_a_block_does_not_change_released_figures(app, session, anna, bob, condition):
    put_figures(session, condition, 1, {"world": 210})
    as_bob, stranger = app.test_client(), app.test_client()
    sign_in(as_bob, bob)
    before = stranger.get(ALL).data, stranger.get(f"{ALL}/figures/1.json").data

    block(session, anna, bob, condition, everywhere=True)

    assert (stranger.get(ALL).data, stranger.get(f"{ALL}/figures/1.json").data) == before
    assert "210" in as_bob.get(ALL).text


def test_a_block_does_not_change_what_staff_see(app, session, anna, dan, condition):
    client = app.test_client()
    sign_in(client, dan)
    pages = [
        address(app, rule)
        for rule in rules(app)
        if (policy(app, rule) or "").startswith("staff") and "GET" in (rule.methods or ())
    ]
    before = {page: client.get(page).status_code for page in pages}
    assert 200 in before.values()

    block(session, anna, dan, condition, everywhere=True)

    assert {page: client.get(page).status_code for page in pages} == before


def test_a_walk_that_looks_at_nothing_is_noticed(world, anna, bob):
    look = world(bob, anna)

    statuses = {asked.partition("?")[0]: status for asked, (status, _headers, _data) in look.pages("/people/").items()}
    assert statuses[f"{ALL}/people/{look.public_id}"] == 200
