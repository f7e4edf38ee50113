"""An attack by the time of answers: whoever sent a first message watches whether something became of it."""

import itertools
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bench.attacks import service
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.geo.zones import Level
from mapservice.privacy.messages import part_of
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.messages import conversations
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member, Membership
from testing.accounts import new_member, post
from testing.locations import put

TEXT = "Hello, would you like to write to each other?"

#: Looks at each page for each fate: to be compared by work, and by time in the full profile.
LOOKS, TIMED = 2, 200

#: People of each fate whose answers are timed, so that what differs between two accounts is not taken for their fates.
PEOPLE = 4

#: By how much the work of an answer, in calls of Python functions, may differ.
TOLERANCE = 0.02


class Receiver(NamedTuple):
    """Somebody to whom the attacker wrote, or wants to write."""

    member: Member
    membership: Membership
    browser: FlaskClient
    writer: Member
    conversation: str = ""


Fate = Callable[[Session, Receiver], object]


def _waits(_session: Session, _receiver: Receiver) -> None:
    """Has not answered yet."""


def _declines(_session: Session, receiver: Receiver) -> None:
    service.taken(post(receiver.browser, f"{receiver.conversation}/decline"))


def _blocks(session: Session, receiver: Receiver) -> None:
    condition = service.condition(session)
    blocks.block_account(session, receiver.member, condition.id, receiver.writer.id, name=None)
    session.commit()


def _vanishes(_session: Session, receiver: Receiver) -> None:
    service.taken(post(receiver.browser, "/account/delete", {"sure": "yes"}))


def _leaves(_session: Session, receiver: Receiver) -> None:
    service.taken(post(receiver.browser, f"{service.PAGE}/leave", {"sure": "yes"}))


def _is_suspended(session: Session, receiver: Receiver) -> None:
    suspensions.suspend(session, receiver.member)
    session.commit()


#: What may have become of somebody since the form for a first message was opened; the answers must look the same.
BEFORE: dict[str, Fate] = {"blocks": _blocks, "vanishes": _vanishes, "is suspended": _is_suspended}

#: What may become of a message that was sent, which no page must tell.
AFTER: dict[str, Fate] = {"waits": _waits, "declines": _declines, "leaves": _leaves, **BEFORE}


class Work(NamedTuple):
    """What an answer took: its status, its statements, and the calls of functions."""

    status: int
    statements: tuple[str, ...]
    calls: int


