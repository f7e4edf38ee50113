"""The background process: repeats jobs that no page should wait for, and survives outages of the database."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from mapservice import db, logs
from mapservice.actions import after_death
from mapservice.actions.change_message_keys import change_message_keys
from mapservice.actions.demo_caregivers import keep_take_over_waiting
from mapservice.config import Config
from mapservice.hosting.embedded import dump, erasing
from mapservice.hosting.stopping import Stop
from mapservice.mail import mailer, memorials, notifications, outbox
from mapservice.message_keys import MessageKeys
from mapservice.store.across import cleanup
from mapservice.store.places import count_rollup
from mapservice.withdrawal_log import WithdrawalLog

log = structlog.get_logger()
logs.declare(
    "database_unavailable",
    "job_failed",
    "erased",
    "in_use_not_erased",
    "too_large_to_erase",
    "no_room_to_erase",
    "not_erased",
)

# Pause after the database did not answer, in seconds.
_PAUSE = 1.0

# Minimum interval in seconds after a job failed for another reason: it is likely to fail again.
_FAILED_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class BackgroundJob:
    """A recurring job; ``every`` in seconds from the end of one run to the next.

    ``run`` does a limited amount of work in its own transactions, so that the other jobs get their turn; a job that
    takes longer is ``apart``, in a thread of its own. Two workers may run it at the same time: it locks what it works
    on.
    """

    name: str
    every: float
    run: Callable[[Engine, Config], object]
    apart: bool = False


def delete_expired(engine: Engine, config: Config) -> None:
    """Delete expired rows."""
    with db.transaction(engine) as session:
        cleanup.delete_expired(session, config)


def add_up(engine: Engine, _config: Config) -> None:
    """Add the last changes to the counts of the maps."""
    with db.transaction(engine) as session:
        count_rollup.roll_up(session)


def make_final(engine: Engine, config: Config) -> None:
    """Delete the memberships that were closed after a death, once that can no longer be undone."""
    with db.transaction(engine, WithdrawalLog.of(config)) as session:
        after_death.finish_due(session, dt.datetime.now(dt.UTC).date())


def maintain_withdrawal_log(_engine: Engine, config: Config) -> None:
    """Note in the withdrawal log that it is kept today; delete expired logs and backups."""
    now = dt.datetime.now(dt.UTC)
    log = WithdrawalLog.of(config)
    log.note_day(now.date())
    log.expire(now.date())
    dump.delete_old(config, now)


def change_keys(engine: Engine, config: Config) -> None:
    """Change the wrapping keys of conversations once a month, and destroy those that no backup needs."""
    change_message_keys(partial(db.transaction, engine), MessageKeys.of(config), dt.datetime.now(dt.UTC))


def erase(_engine: Engine, config: Config) -> None:
    """Erase deleted data from the disk, once a night, if the database is private."""
    if config.database_url:
        return
    erasing.clean_up_private(config)
    tables = erasing.due(config, dt.datetime.now(dt.UTC))
    if not tables:
        return
    done = erasing.erase_private(config, tables=tables)
    erasing.record_done(config, done, tables)
    log.info("erased", count=len(done.rewritten))
    if done.in_use:
        log.info("in_use_not_erased", count=len(done.in_use))
    if done.too_large:
        log.warning("too_large_to_erase", count=len(done.too_large))
    if done.no_room:
        log.warning("no_room_to_erase", count=len(done.no_room))
    if done.failed:
        log.warning("not_erased", count=len(done.failed))


def keep_demo(engine: Engine, config: Config) -> None:
    """Keep waiting in a demo what works for a day only."""
    if config.demo:
        with db.transaction(engine) as session:
            keep_take_over_waiting(session)


#: All background jobs.
JOBS = (
    BackgroundJob("emails", 1.0, mailer.deliver_due),
    BackgroundJob("notifications", 60, notifications.send_due),
    BackgroundJob("memorials", 600, memorials.send_due),
    BackgroundJob("after_death", 600, make_final),
    BackgroundJob("counts", 0.25, add_up, apart=True),
    BackgroundJob("upkeep", cleanup.INTERVAL_S, delete_expired),
    BackgroundJob("withdrawals", 600, maintain_withdrawal_log),
    BackgroundJob("demo", 600, keep_demo),
    BackgroundJob("outbox", 60, lambda _engine, config: outbox.delete_expired(config)),
    BackgroundJob("message_keys", 3600, change_keys, apart=True),
    BackgroundJob("erasing", 600, erase, apart=True),
)


def run(config: Config, engine: Engine, stop: Stop, jobs: Sequence[BackgroundJob] = JOBS) -> None:
    """Run the jobs when they are due, until told to stop; a failed job is tried again when it is due again.

    A job in its own thread is not waited for at the end: it ends with the process, and leaves nothing half done.
    """
    threads = [
        threading.Thread(target=_repeat, args=([job], config, engine, stop), name=job.name, daemon=True)
        for job in jobs
        if job.apart
    ]
    for thread in threads:
        thread.start()
    _repeat([job for job in jobs if not job.apart], config, engine, stop)


def _repeat(jobs: Sequence[BackgroundJob], config: Config, engine: Engine, stop: Stop) -> None:
    due = {job.name: 0.0 for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if time.monotonic() >= due[job.name] and not stop.is_set():
                has_failed = not _do(job, config, engine, stop)
                due[job.name] = time.monotonic() + max(job.every, _FAILED_PAUSE_S if has_failed else 0.0)
        stop.wait(max(0.0, min(due.values()) - time.monotonic()) if due else None)


def _do(job: BackgroundJob, config: Config, engine: Engine, stop: Stop) -> bool:
    """Run a job; return False if it failed and not because of the database."""
    try:
        job.run(engine, config)
    except (OperationalError, InterfaceError, psycopg.OperationalError) as problem:
        cause = getattr(problem, "orig", None) or problem
        log.warning("database_unavailable", job=job.name, error=type(cause).__name__)
        stop.wait(_PAUSE)
    except Exception as problem:
        # One failing job must not stop the others. The message of an error may contain personal data; its class does
        # not.
        log.error("job_failed", job=job.name, error=type(problem).__name__)
        return False
    return True
