"""Processes of the service are killed without a warning (SIGKILL), one after the other, while people use it."""

import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from bench.attacks.table import Outcome
from bench.faults import people
from bench.faults.table import Context
from mapservice import db
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting.port_check import check_port
from mapservice.store.tables import Mail

# Seconds for which a control waits at least for what does not come back.
_CONTROL_S = 4.0


def f1_postmaster(context: Context) -> Outcome:
    """The first process of PostgreSQL is killed; nobody but the supervisor can bring it back."""
    service = context.service

    def kill() -> None:
        os.kill(service.postmaster(), signal.SIGKILL)

    slowest, waited, comes_back = _kill_again_and_again(context, kill, ["serve"])
    return _outcome(
        context,
        "F1 postmaster killed",
        slowest,
        control="nobody looks after the database; a write answered before its commit",
        breaks=not comes_back and _a_ghost_is_found(context),
        control_measured=f"no page after {waited:.0f} s; 1 lost",
    )


def f2_web_worker(context: Context) -> Outcome:
    """A process that answers requests is killed, in the middle of one."""
    service = context.service

    def kill() -> None:
        os.kill(random.choice(service.web_workers() or [service.noted("web")]), signal.SIGKILL)

    def kill_all() -> None:
        for pid in service.web_workers():
            os.kill(pid, signal.SIGKILL)

    slowest, waited, comes_back = _kill_again_and_again(context, kill, ["serve", "web"], kill_all)
    return _outcome(
        context,
        "F2 web worker killed",
        slowest,
        control="nobody looks after the web workers",
        breaks=not comes_back,
        control_measured=f"no page after {waited:.0f} s",
    )


def f3_background_worker(context: Context) -> Outcome:
    """The worker is killed while it sends e-mail: each is sent, and a second copy is the same file."""
    service, sent = context.service, 0
    with context.crowd.at_work():
        slowest = []
        for _ in range(context.scale.kills):
            _queue(context, count=20)
            sent += 20
            time.sleep(random.uniform(0, 1.2))
            os.kill(service.noted("worker"), signal.SIGKILL)
            slowest.append(_seconds_until(lambda: _waiting(context) == 0))
    arrived = len([path for path in (service.state / "outbox").glob("*.eml") if path.name != "latest.eml"])
    # Found before nobody looks after it: the one that was killed last may not have been replaced yet.
    worker = service.noted("worker")
    with _frozen(service.noted("serve")):
        os.kill(worker, signal.SIGKILL)
        _queue(context, count=1)
        waited = _seconds_until(lambda: _waiting(context) == 0, within=_CONTROL_S)
        comes_back = _waiting(context) == 0
    _seconds_until(lambda: _waiting(context) == 0)
    return _outcome(
        context,
        "F3 background worker killed",
        max(slowest),
        further=f"; {arrived} of {sent} e-mails once",
        holds=arrived == sent,
        control="nobody looks after the worker",
        breaks=not comes_back,
        control_measured=f"not sent after {waited:.0f} s",
    )


def f6_supervisor(context: Context) -> Outcome:
    """The process that looks after the others is killed: they go on, and the next start takes over."""
    service, gaps, unanswered, refused = context.service, [], 0, True
    with context.crowd.at_work():
        for _ in range(max(1, context.scale.kills // 5)):
            assert service.process is not None
            service.process.kill()
            service.process.wait()
            before = service.web_workers()
            unanswered += sum(not service.answers() for _ in range(10))
            refused = refused and _port_is_taken(service.port)
            service.start()
            _seconds_until(partial(_are_gone, before, context))
            gaps.append(service.seconds_until_it_answers())
    return _outcome(
        context,
        "F6 supervisor killed",
        max(gaps),
        further=f"; {unanswered} pages unanswered before the next start",
        holds=unanswered == 0,
        control="a start that does not take over",
        breaks=refused,
        control_measured="the port is in use",
    )


def _are_gone(workers: Iterable[int], context: Context) -> bool:
    return not set(workers) & set(_living_workers(context))


def _kill_again_and_again(
    context: Context, kill: Callable[[], None], guardians: Sequence[str], kill_all: Callable[[], None] | None = None
) -> tuple[float, float, bool]:
    """Return the longest time until the next page after a kill, and the control's: the time, and whether one came.

    In the control those that would bring it back (``guardians``) are frozen.
    """
    service = context.service
    with context.crowd.at_work():
        slowest = max(_kill_and_wait(context, kill) for _ in range(context.scale.kills))
    with ExitStack() as frozen:
        for name in guardians:
            frozen.enter_context(_frozen(service.noted(name)))
        (kill_all or kill)()
        waited = service.seconds_until_it_answers(max(_CONTROL_S, slowest))
        comes_back = service.answers()
    service.seconds_until_it_answers()
    return slowest, waited, comes_back


def _kill_and_wait(context: Context, kill: Callable[[], None]) -> float:
    time.sleep(random.uniform(0.3, 1.5))
    kill()
    time.sleep(0.05)
    return context.service.seconds_until_it_answers()


@contextmanager
def _frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _outcome(
    context: Context,
    fault: str,
    slowest: float,
    *,
    control: str,
    breaks: bool,
    control_measured: str,
    further: str = "",
    holds: bool = True,
) -> Outcome:
    crowd, bar = context.crowd, context.scale.back_within_s
    lost, half = people.lost(crowd), people.half_applied(crowd)
    return Outcome(
        fault,
        "acknowledged writes lost, half applied; back within",
        f"0, 0; {bar:.0f} s",
        f"{lost}, {half} of {crowd.acknowledged}; {slowest:.1f} s{further}",
        holds and lost == half == 0 and crowd.acknowledged > 0 and slowest <= bar,
        control,
        control_measured,
        breaks,
    )


def _a_ghost_is_found(context: Context) -> bool:
    crowd = context.crowd
    crowd.people.append(people.ghost(crowd))
    try:
        return people.lost(crowd) == 1
    finally:
        crowd.people.pop()


def _queue(context: Context, *, count: int) -> None:
    with people.engine_of(context.crowd) as engine, db.transaction(engine) as session:
        session.add_all(Mail(recipient=f"{uuid.uuid4()}@example.org", subject="-", body="-") for _ in range(count))


def _waiting(context: Context) -> int:
    with people.engine_of(context.crowd) as engine, db.transaction(engine) as session:
        return session.query(Mail).count()


def _seconds_until(is_so: Callable[[], bool], within: float = 60.0) -> float:
    began = time.monotonic()
    while not is_so() and time.monotonic() - began < within:
        time.sleep(0.1)
    return time.monotonic() - began


def _living_workers(context: Context) -> list[int]:
    try:
        return context.service.web_workers()
    except (OSError, ValueError):
        return []


def _port_is_taken(port: int) -> bool:
    try:
        check_port(Config(port=port))
    except SetupError:
        return True
    return False


FAULTS = (f1_postmaster, f2_web_worker, f3_background_worker, f6_supervisor)
