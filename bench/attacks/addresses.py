"""An attack by somebody who has an e-mail address and asks whether it has an account, by whole journeys."""

import itertools
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bench.attacks import service
from bench.attacks.pages import Form, send, sent_forms
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.db import get_session
from mapservice.store.tables import Member
from mapservice.web.accounts import passwords
from testing.accounts import PASSWORD, new_member

#: What the attacker types wherever a form asks for more than an address.
TYPED = {"password": "seven green kettles sing", "current_password": PASSWORD, "pseudonym": "Newcomer"}

#: Pages with a form that takes an address; the last is for somebody who is signed in.
SIGN_UP, SIGN_IN, FORGOT, CHANGE = "/sign-up", "/sign-in", "/forgot", "/account/email"

#: Steps of a journey: pages whose form is sent with the address, one after the other in one browser. A mail is sent
#: three times a day, a password may be wrong some times: each journey goes on beyond that.
JOURNEYS: dict[str, tuple[str, ...]] = {
    "signs up and in": (SIGN_UP, SIGN_IN, SIGN_UP, SIGN_IN),
    "signs up from a condition": (f"{SIGN_UP}?condition={service.SLUG}", SIGN_IN),
    "signs up again and again": (SIGN_UP,) * 5 + (FORGOT,),
    "resets again and again": (FORGOT,) * 5 + (SIGN_UP,),
    "guesses": (SIGN_IN,) * 13 + (FORGOT,),
    "takes it as a new address": (CHANGE,) * 4 + (SIGN_UP,),
}

#: A hash that takes as long as the rest of a page, so that one that is left out shows.
HASHING = {"memory_cost": 8_192, "time_cost": 1}

_NEW_EACH_TIME = (
    re.compile(r'(nonce|data-passkey|name="csrf_token" value|name="operation" value)="[^"]*"'),
    re.compile(r"nonce-[\w\-+/=]+|__Host-[\w-]+=[^;\s]+|Expires=[^;]+|a25-\w+@|[Rr]etry-[Aa]fter: \d+"),
)


class Answers(NamedTuple):
    """What a journey was answered, byte by byte but for what is new each time, and the seconds of each step."""

    seen: list[str]
    seconds: list[float]


#: Makes the state of an address before anybody asks.
Kind = Callable[[Session, Flask, str], None]


def _unknown(_session: Session, _app: Flask, _email: str) -> None:
    """An address that nobody ever typed."""


def _known(session: Session, app: Flask, email: str) -> None:
    member = new_member(session, email, pseudonym="Known")
    member.password = _hash(app)
    session.commit()


def _pending(_session: Session, app: Flask, email: str) -> None:
    """Its owner asked for an account and has not opened the mail yet."""
    _step(app.test_client(), SIGN_UP, email, uuid.uuid4().int % 250)


def _closed(session: Session, app: Flask, email: str) -> None:
    _known(session, app, email)
    session.scalars(select(Member).where(Member.email == email)).one().active = False
    session.commit()


def _unknown_after_known(session: Session, app: Flask, email: str) -> None:
    """An unknown address right after another one got an account, so that the machine is as warm as after ``_known``."""
    _known(session, app, f"other-{email}")


KINDS: dict[str, Kind] = {"known": _known, "pending": _pending, "closed": _closed}


def a25_addresses(context: Context) -> Outcome:
    """Somebody signs up, in, resets and changes with an address, and compares with one that has no account.

    In the full profile they also time the answers. The tests do not, for a busy machine makes times meaningless: they
    compare the hashes made and the functions called for each answer instead, in ``tests/web/site/test_secrecy.py``.
    """
    is_timed = context.scale is not SMALL
    differing, steps, worst = _compared(context, lambda _app: None, JOURNEYS, looks=400 if is_timed else 0)
    broken, _steps, slow = _compared(context, tell, {"signs up": (SIGN_UP, FORGOT)}, looks=6 if is_timed else 0)
    by_time = ("; AUC of the best step by time", "; ≤ 0.60", f"; {worst:.2f}", f"; {slow:.2f}")
    timed = by_time if is_timed else ("",) * len(by_time)
    return Outcome(
        "A25 does an address have an account",
        f"of {steps} answers of whole journeys ({', '.join(KINDS)} against unknown), those that differ{timed[0]}",
        f"0{timed[1]}", f"{len(differing)}{_examples(differing)}{timed[2]}", not differing and worst <= 0.60,
        "one space and 20 ms more where there is an account", f"{len(broken)}{timed[3]}",
        len(broken) > 0 and (slow > 0.60 or not is_timed),
    )  # fmt: skip


