"""What readers notice of a release: ``python -m bench.release``.

    python -m bench.release --members 1000000 --releases 5

A service with one web process on a database of its own, with invented people and the demo's releases, removed in the
end. One visitor asks for the public page of the largest condition, one member for its map, and another hides and looks
whether the next view of the map has changed, over and over: first for some seconds without a release, then while
releases of one week after the other are made by another process. Exits with 1 if a request failed, or a hide was not
on the map at once.
"""

import datetime as dt
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from bench import meanwhile, report
from bench.http_rates import ask, header, request
from bench.invented_service import KEY, Service, service, view
from bench.meanwhile import Waits
from mapservice import db
from mapservice.config import HOME
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.visibility import Audience
from mapservice.store.figures import releases
from mapservice.store.places import homes
from mapservice.store.tables import Membership
from testing.members_map import view_address

ZOOM = 3

#: Seconds between two requests of one reader.
PAUSE_S = 0.02

#: Seconds after which a release counts as one that never ends.
TIMEOUT_S = 600.0

#: Does something and returns whether it worked; the second one prepares it, and is not measured.
Act = tuple[Callable[[], bool], Callable[[], None]]


def make_releases() -> None:
    """Be the process that makes the release of each day that it reads, and prints how many seconds that took."""
    engine = db.new_engine(sys.argv[1], timeouts=False)
    for line in sys.stdin:
        began = time.monotonic()
        with db.transaction(engine) as session:
            releases.make(session, dt.date.fromisoformat(line.strip()), key=KEY, profile=DEFAULT)
        print(time.monotonic() - began, flush=True)


@contextmanager
def maker(running: Service) -> Iterator[Callable[[dt.date], float]]:
    """Yield a function that has the release of a day made by another process, and returns how many seconds it took."""
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

        def make(day: dt.date) -> float:
            days.write(f"{day}\n")
            days.flush()
            return float(answers.readline())

        try:
            yield make
        finally:
            timer.cancel()
            process.kill()


def acts(running: Service) -> dict[str, Act]:
    """Return what readers do, by what it is called in the table."""
    map_address = view_address(running.page, *view(ZOOM))
    public, members = request(running.page, Accept="text/html"), request(map_address, Cookie=running.cookie)
    with db.transaction(running.engine) as session:
        hidden = session.scalars(
            select(Membership.member_id)
            .where(Membership.condition_id == running.condition_id, Membership.audience == Audience.CONDITION)
            .order_by(Membership.member_id)
            .limit(1)
        ).one()
    mark = ""

    def show(audience: Audience) -> None:
        with db.transaction(running.engine) as session:
            homes.show_to(session, session.get_one(Membership, (running.condition_id, hidden)), audience)

    def show_again() -> None:
        nonlocal mark
        show(Audience.CONDITION)
        mark = header(ask(running.port, members)[1], "etag")

    def hide() -> bool:
        show(Audience.NOBODY)
        changed = request(map_address, Cookie=running.cookie, If_None_Match=mark)
        return ask(running.port, changed)[0] == 200

    def nothing() -> None:
        return None

    return {
        "public page": (lambda: ask(running.port, public)[0] == 200, nothing),
        "view of the members' map": (lambda: ask(running.port, members)[0] == 200, nothing),
        "hide, and the next view": (hide, show_again),
    }


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
    seconds = ", ".join(f"{second:.1f}" for second in took)
    table = meanwhile.table(by_name, before, during)
    report.publish("bench.release", options, [f"Seconds that each release took: {seconds}.", "", *table], versions)
    return 1 if any(waits.failed for waits in (*before, *during)) else 0


if __name__ == "__main__":
    sys.exit(main())
