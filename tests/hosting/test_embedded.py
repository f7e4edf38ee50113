"""The private PostgreSQL: made, started, killed, and back with what was written; nobody reaches it but its account."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from mapservice.config import HOME, Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.hosting.embedded import account, orphans
from mapservice.hosting.embedded.cluster import PrivateServer
from mapservice.hosting.stopping import Stop
from mapservice.hosting.supervisor import Child, keep_database, supervise
from tests.hosting.private_server import QUICK, ask, postmaster_of, running, state

__all__ = ["running", "state"]

ENDLESS = "create or replace function f() returns void language plpgsql as $$ begin loop end loop; end $$"


def test_a_start_gives_a_database_with_postgis_and_trigrams(running):
    assert {"postgis", "pg_trgm"} <= set(ask(running, "select extname from pg_extension"))


def test_words_of_all_languages_have_trigrams(running):
    assert ask(running, "select similarity('Übelkeit', 'übelkeit')") == [1]
    assert ask(running, "select similarity('рак', 'рак')") == [1]


def test_a_second_start_finds_the_first(running, state, monkeypatch):
    monkeypatch.setattr(PrivateServer, "start", lambda _cluster: pytest.fail("another server was started"))
    first = postmaster_of(state)

    assert embedded.start(state) == running
    assert postmaster_of(state) == first


def test_nobody_reaches_it_over_the_network(running):
    assert ask(running, "show listen_addresses") == [""]


def test_only_its_account_enters_the_folders(running, state):
    for folder in ("data", "log", "socket"):
        assert (state / "postgres" / "server" / folder).stat().st_mode & 0o077 == 0


def test_pages_have_no_right_to_change_tables(running, state):
    owner = embedded.url(state, embedded.OWNER)
    ask(owner, "create table thing (id int)", "grant insert on thing to mapservice", "create table hidden (id int)")

    ask(running, "insert into thing values (1)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "select from hidden")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "drop table thing")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "create table other (id int)")


def test_never_writes_a_value_or_a_statement_into_its_log(running, state):
    with pytest.raises(psycopg.Error):
        ask(running, "select 'alice@example.org'::int")
    with pytest.raises(psycopg.Error):
        ask(running, "insert into nowhere values ('alice@example.org')")

    written = b"".join(path.read_bytes() for path in (state / "postgres" / "server" / "log").iterdir())
    assert written
    assert b"alice" not in written


def test_an_answered_write_survives_kill_9(running, state):
    owner = embedded.url(state, embedded.OWNER)
    ask(owner, "create table kept (id int)", "insert into kept values (7)")
    postmaster = int((state / "postgres" / "server" / "data" / "postmaster.pid").read_text().split()[0])

    os.kill(postmaster, signal.SIGKILL)
    embedded.start(state, **QUICK)

    assert ask(owner, "select id from kept") == [7]


def fails(db, statement):
    with pytest.raises(psycopg.Error):
        db.execute(statement)


def test_a_server_that_was_killed_in_the_middle_of_its_work_is_back_at_once(running, state):
    with psycopg.connect(running.replace("+psycopg", "")) as db:
        # This one asks nobody whether its postmaster still lives.
        busy = threading.Thread(target=lambda: fails(db, "select f()"))
        ask(embedded.url(state, embedded.OWNER), ENDLESS, "grant execute on function f() to public")
        busy.start()
        time.sleep(0.5)

        os.kill(postmaster_of(state), signal.SIGKILL)
        embedded.start(state, **QUICK)
        busy.join(30)

    assert embedded.is_running(state)
    assert orphans.end(state / "postgres" / "server" / "data") == 0, "those of the new server are left alone"
    assert embedded.is_running(state)


def test_a_private_database_is_started_again_whenever_it_is_gone(running, state):
    stop = Stop()
    supervisor = threading.Thread(target=supervise, args=(Config(state=state), [], stop))
    supervisor.start()
    try:
        for _ in range(2):
            killed = postmaster_of(state)
            os.kill(killed, signal.SIGKILL)
            until = time.monotonic() + 60
            while not (embedded.is_running(state) and postmaster_of(state) != killed):
                assert time.monotonic() < until
                time.sleep(0.05)
    finally:
        stop.set()
        supervisor.join()


@pytest.mark.parametrize("problem", [OSError(24, "Too many open files"), UnicodeDecodeError("utf-8", b"", 0, 1, "")])
@pytest.mark.parametrize("name", ["is_up", "start"])
def test_a_problem_of_one_moment_never_ends_the_care_for_the_database(tmp_path, monkeypatch, name, problem):
    stop, problems = Stop(), [problem]

    def once(_state):
        if problems:
            raise problems.pop()
        return False

    monkeypatch.setattr("mapservice.hosting.supervisor._POLL_INTERVAL_S", 0.01)
    monkeypatch.setattr(embedded, "is_up", lambda _state: False)
    monkeypatch.setattr(embedded, "start", lambda _state: stop.set())
    real = getattr(embedded, name)
    monkeypatch.setattr(embedded, name, lambda state: once(state) or real(state))

    keep_database(tmp_path, stop)

    assert stop.is_set()


def test_a_process_that_starts_beside_the_database_keeps_no_lock_of_it(tmp_path, monkeypatch):
    begun, may_end, stop = threading.Event(), threading.Event(), Stop()

    def start(state):
        with PrivateServer(state).locked():
            begun.set()
            may_end.wait(60)
            stop.set()

    monkeypatch.setattr(embedded, "start", start)
    keeper = threading.Thread(target=keep_database, args=(tmp_path, stop))
    child = Child("web", lambda _config: time.sleep(60), Config(state=tmp_path))
    keeper.start()
    try:
        assert begun.wait(60)
        child.keep_alive()
        may_end.set()
        keeper.join()
        child.keep_alive()

        assert child.process is not None
        with (tmp_path / "postgres" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        may_end.set()
        child.ask_to_stop()
        child.stop()


def test_a_given_database_is_never_started_by_us(state):
    embedded.stop(state)
    stop = Stop()
    threading.Timer(1.5, stop.set).start()

    supervise(Config(state=state, database_url="postgresql://given"), [], stop)

    assert not embedded.is_running(state)


def test_a_database_that_is_given_stays_given_and_a_private_one_private(tmp_path):
    """Whether it is private is asked of the settings all the time: nobody writes the address of a private one there."""
    assert embedded.runtime_url(Config(database_url="postgresql://given")) == "postgresql://given"
    assert embedded.runtime_url(Config(state=tmp_path)) == embedded.url(tmp_path)

    sources = [path for path in (HOME / "mapservice").rglob("*.py") if path.name != "config.py"]
    assert [path.name for path in sources if re.search(r"\bdatabase_url\s*=[^=]", path.read_text())] == []


def test_a_killed_server_whose_number_is_somebody_else_s_is_forgotten(running, state):
    note = state / "postgres" / "server" / "data" / "postmaster.pid"
    text = note.read_text()
    embedded.stop(state)
    with subprocess.Popen(["sleep", "60"], **account.subprocess_arguments(account.find(note.parent))) as stranger:
        note.write_text(text.replace(text.split()[0], str(stranger.pid), 1))
        shutil.chown(note, *note.parent.stat()[4:6])

        embedded.start(state, **QUICK)
        stranger.kill()

    assert embedded.is_running(state)


def test_it_is_running_until_it_is_stopped(running, state):
    assert embedded.is_running(state)

    embedded.stop(state)
    assert not embedded.is_running(state)
    embedded.stop(state)


def test_whoever_reads_who_comes_in_while_it_is_written_finds_it_whole(running, state):
    # A server that is told to read its settings reads them a moment later, perhaps while they are written once more.
    cluster = PrivateServer(state)
    people = cluster.settings / "pg_ident.conf"
    people.write_text("as it was\n")
    with people.open() as reader:
        cluster.write_ident()

        assert reader.read() == "as it was\n"
    assert "postgres" in people.read_text()
    assert len(list(cluster.settings.iterdir())) == 3, "no draft is left"


def test_two_who_start_at_once_get_one_server(state):
    embedded.stop(state)
    start = f"embedded.start(Path({str(state)!r}))"
    code = f"from pathlib import Path; from mapservice.hosting import embedded; print({start})"
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]

    answers = {process.communicate()[0] for process in both}

    assert answers == {embedded.url(state) + "\n"}


def test_a_socket_folder_of_somebody_else_is_refused(state, tmp_path):
    cluster = PrivateServer(state)
    object.__setattr__(cluster, "socket", tmp_path / "socket")
    cluster.socket.mkdir()
    cluster.socket.chmod(0o777)

    with pytest.raises(SetupError, match="remove it and start again"):
        cluster.make_folders()


def test_a_given_database_without_an_extension_names_the_command(running, state):
    superuser = embedded.url(state, embedded.SUPERUSER, "postgres")

    with pytest.raises(SetupError, match=re.escape("psql -d postgres -c 'CREATE EXTENSION postgis;")):
        embedded.check(superuser)


def test_a_given_database_with_all_it_needs_is_fine(running):
    embedded.check(running)


def test_a_given_database_of_before_the_search_needs_no_superuser(running, state):
    ask(embedded.url(state, embedded.SUPERUSER), "drop extension unaccent")
    try:
        embedded.check(embedded.url(state, embedded.OWNER))
        with pytest.raises(SetupError, match=re.escape("-c 'CREATE EXTENSION unaccent;'")):
            embedded.check(running)
    finally:
        ask(embedded.url(state, embedded.SUPERUSER), "create extension unaccent")


@pytest.mark.parametrize("how", ["encoding 'UTF8' lc_ctype 'C'", "encoding 'SQL_ASCII' lc_ctype 'C'"])
def test_a_given_database_that_breaks_words_at_accents_is_refused_with_the_cure(running, state, how):
    superuser = embedded.url(state, embedded.SUPERUSER, "postgres")
    ask(superuser, f"create database broken template template0 lc_collate 'C' {how}")
    try:
        with pytest.raises(SetupError, match=r"createdb --template=template0 --encoding=UTF8 --lc-ctype=C\.UTF-8"):
            embedded.check(embedded.url(state, embedded.SUPERUSER, "broken"))
    finally:
        ask(superuser, "drop database broken")


def test_the_private_database_keeps_words_with_accents_in_one_piece(running):
    assert ask(running, "select lower('ÉÑŁ') || to_tsvector('simple', 'niña')") == ["éñł'niña':1"]
    assert {"unaccent"} <= set(ask(running, "select extname from pg_extension"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_min_messages", "log"),
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
        ("log_statement", "none"),
        ("log_min_duration_statement", "-1"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_connections", "off"),
        ("log_disconnections", "off"),
        ("synchronous_commit", "on"),
    ],
)
def test_never_writes_people_into_the_log_of_the_database(running, setting, value):
    assert ask(running, f"show {setting}") == [value]