def tell(app: Flask) -> None:
    """The bad design: an answer that is longer, and comes later, if the address of the form has an account."""

    @app.after_request
    def with_delay(answer: Response) -> Response:
        email = request.form.get("email")
        if email and get_session().scalar(select(Member.id).where(Member.email == email)):
            time.sleep(0.02)
            if answer.mimetype == "text/html":
                answer.set_data(answer.get_data() + b" ")
        return answer


def _examples(differing: Sequence[str]) -> str:
    return f" ({'; '.join(differing[:4])})" if differing else ""


def _compared(
    context: Context, plant: Callable[[Flask], None], journeys: Mapping[str, Sequence[str]], looks: int
) -> tuple[list[str], int, float]:
    """The steps answered otherwise than for an unknown address, how many there were, and the best AUC by time."""
    differing, steps, aucs = [], 0, [0.5]
    hashing = {"PASSWORD_HASHING": HASHING} if looks else {}
    with service.service(context, LIMITS=True, **hashing) as (app, session, _connection):
        plant(app)
        networks = itertools.count(1)
        for journey, pages in journeys.items():
            base = _asked(app, session, _unknown, pages, networks)
            for name, kind in KINDS.items():
                answers = _asked(app, session, kind, pages, networks)
                wrong = [at for at, pair in enumerate(zip(base.seen, answers.seen, strict=True)) if pair[0] != pair[1]]
                differing += [f"{name} {journey}: {pages[at]}" for at in wrong]
                steps += len(base.seen)
        # Of each page the first two steps: later ones are often stopped by a limit.
        if looks:
            aucs += _aucs(app, session, (*next(iter(journeys.values()))[:2], FORGOT), networks, looks)
    return differing, steps, max(aucs)


def _asked(app: Flask, session: Session, kind: Kind, pages: Sequence[str], networks: Iterator[int]) -> Answers:
    """The answers to a journey with a new address of a kind, from a network that asked nothing before."""
    email, network = f"{uuid.uuid4().hex[:12]}@example.org", next(networks)
    kind(session, app, email)
    client = _signed_in(app, session) if CHANGE in pages else app.test_client()
    seen, seconds = [], []
    for page in pages:
        answers, passed = _step(client, page, email, network)
        seen.append("\n".join(_masked(answer, email) for answer in answers))
        seconds.append(passed)
    return Answers(seen, seconds)


def _signed_in(app: Flask, session: Session) -> FlaskClient:
    member = new_member(session, f"a25-{uuid.uuid4().hex[:8]}@example.org")
    member.password = _hash(app)
    session.commit()
    return service.browser(app, member)


def _hash(app: Flask) -> str:
    with app.app_context():
        return passwords.hashed(PASSWORD)


def _step(client: FlaskClient, page: str, email: str, network: int) -> tuple[list[TestResponse], float]:
    """Fill the form of a page in and send it, then open where it leads; and the seconds that sending took."""
    client.environ_base["REMOTE_ADDR"] = f"10.{network // 250}.{network % 250}.7"
    form = next((form for form in sent_forms(client.get(page)) if "email" in form.names), None)
    if form is None:
        return [], 0.0
    began = time.perf_counter()
    sent = send(client, form, _filled(form, email))
    passed = time.perf_counter() - began
    where = sent.headers.get("Location")
    return [sent, client.get(where)] if where else [sent], passed


def _filled(form: Form, email: str) -> dict[str, str]:
    ticked = {name: values[-1] for name, values in form.choices.items() if name not in form.fields}
    typed = {name: words for name, words in TYPED.items() if name in form.names}
    return ticked | typed | {"email": email}


def _masked(answer: TestResponse, email: str) -> str:
    text = f"{answer.status}\n{answer.headers}\n{answer.text}".replace(email, "<address>")
    for pattern in _NEW_EACH_TIME:
        text = pattern.sub("<new>", text)
    return text


def _aucs(app: Flask, session: Session, pages: Sequence[str], networks: Iterator[int], times: int) -> Iterator[float]:
    """For each step how well its time tells a known address from an unknown one: 0.5 is chance.

    One of each by turns, in an order of chance, so that what else the machine does falls on both.
    """
    chance, kinds = np.random.default_rng(times), (_unknown_after_known, _known)
    seconds: tuple[list[list[float]], list[list[float]]] = [], []
    _asked(app, session, _known, pages, networks)  # what the first of all takes longer
    for _ in range(times):
        for at in chance.permutation(len(kinds)).tolist():
            seconds[at].append(_asked(app, session, kinds[at], pages, networks).seconds)
    for unknown, known in zip(*(np.array(durations).T for durations in seconds), strict=True):
        wins = np.mean(known[:, None] > unknown[None]) + np.mean(known[:, None] == unknown[None]) / 2
        yield float(max(wins, 1 - wins))


ATTACKS = (a25_addresses,)
