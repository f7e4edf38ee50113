"""An attack by conversations: whoever writes to the same people in two conditions looks for who is who."""

import re
import uuid
from collections.abc import Callable
from functools import cached_property
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bench.attacks import community, service
from bench.attacks.blocking import BOTH
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.message_keys import MessageKeys
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.messages import conversations, erasure, writing
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.messages import ParticipantRow
from mapservice.web.messages.conversations import PAGE
from testing.accounts import new_member, post

#: People to whom the attacker writes in both conditions, in the small profile and in the full one.
FEW, TOGETHER = 4, 12

# Differs each time that a page is made.
_NEW_EACH_TIME = re.compile(r'(nonce|name="csrf_token" value|name="operation" value|name="version" value)="[^"]*"')

#: What somebody does in the first condition: with the page of the conversation, and that of the condition.
Act = Callable[[FlaskClient, str, str], object]


def _writes(browser: FlaskClient, talk: str, _page: str) -> None:
    service.taken(post(browser, f"{talk}/reply", {"text": "Good morning!", "operation": str(uuid.uuid4())}))


def _types(browser: FlaskClient, talk: str, _page: str) -> None:
    service.taken(post(browser, f"{talk}/draft", {"text": "Good mor"}))


def _deletes(browser: FlaskClient, talk: str, _page: str) -> None:
    service.taken(post(browser, f"{talk}/delete", {"sure": "yes"}))


def _blocks(browser: FlaskClient, talk: str, _page: str) -> None:
    service.taken(post(browser, f"{talk}/block"))


def _hides(browser: FlaskClient, _talk: str, page: str) -> None:
    service.taken(post(browser, f"{page}/hide"))


def _leaves(browser: FlaskClient, _talk: str, page: str) -> None:
    service.taken(post(browser, f"{page}/leave", {"sure": "yes"}))


def _takes_no_messages(browser: FlaskClient, _talk: str, page: str) -> None:
    service.taken(post(browser, f"{page}/who-can-write", {"writers": "nobody"}))


ACTS: tuple[Act, ...] = (_writes, _types, _deletes, _blocks, _hides, _leaves, _takes_no_messages)


def a39_conversations(context: Context) -> Outcome:
    """A member writes to the same people in each of two conditions, in which they have names of their own.

    Each of them does something in the first condition, and the attacker looks at all conversations of the second one
    for a change. The attacker also compares the order of the ids of the conversations, and that of the inbox.
    """
    people = FEW if context.scale is SMALL else TOGETHER
    with service.service(context) as (app, session, connection):
        probe = _Probe(app, session, connection, people)
        still = max(probe.found_by_order())
        watched = max(probe.found_by_act(act) for act in ACTS)
        with patch.object(erasure, "erase", _everywhere):
            broken = max(probe.found_by_act(act) for act in (_deletes, _leaves))
    chance = 1 / people
    bar = chance + 0.02
    # All of a few people are seldom at the same place, and often enough by chance.
    by_order = f"fewer than 6 of {people}" if people > FEW else f"of {people} it tells nothing: the full profile asks"
    return Outcome(
        "A39 one person on two maps: conversations in both", "found by what they do in one; by order",
        f"≤ chance ({chance:.3f}) + 0.02; {by_order}", f"{watched:.3f}; {still}",
        watched <= bar and still < 6, "who deletes a conversation deletes those in other conditions too",
        f"{broken:.3f}", broken > bar,
    )  # fmt: skip


