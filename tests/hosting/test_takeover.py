"""The process that looks after the others is killed: they go on, the next start takes over, and a stop stops all."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mapservice import db, logs
from mapservice.cli import key_rotation, main, serve
from mapservice.config import HOME, Config
from mapservice.errors import SetupError
from mapservice.hosting import process_records
from mapservice.hosting.port_check import check_port
from mapservice.hosting.process_records import SUPERVISOR, SURVIVORS, Process
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock
from tests.cli.terminal import children_of, free_port, given_database, page, run, settings, wait_for_page

__all__ = ["free_port", "given_database", "settings"]

COMMAND = [sys.executable, "-m", "mapservice", "serve", "--empty"]


@pytest.fixture
def state(settings):
    return Path(settings["MAPSERVICE_STATE"])


@contextmanager
def service(settings, port):
    """A service that answers; in the end nothing of it is left, whatever became of it."""
    process = subprocess.Popen(
        [*COMMAND, "--port", str(port)],
        env=settings,
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # These tests may run under nohup(1), which has a closed terminal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    try:
        wait_for_page(port)
        yield process
    finally:
        process.kill()
        process_records.end(noted(settings), within=20)
        process.communicate()


def noted(settings):
    return process_records.running(Path(settings["MAPSERVICE_STATE"]), *SURVIVORS)


def family(pid):
    """All living descendants of a process."""
    children = children_of(pid)
    return children + [descendant for child in children for descendant in family(child)]


def alive(pids):
    return [pid for pid in pids if Process.of(pid)]


def until_ended(pids):
    until = time.monotonic() + 30
    while left := alive(pids):
        assert time.monotonic() < until, left
        time.sleep(0.05)


def test_the_next_start_takes_over_from_a_supervisor_that_was_killed_and_ends_all_in_order(settings, state, free_port):
    with service(settings, free_port) as first:
        before = family(first.pid)
        first.kill()
        first.wait()
        assert "<h1" in page(free_port), "the web processes go on"
        assert len(alive(before)) == len(before)

        with pytest.raises(SetupError, match="mapservice stop"), serve.service_lock(state):
            pass
        with service(settings, free_port) as second:
            until_ended(before)
            assert "<h1" in wait_for_page(free_port)
            mine = family(second.pid)
            assert {process.pid for process in noted(settings)} <= set(mine)

            assert run("stop", settings=settings).returncode == 0
            assert second.wait(10) == 0
            until_ended(mine)
    assert {path.stat().st_mode & 0o777 for path in (state / "run").iterdir()} == {0o600}


def test_a_stop_stops_what_is_left_of_a_service(settings, free_port, runner):
    with service(settings, free_port) as first:
        everything = family(first.pid)
        first.kill()
        first.wait()

        assert runner.invoke(main, ["stop"], env=settings).exit_code == 0
        until_ended(everything)
        check_port(Config(port=free_port), within=10)
    assert runner.invoke(main, ["stop"], env=settings).exit_code == 0, "what is stopped stays so"


def test_a_web_server_that_is_killed_together_with_its_supervisor_leaves_the_port(settings, free_port):
    with service(settings, free_port) as first:
        (web,) = process_records.running(Path(settings["MAPSERVICE_STATE"]), "web")
        workers = children_of(web.pid)
        assert len(workers) == 2

        for pid in (first.pid, web.pid):
            os.kill(pid, signal.SIGKILL)
        first.wait()
        until_ended(workers)
        check_port(Config(port=free_port), within=10)


def test_of_two_that_start_at_once_one_runs_and_one_says_why_not(settings, free_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        ports = free_port, probe.getsockname()[1]
    both = [
        subprocess.Popen(
            [*COMMAND, "--port", str(port)], env=settings, cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for port in ports
    ]
    try:
        until = time.monotonic() + 60
        while all(process.poll() is None for process in both) and time.monotonic() < until:
            time.sleep(0.05)
        (loser,) = [process for process in both if process.poll() is not None]
        (winner,) = [process for process in both if process is not loser]

        assert loser.returncode == 1
        assert b"A service is already running" in loser.stderr.read()
        assert "<h1" in wait_for_page(ports[both.index(winner)])
    finally:
        for process in both:
            process.terminate()
            process.communicate(timeout=30)


def test_a_service_whose_terminal_is_gone_goes_on_and_ends_in_order(settings, free_port):
    with service(settings, free_port) as process:
        process.stdout.close()
        process.stderr.close()
        (web,) = process_records.running(Path(settings["MAPSERVICE_STATE"]), "web")
        everything = family(process.pid)

        os.kill(web.pid, signal.SIGKILL)  # of which a line is written
        until_ended([web.pid])
        assert "<h1" in wait_for_page(free_port)

        everything += family(process.pid)
        process.send_signal(signal.SIGHUP)
        process.wait(30)
        until_ended(everything)


# Who waits for a lock in this database; the server has others, of tests that run at the same time.
WAITING = text("""
    select count(*) from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()
""")


def test_a_start_is_broken_off_by_whoever_asks(settings, state, free_port, runner):
    """It waits for the lock on the tables, as it would while they are loaded."""
    held = db.new_engine(settings["DATABASE_URL"], timeouts=False)
    with held.connect() as connection:
        advisory_locks.lock(connection, AdvisoryLock.TABLES)
        with subprocess.Popen([*COMMAND, "--port", str(free_port)], env=settings, cwd=HOME, stderr=-1) as process:
            try:
                until = time.monotonic() + 60
                while not connection.scalar(WAITING):
                    assert time.monotonic() < until
                    time.sleep(0.05)
                    connection.rollback()
                assert [process.pid for process in process_records.running(state, SUPERVISOR)] == [process.pid]

                assert runner.invoke(main, ["stop"], env=settings).exit_code == 0
                assert process.wait(30) == 1
                assert b"Aborted" in process.stderr.read()
            finally:
                process.kill()
    held.dispose()


@pytest.mark.parametrize("change", [{"started": "1"}, {"boot": "another"}])
def test_a_process_is_never_taken_for_another_that_had_its_number(tmp_path, change):
    me = Process.of(os.getpid())

    assert me.is_alive()
    assert not replace(me, **change).is_alive()
    replace(me, **change).send(signal.SIGKILL)


@pytest.mark.parametrize("words", ["", "x", "1", "a b c", "1 2 3"])
def test_a_broken_record_is_of_nobody(tmp_path, words):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "web").write_text(words)

    assert process_records.running(tmp_path, *SURVIVORS) == []


def test_what_does_not_end_when_it_is_asked_is_ended():
    with subprocess.Popen(["sh", "-c", "trap '' TERM; echo ready; sleep 600"], stdout=subprocess.PIPE) as stubborn:
        stubborn.stdout.readline()
        threading.Thread(target=stubborn.wait).start()

        process_records.end([Process.of(stubborn.pid)], within=0.3, group=False)

        assert Process.of(stubborn.pid) is None


def test_no_key_is_changed_while_processes_of_a_service_are_left(tmp_path, runner):
    (tmp_path / "run").mkdir()
    me = Process.of(os.getpid())
    (tmp_path / "run" / "web").write_text(f"{me.pid} {me.started} {me.boot}\n")

    answer = runner.invoke(
        key_rotation.rotate_key, ["secret", "--yes"], env={"MAPSERVICE_STATE": str(tmp_path)}, standalone_mode=False
    )

    assert "mapservice stop" in str(answer.exception)


def test_a_stream_that_is_closed_breaks_nothing():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        unbreakable = logs.Unbreakable(stream)
        for _ in range(10_000):
            unbreakable.write("a line\n")
        unbreakable.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
