"""An attack by the time of answers: somebody who sent a first message watches what became of it."""

import itertools
import sys
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
from bench.processor import ProcessorClock
from mapservice.geo.zones import Level
from mapservice.privacy.messages import part_of
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.messages import conversations
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.messages import ConversationRow
from testing.accounts import new_member, post
from testing.locations import put

TEXT = "Hello, would you like to write to each other?"

#: Looks at each page for each fate, to be compared by work.
LOOKS = 2

#: People of each fate whose answers are timed, answers for each, and first answers that are left out.
PEOPLE, TIMED, WARM = 6, 14, 2

#: The best AUC of two fates by time that is chance in any case; and how often people are shuffled among fates, to know
#: what differences between accounts make of it.
BAR, SHUFFLES = 0.60, 999

#: By how much the work of an answer, in calls of Python functions, may differ.
TOLERANCE = 0.02


class Receiver(NamedTuple):
    """Somebody to whom the attacker wrote, or wants to write."""

    member: Member
    membership: Membership
    browser: FlaskClient
    writer: Member
    conversation: str = ""


#: Milliseconds of answers, by person or by fate and person.
Times = np.ndarray[Any, np.dtype[np.float64]]

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


class Watched(NamedTuple):
    """What the attacker learns: the pairs of fates that the work tells apart, of how many, and what times tell.

    ``auc`` is that of the best pair of fates, ``shuffled`` what the best pair has in 99 of 100 shuffles of the people.
    """

    told: list[str]
    pairs: int
    auc: float = 0.5
    shuffled: float = 0.5


def a38_sent(context: Context) -> Outcome:
    """A member times each answer: sending to somebody who is gone, and looking at what was sent, day after day.

    Time is processor time of the service: what else the machine does is not in it, so that it tells more than a clock
    at the other end of a line. Accounts differ as well, in where their rows are, and the best of many pairs always
    seems to tell something: so the same is done with people who are shuffled among fates
    (docs/decisions/0075-the-time-of-sent.md). The tests compare the statements and the calls of functions alone.
    """
    people = 1 if context.scale is SMALL else PEOPLE
    real = _watched(context, people, TIMED)
    knows, asks = patch.object(conversations, "_id_if_told", _whoever_it_is), _asks_why(part_of)
    with knows, patch.object(conversations, "part_of", asks):
        broken = _watched(context, people, TIMED // 2)
    is_timed, bar = people > 1, max(BAR, real.shuffled)
    by_time = [
        "; AUC of the best pair by time (in 99 of 100 shuffles of people among fates)",
        f"; ≤ {BAR:.2f} or what shuffles have", f"; {real.auc:.2f} ({real.shuffled:.2f})", f"; {broken.auc:.2f}",
    ]  # fmt: skip
    timed = by_time if is_timed else [""] * len(by_time)
    return Outcome(
        "A38 timing of “sent”: sending, and looking later",
        f"of {real.pairs} pairs of fates ({', '.join(AFTER)}), those that differ in work{timed[0]}", f"0{timed[1]}",
        f"{len(real.told)}{_examples(real.told)}{timed[2]}", not real.told and real.auc <= bar,
        "a page that finds out first why a person is not there", f"{len(broken.told)}{timed[3]}",
        len(broken.told) > 0 and (broken.auc > bar or not is_timed),
    )  # fmt: skip


def _whoever_it_is(_member: Member) -> Any:
    return ConversationRow.id


def _asks_why(known: Callable[..., Any]) -> Callable[..., Any]:
    def slower(*arguments: Any, is_other_there: bool, **more: Any) -> Any:
        if not is_other_there:
            for number in range(20_000):
                _reason(number)
        return known(*arguments, is_other_there=is_other_there, **more)

    return slower


def _reason(number: int) -> int:
    return number


def _watched(context: Context, people: int, times: int) -> Watched:
    """What work and time tell; the time only with several people of each fate."""
    told: list[str] = []
    seconds: list[dict[str, Times]] = []
    with service.service(context) as (app, session, connection):
        stage = _Stage(app, session, connection)
        # By turns, so that the accounts of no fate are older than those of another.
        sent = [{name: stage.sent(fate) for name, fate in AFTER.items()} for _person in range(people)]
        looks = (
            [{name: stage.sending(fate) for name, fate in BEFORE.items()} for _person in range(people)],
            [{name: open_page for name, (open_page, _list) in one.items()} for one in sent],
            [{name: list_inbox for name, (_open, list_inbox) in one.items()} for one in sent],
        )
        service.analyze(connection)
        for look in looks:
            seen = {name: stage.work(ask) for name, ask in look[0].items()}
            told += [f"{one} or {other}" for one, other in itertools.combinations(seen, 2)
                     if _differ(seen[one], seen[other])]  # fmt: skip
            seconds += [stage.times(look, times)] if people > 1 else []
    pairs = sum(len(look[0]) * (len(look[0]) - 1) // 2 for look in looks)
    return Watched(told, pairs, *(_by_time(seconds, context.seed) if seconds else ()))


def _by_time(seconds: Sequence[dict[str, Times]], seed: int) -> tuple[float, float]:
    """The best AUC of two fates by time, and what it is at most in 99 of 100 shuffles of the people among fates."""
    chance = np.random.default_rng([seed, 38])
    looks = [np.array(list(look.values())) for look in seconds]
    auc = max(_best(times) for times in looks)
    shuffles = [max(_best(_shuffled(times, chance)) for times in looks) for _shuffle in range(SHUFFLES)]
    return auc, float(np.quantile(shuffles, 0.99))


def _shuffled(times: Times, chance: np.random.Generator) -> Times:
    """The same people, each with all their answers, of other fates."""
    fates, people, answers = times.shape
    return chance.permutation(times.reshape(fates * people, answers)).reshape(times.shape)


def _best(times: Times) -> float:
    """The best AUC of two fates."""
    return max(_auc(one.ravel(), other.ravel()) for one, other in itertools.combinations(times, 2))


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

    def times(self, looks: Sequence[dict[str, Callable[[], TestResponse]]], times: int) -> dict[str, Times]:
        """The processor times of answers by fate, person and answer, asked for in an order of chance in each round."""
        asks = {(name, person): ask for person, look in enumerate(looks) for name, ask in look.items()}
        chance, clock = np.random.default_rng(times), ProcessorClock(self._connection)
        taken: dict[tuple[str, int], list[float]] = {key: [] for key in asks}
        for _round in range(WARM + times):
            for name, person in [list(asks)[at] for at in chance.permutation(len(asks))]:
                began = clock.python() + clock.postgres()
                asks[name, person]()
                taken[name, person].append(clock.python() + clock.postgres() - began)
        return {name: np.array([taken[name, person][WARM:] for person in range(len(looks))]) for name in looks[0]}

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


def _auc(one: Times, other: Times) -> float:
    """How well times tell two fates apart, whichever is slower: 0.5 is chance."""
    below = np.searchsorted(np.sort(other), one, side="left").sum()
    below_or_same = np.searchsorted(np.sort(other), one, side="right").sum()
    wins = (below + below_or_same) / 2 / (len(one) * len(other))
    return float(max(wins, 1 - wins))


def _examples(told: Sequence[str]) -> str:
    return f" ({', '.join(told[:3])})" if told else ""


ATTACKS = (a38_sent,)