class _Probe:
    """An attacker with so many conversations in each of two conditions."""

    def __init__(self, app: Flask, session: Session, connection: Connection, people: int) -> None:
        self._session, self._connection = session, connection
        maps = [conditions.get(session, slug) for slug in BOTH]
        zone = service.freiburg(session)
        ids = community.settle(session, maps, [zone] * people, prefix="talks")
        self._attacker = new_member(session, "talks@example.org")
        keys = MessageKeys.of(app.extensions["config"])
        self._talks = [
            {person: self._talk(keys, condition, person) for person in sorted(ids, key=lambda _id: uuid.uuid4())}
            for condition in maps
        ]
        session.commit()
        self._browser = service.browser(app, self._attacker)
        self._browsers = {person: service.browser(app, session.get_one(Member, person)) for person in ids}

    def found_by_order(self) -> tuple[int, int]:
        """How many people are at the same place in both conditions: by the ids of conversations, and in the inbox."""
        by_id = [sorted(talks, key=lambda person: talks[person]) for talks in self._talks]
        inbox = self._listed()
        listed = [sorted(talks, key=lambda person: inbox.index(talks[person])) for talks in self._talks]
        return _same(*by_id), _same(*listed)

    def found_by_act(self, act: Act) -> float:
        """How often somebody who does something in the first condition is found in the second one."""
        first, second = self._talks
        before, hits = self._before, 0.0
        for person, talk in first.items():
            undone = self._connection.begin_nested()
            act(self._browsers[person], talk, f"/conditions/{BOTH[0]}")
            after = self._seen()
            undone.rollback()
            self._session.expire_all()
            changed = {address for address in second.values() if after[address] != before[address]} or before.keys()
            hits += (second[person] in changed) / len(changed)
        return hits / len(first)

    @cached_property
    def _before(self) -> dict[str, str]:
        """What is seen before each act, as all of them are undone."""
        return self._seen()

    def _seen(self) -> dict[str, str]:
        """The page of each conversation in the second condition, and what is listed above and in its row."""
        inbox = self._inbox()
        rows = {row[1]: row[0] for row in re.findall(r'(<li class="card.*?href="([^"#]+).*?</li>)', inbox, re.DOTALL)}
        here = [address for address in rows if BOTH[1] in address]
        pages = {address: self._browser.get(address).text for address in self._talks[1].values()}
        return {
            address: _NEW_EACH_TIME.sub("", page) + str(rows.get(address)) + str(here[: here.index(address)])
            if address in here
            else ""
            for address, page in pages.items()
        }

    def _listed(self) -> list[str]:
        return re.findall(r'<li class="card[^>]*>\s*<h2><a href="([^"#]+)', self._inbox())

    def _inbox(self) -> str:
        """The pages of all conversations."""
        pages = range(1, 3 if sum(map(len, self._talks)) > PAGE else 2)
        return "".join(self._browser.get(f"/messages?page={number}").text for number in pages)

    def _talk(self, keys: MessageKeys, condition: Condition, person: uuid.UUID) -> str:
        """A conversation of the attacker with somebody, which both wanted; its address."""
        session, member = self._session, self._session.get_one(Member, person)
        row = writing.begin(session, keys, condition, self._attacker, person, has_joined=False)
        writing.send_first(session, keys, row, self._attacker, "Hello, would you like to write to each other?")
        writing.accept(session, conversations.get(session, member, condition, row.id), member)
        assert memberships.get(session, member, condition).pseudonym
        return f"/conditions/{condition.slug}/messages/{row.id}"


def _same(one: list[uuid.UUID], other: list[uuid.UUID]) -> int:
    return sum(person == here for person, here in zip(one, other, strict=True))


def _everywhere(session: Session, _condition_id: int, conversation_id: uuid.UUID) -> None:
    """Delete all conversations of the two people of one."""
    pair = select(ParticipantRow.member_id).where(ParticipantRow.conversation_id == conversation_id)
    everybody = select(ParticipantRow.condition_id, ParticipantRow.conversation_id).where(
        ParticipantRow.member_id.in_(pair)
    )
    rows = [(row[0], row[1]) for row in session.execute(everybody)]
    for condition_id, one in {row for row in rows if rows.count(row) == 2}:
        erasure._delete(session, condition_id, one)


ATTACKS = (a39_conversations,)
