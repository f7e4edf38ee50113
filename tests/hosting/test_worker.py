"""The background process does its jobs, whatever happens to one of them or to the database."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, update
from sqlalchemy.exc import OperationalError

from mapservice import db
from mapservice.hosting import worker
from mapservice.hosting.stopping import Stop
from mapservice.hosting.worker import BackgroundJob
from mapservice.store.accounts import login_sessions
from mapservice.store.across import cleanup
from mapservice.store.tables import LoginSession


@pytest.fixture
def stop():
    return Stop()


def work_until(stop, jobs, *, config=None, engine=None, seconds=60):
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    worker.run(config, engine, stop, jobs)
    timer.cancel()


class Clock(Stop):
    """A stop whose waiting takes no time, and the time that went by in it."""

    now = 100.0

    def monotonic(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


def stopping_after(times, stop, done):
    def run(engine, config):
        done.append(worker.time.monotonic())
        if len(done) >= times:
            stop.set()

    return run


def test_a_job_comes_back_after_its_interval(monkeypatch):
    clock, done = Clock(), []
    monkeypatch.setattr(worker, "time", clock)

    worker.run(None, None, clock, [BackgroundJob("tick", 30.0, stopping_after(3, clock, done))])

    assert done == [100.0, 130.0, 160.0]


def test_a_broken_job_does_not_stop_the_others(stop):
    broken, fine = [], []

    def breaks(engine, config):
        broken.append(1)
        raise ValueError("alice")

    work_until(
        stop, [BackgroundJob("breaks", 0.01, breaks), BackgroundJob("fine", 0.01, stopping_after(3, stop, fine))]
    )

    assert len(fine) == 3
    assert broken


def test_a_job_that_failed_is_tried_again_but_not_at_once(monkeypatch):
    clock, tried = Clock(), []
    monkeypatch.setattr(worker, "time", clock)
    note = stopping_after(3, clock, tried)

    def breaks(engine, config):
        note(engine, config)
        raise ValueError("alice")

    worker.run(None, None, clock, [BackgroundJob("breaks", 0.25, breaks)])

    assert tried == [100.0, 130.0, 160.0]


def test_work_goes_on_when_the_database_is_back(stop, monkeypatch):
    monkeypatch.setattr(worker, "_PAUSE", 0.01)
    tries = []

    def run(engine, config):
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("select 1", {}, Exception("gone"))
        stop.set()

    work_until(stop, [BackgroundJob("emails", 0.01, run)])

    assert len(tries) == 3


def test_a_job_that_takes_long_goes_apart_and_holds_up_no_other(stop):
    done, began = [], threading.Event()

    def takes_long(engine, config):
        began.set()
        stop.wait()

    def needs_it_begun(engine, config):
        if began.wait(10):
            done.append(1)
        if len(done) >= 3:
            stop.set()

    work_until(
        stop,
        [BackgroundJob("long", 0.01, takes_long, apart=True), BackgroundJob("emails", 0.01, needs_it_begun)],
        seconds=60,
    )

    assert len(done) == 3
    assert [job.name for job in worker.JOBS if job.apart] == ["counts", "message_keys", "erasing"]


def test_emails_are_among_the_jobs():
    assert "emails" in {job.name for job in worker.JOBS}


def test_what_is_over_is_forgotten_in_the_background(engine, config):
    (job,) = [job for job in worker.JOBS if job.name == "upkeep"]
    token = b"over" * 8
    with db.transaction(engine) as session:
        login_sessions.begin(session, token, None, {})
        session.execute(update(LoginSession).values(seen_at=func.now() - dt.timedelta(days=2)))

    job.run(engine, config)

    with db.transaction(engine) as session:
        assert session.get(LoginSession, token) is None
    assert job.every == cleanup.INTERVAL_S
