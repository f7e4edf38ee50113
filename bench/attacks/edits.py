"""What people do all day between two releases: join, choose, coarsen, hide, show, be counted or not, move, leave."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flask import Flask
from sqlalchemy.orm import Session

from bench.attacks import service
from mapservice.geo.zones import CHOOSABLE, ZoneId, parent
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.community import consents, memberships
from mapservice.store.places import home_zones, homes
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from testing.accounts import new_member, post
from testing.locations import ANCHOR_KEY

#: What somebody does next, and how often of a hundred times: as many come as go.
WEIGHTS = {"join": 16, "choose": 20, "coarsen": 12, "hide": 10, "show": 8, "count": 8, "uncount": 8, "move": 2,
           "leave": 10, "delete": 6}  # fmt: skip

#: Edits that are kept together, as by one request each they would be too many savepoints of one transaction.
TOGETHER = 100


@dataclass(slots=True)
class Town:
    """A community that changes; ``areas`` are where people may live."""

    session: Session
    condition: Condition
    areas: Sequence[ZoneId]
    chance: np.random.Generator
    here: list[tuple[Member, Membership]]

    def change(self, edits: int) -> None:
        """Let so many edits happen, through the functions that the pages use."""
        names, weights = list(WEIGHTS), np.array(list(WEIGHTS.values()))
        for at, name in enumerate(self.chance.choice(names, edits, p=weights / weights.sum()), 1):
            who = int(self.chance.integers(len(self.here)))
            getattr(self, f"_{name}")(*self.here[who])
            if name in ("leave", "delete"):
                self.here[who] = self.here[-1]
                self.here.pop()
            if at % TOGETHER == 0 or at == edits:
                self.session.commit()

    def _area(self) -> ZoneId:
        return ZoneId(str(self.chance.choice(self.areas)))

    def _join(self, *_someone: object) -> None:
        email = f"{uuid.uuid4().hex}@example.org"
        member = Member(email=email, pseudonym="New here", confirmed_at=dt.datetime.now(dt.UTC))
        self.session.add(member)
        self.session.flush()
        membership = memberships.join(
            self.session, member, self.condition, Role.PERSON, pseudonym=None, for_minor=False
        )
        consents.agree(self.session, member, self.condition.id, ConsentKind.JOINED, "joined")
        self.here.append((member, membership))

    def _save(self, member: Member, home: ZoneId, shown: ZoneId) -> None:
        zone = tree.get(self.session, shown)
        membership = memberships.get(self.session, member, self.condition)
        pin = jitter(zone, member.id, self.condition.id, salt=membership.salt, key=ANCHOR_KEY)
        masked = MaskedPlace(home, {self.condition.id: pin})
        homes.save(self.session, member, masked, since=dt.datetime.now(dt.UTC))

    def _choose(self, member: Member, membership: Membership) -> None:
        home = home_zones.home(self.session, member)
        lives = home.zone_id if home else self._area()
        self._save(member, lives, coarsen(lives, self.chance.choice(CHOOSABLE)))
        self._show(member, membership)

    def _coarsen(self, member: Member, membership: Membership) -> None:
        home = home_zones.home(self.session, member)
        if home and membership.shown_zone:
            self._save(member, home.zone_id, parent(membership.shown_zone) or membership.shown_zone)

    def _move(self, member: Member, _membership: Membership) -> None:
        area = self._area()
        self._save(member, area, area)

    def _hide(self, _member: Member, membership: Membership) -> None:
        homes.show_to(self.session, membership, Audience.NOBODY)

    def _show(self, _member: Member, membership: Membership) -> None:
        if membership.shown_zone:
            homes.show_to(self.session, membership, Audience.MEMBERS)

    def _count(self, member: Member, membership: Membership) -> None:
        consents.count(self.session, member, membership, "counted", today=dt.datetime.now(dt.UTC).date())

    def _uncount(self, member: Member, membership: Membership) -> None:
        consents.stop_counting(self.session, member, membership)

    def _leave(self, _member: Member, membership: Membership) -> None:
        memberships.leave(self.session, membership)

    def _delete(self, member: Member, _membership: Membership) -> None:
        members.delete_account(self.session, member)
        self.session.expire_all()


def by_hand(app: Flask, session: Session, zone: str, people: int) -> int:
    """The same through the pages, by some people one after the other; how many forms were taken."""
    region = zone.rpartition(".")[0].rpartition(".")[0]
    page, shown = service.PAGE, {"audience": "members", "finer": "yes"}
    steps = [
        (f"{page}/join", {"role": "person", "consent": "yes", "pseudonym": "By hand"}),
        (f"{page}/place", {"zone": zone, **shown}),
        (f"{page}/place", {"zone": region, **shown}),
        (f"{page}/hide", {}),
        (f"{page}/show-again", {}),
        (f"{page}/count", {"counted": "yes"}),
        (f"{page}/revoke", {"kind": "counted"}),
        ("/me/place/forget", {}),
        (f"{page}/leave", {"sure": "yes"}),
        ("/account/delete", {"sure": "yes"}),
    ]
    for at in range(people):
        client = service.browser(app, new_member(session, f"by-hand-{at}@example.org"))
        for path, fields in steps:
            operation = {"operation": str(uuid.uuid4())} if path.endswith(("/join", "/place")) else {}
            service.taken(post(client, path, {**fields, **operation}))
    return people * len(steps)
