"""What others notice while members write: a view of the world, a page of a visitor, a map whose changes wait."""

import http.client
import itertools
import multiprocessing
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlalchemy import Engine, func, select

from bench import meanwhile
from bench.http_rates import ask, request
from bench.invented_service import view
from bench.meanwhile import Waits
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience
from mapservice.store.places import count_rollup, homes
from mapservice.store.tables import Member, Membership, ZoneCountChange
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import csrf_token, sign_in
from testing.members_map import view_address
from testing.web_process import web_process

SECRET_KEY = "5e" * 32

#: Seconds between two requests of a reader, and between two times that changes are added up, as the worker does.
PAUSE_S, ROLL_UP_S = 0.01, 0.25

#: Members who hide, and how many of them at the same time.
HIDING, AT_ONCE = 200, 32

#: Changes in an hour of a service whose members make one in a second.
HOUR = 3_600

#: Requests before the first that counts, so that the processes have loaded what they keep.
WARM = 50

FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Stage:
    """Where to measure: the private database, a port of the service, the largest condition and one of its members."""

    state: Path
    port: int
    slug: str
    condition_id: int
    cookie: str

    @property
    def url(self) -> str:
        """Return the address of the database, for the role of the pages."""
        return embedded.url(self.state, embedded.RUNTIME)

    @property
    def world(self) -> bytes:
        """Return the request for the first view of the map."""
        return request(view_address(f"/conditions/{self.slug}", *view(0)), Cookie=self.cookie)


@contextmanager
def served(state: Path, slug: str, condition_id: int, cookie: str) -> Iterator[Stage]:
    """Run the web servers of the service on a database, with two processes."""
    settings = {"DATABASE_URL": embedded.url(state, embedded.RUNTIME), "SECRET_KEY": SECRET_KEY, "WORKERS": "2"}
    with TemporaryDirectory() as folder, web_process({**settings, "STATE": folder}) as port:
        stage = Stage(state, port, slug, condition_id, cookie)
        for _ in range(WARM):
            ask(port, stage.world)
            ask(port, _page(slug))
        yield stage


def measure(
    stage: Stage, engine: Engine, ids: Sequence[Sequence[uuid.UUID]], *, per_second: float, seconds: float
) -> list[list[str]]:
    """Return the rows of the table; ``ids`` are the members who write, for each process, so many times in a second."""
    rows = _compared("world view, 99 %", _under_writes(stage, ids, per_second, seconds), f"{per_second:,.0f} writes/s")
    cookies, token = _signed_in(stage, engine)
    for own, pause_s, words in (
        (cookies[:HIDING], seconds / HIDING, f"{HIDING} members hide in {seconds:g} s"),
        (cookies[HIDING:], 0.0, f"{HIDING} members hide, {AT_ONCE} at a time"),
    ):
        rows += _compared("page of a visitor, median", _while_hiding(stage, own, token, pause_s, seconds), words)
    pending, waits = _without_worker(stage, engine, ids, seconds)
    return rows + _compared("world view, median", waits, f"{HOUR:,} changes without a worker, {pending:,} pending")


def _compared(name: str, waits: tuple[Waits, Waits], words: str) -> list[list[str]]:
    """Return two rows: without and with something, and the ratio of what the name says."""
    spreads = [sorted(own.seconds) for own in waits]
    figures = [(statistics.median(spread), spread[int(len(spread) * 0.99)]) for spread in spreads]
    compared = [figure[1] if "99" in name else figure[0] for figure in figures]
    ratios = ["", f"{compared[1] / compared[0]:.2f}"]
    return [
        [name, kind, f"{len(spread):,}", str(own.failed), *(f"{figure * 1000:.1f}" for figure in of_kind), ratio]
        for kind, spread, own, of_kind, ratio in zip(
            ("nothing else", words), spreads, waits, figures, ratios, strict=True
        )
    ]


def _read(port: int, sent: bytes, waits: Waits, stop: threading.Event) -> None:
    while not stop.wait(PAUSE_S):
        began = time.monotonic()
        try:
            waits.failed += ask(port, sent)[0] != 200
        except OSError:
            waits.failed += 1
        waits.seconds.append(time.monotonic() - began)


@contextmanager
def _reading(port: int, sent: bytes, waits: Waits) -> Iterator[None]:
    with meanwhile.running([lambda stop: _read(port, sent, waits, stop)]):
        yield


def _under_writes(
    stage: Stage, ids: Sequence[Sequence[uuid.UUID]], per_second: float, seconds: float
) -> tuple[Waits, Waits]:
    """Return how long the view of the world took without writes, and with so many in a second."""
    quiet, busy = Waits(), Waits()
    with _reading(stage.port, stage.world, quiet):
        time.sleep(seconds)
    stop = FORK.Event()
    writers = [
        FORK.Process(target=_write, args=(stage.url, stage.condition_id, own, per_second / len(ids), stop), daemon=True)
        for own in ids
    ]
    worker = FORK.Process(target=roll_up, args=(stage.url, stop), daemon=True)
    for process in (worker, *writers):
        process.start()
    with _reading(stage.port, stage.world, busy):
        time.sleep(seconds)
    stop.set()
    for process in (worker, *writers):
        process.join()
    return quiet, busy