def a38_sent(context: Context) -> Outcome:
    """A member times each answer: sending to somebody who is gone, and looking at what was sent, day after day.

    The tests compare the statements and the calls of functions instead, for a busy machine makes times meaningless.
    """
    is_timed = context.scale is not SMALL
    told, auc, pairs = _watched(context, TIMED if is_timed else 0)
    with patch.object(conversations, "part_of", _asks_why(part_of)):
        broken, slow, _pairs = _watched(context, TIMED // 4 if is_timed else 0)
    by_time = ("; AUC of the best pair by time", "; ≤ 0.60", f"; {auc:.2f}", f"; {slow:.2f}")
    timed = by_time if is_timed else ("",) * len(by_time)
    return Outcome(
        "A38 timing of “sent”: sending, and looking later",
        f"of {pairs} pairs of fates ({', '.join(AFTER)}), those that differ in work{timed[0]}", f"0{timed[1]}",
        f"{len(told)}{_examples(told)}{timed[2]}", not told and auc <= 0.60,
        "a page that finds out first why a person is not there", f"{len(broken)}{timed[3]}",
        len(broken) > 0 and (slow > 0.60 or not is_timed),
    )  # fmt: skip


def _asks_why(known: Callable[..., Any]) -> Callable[..., Any]:
    def slower(*arguments: Any, is_other_there: bool, **more: Any) -> Any:
        if not is_other_there:
            for number in range(20_000):
                _reason(number)
        return known(*arguments, is_other_there=is_other_there, **more)

    return slower


def _reason(number: int) -> int:
    return number


def _watched(context: Context, timed: int) -> tuple[list[str], float, int]:
    """Which pairs of fates the work tells apart, the best AUC by time, and how many pairs there are."""
    told: list[str] = []
    aucs, pairs = [0.5], 0
    with service.service(context) as (app, session, connection):
        stage = _Stage(app, session, connection)
        people = range(PEOPLE if timed else 1)
        # By turns, so that the accounts of no fate are older than those of another.
        sent = [{name: stage.sent(fate) for name, fate in AFTER.items()} for _person in people]
        for looks in (
            [{name: stage.sending(fate) for name, fate in BEFORE.items()} for _person in people],
            [{name: open_page for name, (open_page, _list) in one.items()} for one in sent],
            [{name: list_inbox for name, (_open, list_inbox) in one.items()} for one in sent],
        ):
            seen = {name: stage.work(ask) for name, ask in looks[0].items()}
            seconds = stage.times(looks, timed)
            for one, other in itertools.combinations(looks[0], 2):
                pairs += 1
                told += [f"{one} or {other}"] if _differ(seen[one], seen[other]) else []
                aucs += [_auc(seconds[one], seconds[other])] if timed else []
    return told, max(aucs), pairs


class _Stage:
    """The attacker's accounts, and those to whom they write."""

    def __init__(self, app: Flask, session: Session, connection: Any) -> None:
        self._app, self._session, self._connection = app, session, connection
        self._numbers = itertools.count()

    def sending(self, fate: Fate) -> Callable[[], TestResponse]:
        """A form that is sent to somebody who is gone since it was opened."""
        receiver, browser = self._pair()
        fate(self._session, receiver)
        return lambda: self._write(browser, receiver)

    def sent(self, fate: Fate) -> tuple[Callable[[], TestResponse], Callable[[], TestResponse]]:
        """The page of a message that was sent, after its receiver's fate, and the inbox that lists it."""
        receiver, browser = self._pair()
        address = service.taken(self._write(browser, receiver)).location or ""
        fate(self._session, receiver._replace(conversation=address))
        return lambda: browser.get(address), lambda: browser.get("/messages")

    def work(self, ask: Callable[[], TestResponse]) -> Work:
        """The least work that an answer took in some looks; the first one fills what is kept between requests."""
        ask()
        return min((self._look(ask) for _ in range(LOOKS)), key=lambda work: work.calls)

    def times(self, looks: Sequence[dict[str, Callable[[], TestResponse]]], times: int) -> dict[str, list[float]]:
        """The seconds of answers, asked by turns in an order of chance, so that other work falls on all of them."""
        chance, seconds = np.random.default_rng(times), {name: list[float]() for name in looks[0]}
        for turn in range(times):
            for name in chance.permutation(list(looks[0])).tolist():
                ask = looks[turn % len(looks)][name]
                began = time.perf_counter()
                ask()
                seconds[name].append(time.perf_counter() - began)
        return seconds

    def _pair(self) -> tuple[Receiver, FlaskClient]:
        number = next(self._numbers)
        writer, member = (
            new_member(self._session, f"sent-{role}-{number}@example.org", pseudonym=f"{role} {number}")
            for role in ("writer", "receiver")
        )
        condition, zone = service.condition(self._session), service.freiburg(self._session)
        for person in (writer, member):
            shown = put(self._session, person, condition, zone, level=Level.AREA, audience=Audience.MEMBERS)
        receiver = Receiver(member, shown, service.browser(self._app, member), writer)
        return receiver, service.browser(self._app, writer)

    def _write(self, browser: FlaskClient, receiver: Receiver) -> TestResponse:
        form = {"text": TEXT, "operation": str(uuid.uuid4())}
        return post(browser, f"{service.PAGE}/people/{receiver.membership.public_id}/write", form)

    def _look(self, ask: Callable[[], TestResponse]) -> Work:
        statements: list[str] = []
        calls = 0

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            # Savepoints are numbered.
            statements.append(statement.rstrip("0123456789"))

        def count(_frame: Any, what: str, _arg: Any) -> None:
            nonlocal calls
            calls += what == "call"

        event.listen(self._connection, "before_cursor_execute", note)
        sys.setprofile(count)
        try:
            answer = ask()
        finally:
            sys.setprofile(None)
            event.remove(self._connection, "before_cursor_execute", note)
        assert answer.status_code in (200, 404), answer.status_code
        return Work(answer.status_code, tuple(statements), calls)


def _differ(one: Work, other: Work) -> bool:
    """Whether the work for two answers tells them apart."""
    differs = one.status != other.status or one.statements != other.statements
    return differs or abs(one.calls - other.calls) > TOLERANCE * min(one.calls, other.calls)


def _auc(one: Sequence[float], other: Sequence[float]) -> float:
    """How well times tell two fates apart, whichever is slower: 0.5 is chance."""
    first, second = np.array(one), np.array(other)
    wins = np.mean(first[:, None] > second[None]) + np.mean(first[:, None] == second[None]) / 2
    return float(max(wins, 1 - wins))


def _examples(told: Sequence[str]) -> str:
    return f" ({', '.join(told[:3])})" if told else ""


ATTACKS = (a38_sent,)
