"""What readers notice of a release: ``python -m bench.release``.

    python -m bench.release --members 1000000 --releases 5

A service with one web process on a database of its own, with invented people and the demo's releases, removed in the
end. One visitor asks for the public page of the largest condition, one member for its map, and another hides and looks
whether the next view of the map has changed, over and over: first for some seconds without a release, then while
releases of one week after the other are made by another process. Those who hide agreed to be counted and are not
counted yet, so that these releases count them. Exits with 1 if a request failed, or a hide was not on the map within
two seconds.
"""

import datetime as dt
import itertools
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench import meanwhile, report
from bench.http_rates import ask, header, request
from bench.invented_service import KEY, Service, service, view
from bench.meanwhile import Waits
from mapservice import db
from mapservice.config import HOME
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.figures import releases
from mapservice.store.places import homes
from mapservice.store.tables import Condition, CountedMember, Member, Membership
from testing.members_map import view_address

ZOOM = 3

#: Seconds between two requests of one reader.
PAUSE_S = 0.02

#: Seconds after which a release counts as one that never ends, and that a hide may take.
TIMEOUT_S, MAX_HIDE_S = 600.0, 2.0

#: Members who hide, one after the other, and show themselves again.
HIDING = 50

#: Does something and returns whether it worked; the second one prepares it, and is not measured.
Act = tuple[Callable[[], bool], Callable[[], None]]


# How many places the release of this transaction has computed, and how many there are.
_COMPUTED = text("select count(*) filter (where xmin = pg_current_xact_id()::xid), count(*) from count_bucket")


def make_releases() -> None:
    """Be the process that makes the release of each day that it reads, and prints what ``Made`` holds."""
    engine = db.new_engine(sys.argv[1], timeouts=False)
    for line in sys.stdin:
        began = time.monotonic()
        with db.transaction(engine) as session:
            releases.make(session, dt.date.fromisoformat(line.strip()), key=KEY, profile=DEFAULT)
            computed, places = session.execute(_COMPUTED).one()
        print(time.monotonic() - began, computed, places, flush=True)


class Made(NamedTuple):
    """A release: how many seconds it took, how many places it computed, and how many there are."""

    seconds: float
    computed: int
    places: int


@contextmanager
def maker(running: Service) -> Iterator[Callable[[dt.date], Made]]:
    """Yield a function that has the release of a day made by another process."""
    program = [sys.executable, "-c", "from bench.release import make_releases; make_releases()"]
    url = running.owner.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [*program, url], cwd=HOME, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        days, answers = process.stdin, process.stdout
        timer = threading.Timer(TIMEOUT_S, process.kill)
        timer.start()

        def make(day: dt.date) -> Made:
            days.write(f"{day}\n")
            days.flush()
            seconds, computed, places = answers.readline().split()
            return Made(float(seconds), int(computed), int(places))

        try:
            yield make
        finally:
            timer.cancel()
            process.kill()


def acts(running: Service) -> dict[str, Act]:
    """Return what readers do, by what it is called in the table."""
    map_address = view_address(running.page, *view(ZOOM))
    public, members = request(running.page, Accept="text/html"), request(map_address, Cookie=running.cookie)
    taking_turns = itertools.cycle(_hiding(running))
    mark, member_id = "", next(taking_turns)

    def show_again() -> None:
        nonlocal mark, member_id
        member_id = next(taking_turns)
        with db.transaction(running.engine) as session:
            homes.show_to(session, _membership(session, running, member_id), Audience.CONDITION)
        mark = header(ask(running.port, members)[1], "etag")

    def hide() -> bool:
        began = time.monotonic()
        with db.transaction(running.engine) as session:
            homes.hide(session, _membership(session, running, member_id))
        changed = request(map_address, Cookie=running.cookie, If_None_Match=mark)
        return ask(running.port, changed)[0] == 200 and time.monotonic() - began <= MAX_HIDE_S

    def nothing() -> None:
        return None

    return {
        "public page": (lambda: ask(running.port, public)[0] == 200, nothing),
        "view of the members' map": (lambda: ask(running.port, members)[0] == 200, nothing),
        "hide, and the next view": (hide, show_again),
    }


def _hiding(running: Service) -> Sequence[uuid.UUID]:
    """Return members of the largest condition who are shown and agreed to be counted, but are not counted yet."""
    is_counted = select(CountedMember.member_id).where(
        CountedMember.member_id == Membership.member_id, CountedMember.condition_id == Membership.condition_id
    )
    waiting = select(Membership.member_id).where(
        Membership.condition_id == running.condition_id,
        Membership.audience == Audience.CONDITION,
        Membership.counted_since.is_not(None),
        ~is_counted.exists(),
    )
    with db.transaction(running.engine) as session:
        return session.scalars(waiting.order_by(Membership.joined, Membership.member_id).limit(HIDING)).all()


def _membership(session: Session, running: Service, member_id: uuid.UUID) -> Membership:
    """Return a membership of the largest condition as a page that changes it does, with its lock."""
    member, condition = session.get_one(Member, member_id), session.get_one(Condition, running.condition_id)
    return memberships.get(session, member, condition)


def warm(work: Iterable[Act]) -> None:
    """Do each of these a few times, so that the service has loaded what it keeps."""
    for do, prepare in work:
        for _ in range(5):
            prepare()
            do()


@contextmanager
def reading(work: Sequence[Act], waits: Sequence[Waits]) -> Iterator[None]:
    """Let readers do each of these over and over until the block ends."""

    def repeat(act: Act, own: Waits) -> Callable[[threading.Event], None]:
        return lambda stop: _repeat(act, own, stop)

    with meanwhile.running([repeat(act, own) for act, own in zip(work, waits, strict=True)]):
        yield


def _repeat(act: Act, waits: Waits, stop: threading.Event) -> None:
    do, prepare = act
    while not stop.wait(PAUSE_S):
        began = time.monotonic()
        try:
            prepare()
            began = time.monotonic()
            worked = do()
        except OSError:
            worked = False
        waits.failed += not worked
        waits.seconds.append(time.monotonic() - began)


def main() -> int:
    """Write how long each reader waited without a release and with one."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long readers read before the releases")
    parser.add_argument("--releases", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    today = dt.datetime.now(dt.UTC).date()
    days = [today - dt.timedelta(weeks=weeks) for weeks in reversed(range(options.releases))]
    until = days[0] - dt.timedelta(weeks=1)
    with service(options.members, seed=options.seed, released_until=until) as running, maker(running) as make:
        by_name = acts(running)
        before, during = [Waits() for _ in by_name], [Waits() for _ in by_name]
        warm(by_name.values())
        with reading(list(by_name.values()), before):
            time.sleep(options.seconds)
        with reading(list(by_name.values()), during):
            took = [make(day) for day in days]
        versions = report.database_versions(running.engine)
    seconds = ", ".join(f"{made.seconds:.1f}" for made in took)
    places = ", ".join(f"{made.computed:,} of {made.places:,}" for made in took)
    words = f"Seconds that each release took: {seconds}. Places that it computed: {places}."
    table = meanwhile.table(by_name, before, during)
    report.publish("bench.release", options, [words, "", *table], versions)
    return 1 if any(waits.failed for waits in (*before, *during)) else 0


if __name__ == "__main__":
    sys.exit(main())
