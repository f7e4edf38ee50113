"""An attack by blocks: who blocks, or is blocked, on one map watches who disappears from another one."""

import uuid
from collections.abc import Callable
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.attacks import community, service
from bench.attacks.table import Context, Outcome
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.blocks import Block
from testing.accounts import new_member

#: People of one zone who are on both maps, under a name of their own on each.
TOGETHER = 12

#: The map on which somebody is blocked, and the other one, which the attacker watches.
BOTH = (service.SLUG, "multiple-sclerosis")

Act = Callable[[Session, Member, Member, Condition], None]


def a17b_blocks(context: Context) -> Outcome:
    """A member blocks each of twelve people on one map, also on all maps, and looks for them on the other one.

    And is blocked by each of them there. The blocks are ended again, so that nothing is left of a look.
    """
    with service.service(context) as (app, session, _connection):
        probe = _Probe(app, session)
        blocking, blocked = probe.found(_blocks), probe.found(_is_blocked)
        with patch.object(blocks, "apart", _on_all_maps):
            broken = probe.found(_blocks), probe.found(_is_blocked)
    chance = 1 / TOGETHER
    return Outcome(
        "A17b one person on two maps: blocks on one, watched on the other",
        "found by who blocks on all maps; by who is blocked",
        f"≤ chance ({chance:.3f}) + 0.02", f"{blocking:.3f}; {blocked:.3f}", max(blocking, blocked) <= chance + 0.02,
        "a block holds on all maps at once", f"{broken[0]:.3f}; {broken[1]:.3f}", min(broken) > chance + 0.02,
    )  # fmt: skip


class _Probe:
    """An attacker who sees twelve people on two maps."""

    def __init__(self, app: Flask, session: Session) -> None:
        self._session, self._zone = session, service.freiburg(session)
        self._maps = [conditions.get(session, slug) for slug in BOTH]
        self._people = community.settle(session, self._maps, [self._zone] * TOGETHER, prefix="blocks")
        self._attacker = new_member(session, "watches@example.org")
        self._browser = service.browser(app, self._attacker)
        watched = select(Membership.member_id, Membership.public_id).where(Membership.condition_id == self._maps[1].id)
        self._public_ids: dict[uuid.UUID, str] = {row[0]: row[1] for row in session.execute(watched)}

    def found(self, block: Act) -> float:
        """How often somebody who blocks or is blocked on the first map is found on the second one."""
        before, hits = set(self._listed(self._browser)), 0.0
        assert len(before) == TOGETHER
        for person in self._people:
            block(self._session, self._attacker, self._session.get_one(Member, person), self._maps[0])
            gone = before - set(self._listed(self._browser)) or before
            hits += (self._public_ids[person] in gone) / len(gone)
            self._end()
        return hits / TOGETHER

    def _listed(self, browser: FlaskClient) -> list[str]:
        return service.listed(browser, BOTH[1], self._zone)

    def _end(self) -> None:
        for made, condition in self._session.execute(select(Block, Condition).join(Condition)).all():
            member = self._session.get_one(Member, made.member_id)
            assert blocks.unblock(self._session, member, condition, made.public_id)
        self._session.commit()


def _blocks(session: Session, attacker: Member, person: Member, condition: Condition) -> None:
    blocks.block_account(session, attacker, condition.id, person.id, name=None, everywhere=True)
    session.commit()


def _is_blocked(session: Session, attacker: Member, person: Member, condition: Condition) -> None:
    blocks.block_account(session, person, condition.id, attacker.id, name=None)
    session.commit()


def _on_all_maps(session: Session, _condition_id: int, member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    either = (Block.member_id == member_id) | (Block.blocked_id == member_id)
    pairs = session.execute(select(Block.member_id, Block.blocked_id).where(either)).all()
    return frozenset(one for pair in pairs for one in pair) - {member_id}


ATTACKS = (a17b_blocks,)