def _write(url: str, condition_id: int, ids: Sequence[uuid.UUID], per_second: float, stop: threading.Event) -> None:
    """Show members and hide them again, so many times in a second."""
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    began = time.monotonic()
    for at, (audience, member_id) in enumerate(_changes(ids)):
        if stop.wait(max(0.0, began + at / per_second - time.monotonic())):
            return
        _change(engine, condition_id, member_id, audience)


def _changes(ids: Sequence[uuid.UUID]) -> Iterator[tuple[Audience, uuid.UUID]]:
    """Yield what members do, without an end: each shows themselves, then each hides."""
    return itertools.cycle(itertools.product((Audience.CONDITION, Audience.NOBODY), ids))


def _change(engine: Engine, condition_id: int, member_id: uuid.UUID, audience: Audience) -> None:
    with db.transaction(engine) as session:
        homes.show_to(session, session.get_one(Membership, (condition_id, member_id)), audience)


def roll_up(url: str, stop: threading.Event) -> None:
    """Add up the changes again and again, as the worker does."""
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    while not stop.wait(ROLL_UP_S):
        with db.transaction(engine) as session:
            count_rollup.roll_up(session)


def _page(slug: str) -> bytes:
    return request(f"/conditions/{slug}", Accept="text/html")


def _while_hiding(
    stage: Stage, cookies: Sequence[str], token: str, pause_s: float, seconds: float
) -> tuple[Waits, Waits]:
    """Return how long a visitor waited for a page before, and while members hide by the button of their page."""
    quiet, busy = Waits(), Waits()
    with _reading(stage.port, _page(stage.slug), quiet):
        time.sleep(seconds)
    answers = FORK.SimpleQueue()
    # Another process, so that the reader does not wait for its threads.
    hiding = FORK.Process(target=_hide_all, args=(stage, cookies, token, pause_s, answers.put), daemon=True)
    with _reading(stage.port, _page(stage.slug), busy):
        hiding.start()
        busy.failed += sum(status != 303 for status in answers.get())
    hiding.join()
    return quiet, busy


def _hide_all(
    stage: Stage, cookies: Sequence[str], token: str, pause_s: float, answer: Callable[[list[int]], object]
) -> None:
    """Let members hide, each so long after the one before, and report the statuses of the answers."""
    with ThreadPoolExecutor(AT_ONCE) as executor:
        answers = []
        for cookie in cookies:
            answers.append(executor.submit(_hide, stage, cookie, token))
            time.sleep(pause_s)
        answer([own.result() for own in answers])


def _signed_in(stage: Stage, engine: Engine) -> tuple[list[str], str]:
    """Return the cookies of members who are shown, and the token that their forms carry."""
    shown = select(Member).join(Membership, Membership.member_id == Member.id).where(
        Membership.condition_id == stage.condition_id, Membership.audience != Audience.NOBODY, Member.synthetic
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        app = create_app(Config(state=Path(folder), secret_key=SECRET_KEY), engine=engine)
        with db.open_session(engine) as session:
            hiding = session.scalars(shown.order_by(Member.id).limit(2 * HIDING)).all()
            return [sign_in(app.test_client(), member) for member in hiding], csrf_token(app)


def _hide(stage: Stage, cookie: str, token: str) -> int:
    """Press the button, and return the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=60)
    headers = {
        "Host": "localhost",
        "Cookie": f"{COOKIE}={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        connection.request("POST", f"/conditions/{stage.slug}/hide", urlencode({"csrf_token": token}), headers)
        answer = connection.getresponse()
        return 401 if "/sign-in" in (answer.headers["Location"] or "") else answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _without_worker(
    stage: Stage, engine: Engine, ids: Sequence[Sequence[uuid.UUID]], seconds: float
) -> tuple[int, tuple[Waits, Waits]]:
    """Return how many changes wait after an hour of them, and the view of the world once they are added up and before.

    One in some hundred writers adds them up as well, so that fewer wait than were made.
    """
    before = FORK.Process(
        target=_write_all, args=(stage.url, stage.condition_id, [i for own in ids for i in own], HOUR)
    )
    before.start()
    before.join()
    with db.transaction(engine) as session:
        pending = session.scalar(select(func.count()).select_from(ZoneCountChange)) or 0
    added, waiting = Waits(), Waits()
    with _reading(stage.port, stage.world, waiting):
        time.sleep(seconds)
    with db.transaction(engine) as session:
        count_rollup.roll_up(session)
    with _reading(stage.port, stage.world, added):
        time.sleep(seconds)
    return pending, (added, waiting)


def _write_all(url: str, condition_id: int, ids: Sequence[uuid.UUID], number: int) -> None:
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    for audience, member_id in itertools.islice(_changes(ids), number):
        _change(engine, condition_id, member_id, audience)
