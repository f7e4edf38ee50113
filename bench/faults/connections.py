"""Connections to the database are terminated, about ten a second, and processes of PostgreSQL are killed."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import psycopg

from bench import meanwhile
from bench.attacks.table import Outcome
from bench.faults import people
from bench.faults.running import ANCHOR_KEY, SECRET_KEY
from bench.faults.table import Context
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.web.site import retries

_PAUSE_S = 0.1

_ONE = """
    select pid, pg_terminate_backend(pid) from (
        select pid from pg_stat_activity where usename = %s and pid <> pg_backend_pid() order by random() limit 1
    ) as one
"""


def f4_connections(context: Context) -> Outcome:
    """A server, a proxy or an operator ends connections."""
    with context.crowd.at_work():
        cut = _cut(context, context.scale.cuts)
        time.sleep(1)
    return _outcome(context, f"F4 {cut} connections terminated", _errors_without_retries(context))


def f5_backends(context: Context) -> Outcome:
    """The kernel ends one process of PostgreSQL, which then ends all others and recovers."""
    kills = context.scale.kills
    with context.crowd.at_work():
        for _ in range(kills):
            time.sleep(random.uniform(0.5, 1.5))
            _kill_one(context)
            context.service.seconds_until_it_answers()
        time.sleep(1)
    return _outcome(context, f"F5 {kills} processes of PostgreSQL killed", _errors_without_retries(context))


def _outcome(context: Context, fault: str, without: int) -> Outcome:
    crowd = context.crowd
    lost, half = people.lost(crowd), people.half_applied(crowd)
    failures = crowd.failures
    bad, good = crowd.reading.bad, crowd.reading.good
    return Outcome(
        fault,
        "errors of readers, of writers; lost, half applied",
        "0, 0; 0, 0",
        f"{bad} of {good + bad}, {len(failures)} of {len(failures) + crowd.acknowledged}"
        f"{' (' + ', '.join(sorted(set(failures))) + ')' if failures else ''}; {lost}, {half}",
        not (bad or failures or lost or half) and good > 0 and crowd.acknowledged > 0,
        "no request is answered again",
        f"{without} errors",
        without > 0,
    )


def _cut(context: Context, count: int) -> int:
    done = 0
    for _ in range(count * 3):
        try:
            with psycopg.connect(context.crowd.url.replace("+psycopg", ""), autocommit=True) as database:
                while done < count:
                    done += len(database.execute(_ONE, [embedded.RUNTIME]).fetchall())
                    time.sleep(_PAUSE_S)
                return done
        except psycopg.OperationalError:
            time.sleep(_PAUSE_S)
    return done


def _kill_one(context: Context) -> None:
    """Kill a process that serves a page; those of PostgreSQL name themselves after what they do."""
    data = context.state / "postgres" / "server" / "data"
    postmaster = context.service.postmaster()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    title = f"postgres: {embedded.RUNTIME} {embedded.DATABASE}".encode()
    for pid in random.sample(children, len(children)):
        folder = Path(f"/proc/{pid}")
        try:
            if (folder / "cmdline").read_bytes().startswith(title) and (folder / "cwd").readlink() == data:
                os.kill(int(pid), signal.SIGKILL)
                return
        except OSError:
            continue


def _errors_without_retries(context: Context) -> int:
    """The control: how many readers of the same pages meet an error where nothing is tried again.

    It is the same for both faults, and measured once.
    """
    if context.errors_without_retries is None:
        context.errors_without_retries = _measure_errors(context)
    return context.errors_without_retries


def _measure_errors(context: Context) -> int:
    engine = db.new_engine(embedded.url(context.state))
    config = Config(state=context.state, secret_key=SECRET_KEY, anchor_key=ANCHOR_KEY)
    app = create_app(config, engine=engine, LIMITS=False)
    tries, retries.MAX_TRIES = retries.MAX_TRIES, 1
    bad = []

    def read(stop: threading.Event) -> None:
        client = app.test_client()
        while not stop.is_set():
            if client.get("/search?q=all").status_code >= 500:
                bad.append(1)

    try:
        with meanwhile.running([read] * 4):
            until = time.monotonic() + 20
            while not bad and time.monotonic() < until:
                _cut(context, 5)
    finally:
        retries.MAX_TRIES = tries
        engine.dispose()
    return len(bad)


FAULTS = (f4_connections, f5_backends)
