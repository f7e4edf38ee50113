"""Serving: until it is interrupted, and never on a port, an address or a database that is not for it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mapservice import db
from mapservice.cli import main, serve
from mapservice.cli.serve import warn_of_service
from mapservice.config import HOME, Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, startup_checks, supervisor
from mapservice.store.operator import demo as service_demo
from mapservice.store.operator import settings as settings_of_service
from tests.cli.terminal import (
    children_of,
    free_port,
    given_database,
    page,
    pages_database,
    refused,
    run,
    settings,
    wait_for_children,
    wait_for_page,
)

__all__ = ["free_port", "given_database", "pages_database", "settings"]


@pytest.fixture
def start(runner, monkeypatch):
    """Run a command that is to be refused in this process, which keeps its signals and logs."""
    for name in ("interrupt_on_signals", "stop_on_signals", "load_pages"):
        monkeypatch.setattr(serve, name, lambda: None)
    monkeypatch.setattr(serve.logs, "configure", lambda: None)
    for name in ("run", "work"):
        monkeypatch.setattr(serve, name, lambda *_: pytest.fail("it started"))

    def refused_by(*words, settings):
        done = runner.invoke(main, list(words), env=settings)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.exception
        (line,) = done.stderr.strip().splitlines()
        return line

    return refused_by


@pytest.fixture
def without_database(tmp_path):
    """The settings of a command that is refused before it asks a database: there is none."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAPSERVICE_")}
    own = {"DATABASE_URL": f"postgresql:///none?host={tmp_path}", "MAPSERVICE_STATE": str(tmp_path / "state")}
    return {**inherited, **own}


def test_the_service_answers_until_it_is_interrupted(settings, free_port):
    command = [sys.executable, "-m", "mapservice", "serve", "--empty", "--port", str(free_port)]
    service = subprocess.Popen(command, env=settings, cwd=HOME, stdout=subprocess.PIPE, text=True)
    try:
        assert "<h1" in wait_for_page(free_port)

        web, worker = children_of(service.pid)
        os.kill(web, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
        time.sleep(0.5)

        assert "<h1" in wait_for_page(free_port)
        wait_for_children(service.pid, 2)
    finally:
        service.send_signal(signal.SIGINT)
        said, _ = service.communicate(timeout=30)

    assert service.returncode == 0
    assert f"http://localhost:{free_port}/" in said
    with pytest.raises(OSError, match="refused"):
        page(free_port)


def test_a_port_in_use_says_what_to_do(without_database, free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()

        done = run("serve", "--port", str(free_port), settings=without_database)

    assert refused(done) == f"Error: Port {free_port} is in use: choose another, for example --port {free_port + 1}."


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--host", "203.0.113.7", "--empty"], "is not an address of this machine: use --host 127.0.0.1"),
        (["--host", "no.such.host.invalid", "--empty"], "There is no address"),
    ],
)
def test_an_address_that_is_none_says_what_to_do(start, without_database, words, advice):
    assert advice in start("serve", *words, settings=without_database)


def test_a_second_service_on_the_same_folder_is_refused(tmp_path):
    with (
        serve.service_lock(tmp_path),
        pytest.raises(SetupError, match="already running"),
        serve.service_lock(tmp_path),
    ):
        pass


def test_never_serves_with_rights_that_pages_do_not_need(
    given_database, pages_database, settings, free_port, runner, start
):
    plant(given_database, f"grant update on zone to {embedded.RUNTIME}")

    as_pages = {**settings, "DATABASE_URL": pages_database}
    said = start("serve", "--empty", "--port", str(free_port), settings=as_pages)

    assert "it may update zone" in said
    assert "Run `mapservice load`" in said
    assert "rights of the pages" in runner.invoke(main, ["load"], env=settings).stdout
    assert runner.invoke(main, ["load"], env=settings).stdout.strip() == "Everything was already loaded."


def test_never_serves_in_production_as_the_owner_of_the_tables(settings, free_port, start):
    keys = {f"MAPSERVICE_{kind}_KEY": "ab" * 32 for kind in ("SECRET", "ANCHOR", "COUNT", "WITHDRAWAL")}
    production = {**settings, **keys, "MAPSERVICE_PRODUCTION": "yes"}

    said = start("serve", "--empty", "--port", str(free_port), settings=production)

    assert "Give the pages their own role" in said


def test_never_works_for_a_database_with_keys_of_another_machine(given_database, settings, free_port, start):
    other = {**settings, "MAPSERVICE_STATE": settings["MAPSERVICE_STATE"] + "-other"}
    engine = db.new_engine(given_database, timeouts=False)
    startup_checks.check_keys_in(Config(state=Path(settings["MAPSERVICE_STATE"])), engine)
    engine.dispose()

    for words in (["worker"], ["serve", "--empty", "--port", str(free_port)]):
        assert "secret_key of this machine" in start(*words, settings=other)


def test_a_missing_role_of_the_pages_is_named_and_in_production_refused(settings, runner):
    named = {**settings, "MAPSERVICE_PAGES_ROLE": "nobody_here"}

    done = runner.invoke(main, ["load"], env={**named, "MAPSERVICE_PRODUCTION": "yes"})
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: The database has no role nobody_here")
    done = runner.invoke(main, ["load"], env=named)
    assert done.exit_code == 0
    assert done.stderr.startswith("Warning: The database has no role nobody_here")


def plant(url, statement):
    engine = db.new_engine(url, timeouts=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_settings_reach_the_processes():
    config = Config(port=9000, demo=True, state=Path("/srv/map"), database_url="postgresql+psycopg://x/y")

    assert Config.from_environment(supervisor.environment(config)) == config


def test_a_start_names_the_pages_that_are_still_empty_and_a_name_that_tells_a_condition(
    given_database, tmp_path, capsys
):
    warn_of_service(Config(state=tmp_path, site_name="Leukaemia Friends"), given_database)
    said = capsys.readouterr().err
    engine = db.new_engine(given_database)
    with db.transaction(engine) as session:
        service_demo.invent(session)
        assert settings_of_service.load(session).missing_texts == ()
    engine.dispose()
    warn_of_service(Config(state=tmp_path), given_database)

    assert "still empty: imprint, controller, terms, rules" in said
    assert "has a word from the name of a condition" in said
    assert capsys.readouterr().err == ""
