"""An attack on people who show themselves to their contacts only: others look for them on every page of the map."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.nearness import Nearness
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.blocks import visible
from mapservice.store.community import memberships
from mapservice.store.contacts import contacts
from mapservice.store.places import clusters, current_counts, homes
from mapservice.store.tables import HomeZone, Member, Membership
from mapservice.web.members_map import tile_cache
from testing.accounts import new_member
from testing.members_map import view_address

#: People of one zone; half of them show themselves to their contacts, and the others to nobody.
TOGETHER = 8

# Where their zone is drawn. lng, lat.
_AT = (7.85, 47.99)

# Zooms at which countries, regions, districts, areas and pins are drawn.
_ZOOMS = (2, 5, 7, 9, clusters.PIN_ZOOM, clusters.MAX_ZOOM)

_Answers = Mapping[str, tuple[int, str | None, str]]


def a37_contacts(context: Context) -> Outcome:
    """Two accounts, one of which has joined, read the map, its tiles, lists, cards and people near them.

    Somebody is a contact of all people and looks at the map before them. What an attacker sees of a person is
    compared between those who show themselves to contacts and those who are hidden; and all that they are sent with
    what they are sent when all are hidden.
    """
    with service.service(context) as (app, session, _connection):
        world = _World(session)
        attackers = [service.browser(app, member) for member in world.attackers]
        friend = service.browser(app, world.friend)

        def look() -> tuple[float, int]:
            _answers(friend, world.public_ids)
            seen = [_answers(client, world.public_ids) for client in attackers]
            with world.all_hidden():
                tile_cache.init_app(app)
                hidden = [_answers(client, world.public_ids) for client in attackers]
            tile_cache.init_app(app)
            changed = sum(one[path] != other[path] for one, other in zip(seen, hidden, strict=True) for path in one)
            return max(world.advantage(answers) for answers in seen), changed

        advantage, changed = look()
        with ExitStack() as planted:
            for module in (visible, current_counts):
                planted.enter_context(patch.object(module, "contacts_seen", lambda _viewer: world.people))
            broken, broken_pages = look()
    return Outcome(
        "A37 people who show themselves to contacts only",
        "advantage of two accounts that are no contacts; answers that change when all hide",
        "0; 0", f"{advantage:.3f}; {changed}", advantage == 0 and changed == 0,
        "all people are taken for contacts", f"{broken:.3f}; {broken_pages}", broken > 0 and broken_pages > 0,
    )  # fmt: skip


class _World:
    """People of one zone, somebody who is a contact of all of them, and two attackers."""

    def __init__(self, session: Session) -> None:
        self._session, self._condition = session, service.condition(session)
        zone = service.freiburg(session)
        crowd = service.crowd(session, [(zone, Level.AREA)] * TOGETHER, prefix="a37")
        self.friend = self._joined("a37-friend@example.org")
        self.people = frozenset(own.member_id for own in crowd)
        self.public_ids = {own.public_id: at % 2 == 0 for at, own in enumerate(crowd)}
        for person in self.people:
            contacts.agree(session, self._condition.id, person, self.friend.id)
            contacts.agree(session, self._condition.id, self.friend.id, person)
        self._show(Audience.CONTACTS)
        self.attackers = [self._joined("a37-watches@example.org"), new_member(session, "a37-outside@example.org")]
        for attacker in self.attackers:
            session.add(HomeZone(member_id=attacker.id, zone_id=zone))
        session.commit()

    def _joined(self, email: str) -> Member:
        member = new_member(self._session, email)
        memberships.join(self._session, member, self._condition, Role.PERSON, pseudonym=None, for_minor=False)
        return member

    def _show(self, audience: Audience) -> None:
        """Show every second person to an audience, and the others to nobody."""
        for person in self.people:
            own = self._session.get_one(Membership, (self._condition.id, person))
            is_shown = self.public_ids[own.public_id]
            homes.show_to(self._session, own, audience if is_shown else Audience.NOBODY)
        self._session.commit()

    @contextmanager
    def all_hidden(self) -> Iterator[None]:
        """Let nobody be shown to anybody."""
        self._show(Audience.NOBODY)
        yield
        self._show(Audience.CONTACTS)

    def advantage(self, answers: _Answers) -> float:
        """How much more often an account finds those who show themselves to contacts than those who are hidden."""
        found = {public_id: _is_found(public_id, answers) for public_id in self.public_ids}
        shares = [np.mean([found[one] for one, shown in self.public_ids.items() if shown is is_shown])
                  for is_shown in (True, False)]  # fmt: skip
        return abs(float(shares[0] - shares[1]))


def _answers(client: FlaskClient, public_ids: Mapping[str, bool]) -> _Answers:
    """What somebody is sent: status, ETag and text, by path."""
    paths = [f"{service.PAGE}/map", f"{service.PAGE}/map/table", f"{service.PAGE}/nearby"]
    paths += [f"{service.PAGE}/nearby/{group}" for group in Nearness]
    paths += [view_address(service.PAGE, tile_at(*_AT, zoom)) for zoom in _ZOOMS]
    paths += [f"{service.PAGE}/people/{public_id}" for public_id in public_ids]
    answers = {path: client.get(path) for path in paths}
    return {
        path: (answer.status_code, answer.headers.get("ETag"), service.masked(answer.text))
        for path, answer in answers.items()
    }


def _is_found(public_id: str, answers: _Answers) -> bool:
    card = answers[f"{service.PAGE}/people/{public_id}"]
    return card[0] == 200 or any(public_id in text for path, (_status, _tag, text) in answers.items()
                                 if not path.endswith(public_id))  # fmt: skip


ATTACKS = (a37_contacts,)
