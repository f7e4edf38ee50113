"""The commands, as somebody at a terminal meets them."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click
import pytest
from psycopg.errors import AdminShutdown, DiskFull, InsufficientPrivilege
from rich.progress import Progress
from sqlalchemy.exc import OperationalError, ProgrammingError

from mapservice import cli, db
from mapservice.cli import main, provisioning, serve
from mapservice.config import HOME, Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, supervisor
from mapservice.store.accounts import members, staff
from mapservice.store.across import demo
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Member
from testing import database


@pytest.fixture
def given_database(server):
    """The address of a loaded database of the test's own, which the commands may change for good."""
    with database.clone(server, database.ground_template(server)) as name:
        yield embedded.url(server, embedded.OWNER, name)


@pytest.fixture
def pages_database(given_database):
    """The address of the same database as the pages see it."""
    return given_database.replace(f"//{embedded.OWNER}@", f"//{embedded.RUNTIME}@")


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def settings(tmp_path, given_database):
    """The environment of a command."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAPSERVICE_")}
    return {**inherited, "DATABASE_URL": given_database, "MAPSERVICE_STATE": str(tmp_path / "state")}


def run(*words, settings):
    command = [sys.executable, "-m", "mapservice", *words]
    return subprocess.run(command, env=settings, cwd=HOME, capture_output=True, text=True, timeout=120, check=False)


def refused(done):
    """What a command said that failed as it should: with one sentence, and nothing else."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


def children_of(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def page(port, path="/"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def wait_for_page(port, seconds=30):
    until = time.monotonic() + seconds
    while True:
        try:
            return page(port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def wait_for_children(pid, count, seconds=30):
    until = time.monotonic() + seconds
    while len(children_of(pid)) != count:
        assert time.monotonic() < until, children_of(pid)
        time.sleep(0.05)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_explains_itself_and_stands_in_the_readme(runner, name):
    answer = runner.invoke(main, [name, "--help"])

    assert answer.exit_code == 0
    assert re.search(r"\n  [A-Z].+\.", answer.output)
    assert re.search(rf"mapservice {name}\b|\./{name}\b", (HOME / "README.md").read_text())


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


def test_a_port_in_use_says_what_to_do(settings, free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()

        done = run("serve", "--port", str(free_port), settings=settings)

    assert refused(done) == f"Error: Port {free_port} is in use: choose another, for example --port {free_port + 1}."


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--host", "203.0.113.7", "--empty"], "is not an address of this machine: use --host 127.0.0.1"),
        (["--host", "no.such.host.invalid", "--empty"], "There is no address"),
    ],
)
def test_an_address_that_is_none_says_what_to_do(settings, words, advice):
    assert advice in refused(run("serve", *words, settings=settings))


def test_a_setting_that_cannot_be_read_is_named(settings):
    done = run("serve", settings={**settings, "MAPSERVICE_WORKERS": "many"})

    assert refused(done) == "Error: MAPSERVICE_WORKERS must be a int, not 'many'"


def test_a_database_that_is_away_says_so(settings, tmp_path):
    done = run("migrate", settings={**settings, "DATABASE_URL": f"postgresql://me@/db?host={tmp_path}"})

    assert "does not answer" in refused(done)


def test_a_second_service_on_the_same_folder_is_refused(tmp_path):
    with (
        serve.service_lock(tmp_path),
        pytest.raises(SetupError, match="already running"),
        serve.service_lock(tmp_path),
    ):
        pass


def test_never_shows_demo_logins_to_strangers():
    with pytest.raises(SetupError, match="--empty"):
        serve.settings(False, Config(host="0.0.0.0"))

    assert serve.settings(True, Config(host="0.0.0.0")).demo is False


@pytest.mark.parametrize(
    ("empty", "config", "is_demo"),
    [
        (False, Config(), True),
        (True, Config(), False),
        (True, Config(demo=True), False),
        (False, Config(production=True), False),
        (False, Config(database_url="postgresql://given"), False),
        (False, Config(database_url="postgresql://given", demo=True), True),
    ],
)
def test_only_a_service_of_its_own_is_a_demo_unasked(empty, config, is_demo):
    assert serve.settings(empty, config).demo is is_demo


def test_an_empty_service_removes_the_demo_logins(given_database, tmp_path):
    engine = db.new_engine(given_database, timeouts=False)
    with db.transaction(engine) as session:
        session.add(Member(email="demo@example.org", password="known", pseudonym="Demo", synthetic=True))
        session.add(Member(email="bob@example.org", password="secret", pseudonym="Bob"))

    with pytest.raises(SetupError, match="start once with --empty"):
        cli.demo.check_or_remove_demo(engine, Config(state=tmp_path, host="0.0.0.0"), remove=False)
    cli.demo.check_or_remove_demo(engine, Config(state=tmp_path), remove=True)

    with db.transaction(engine) as session:
        assert [member.email for member in session.query(Member)] == ["bob@example.org"]
    engine.dispose()


def test_never_serves_with_rights_that_pages_do_not_need(given_database, pages_database, settings, free_port):
    plant(given_database, f"grant update on zone to {embedded.RUNTIME}")

    done = run("serve", "--empty", "--port", str(free_port), settings={**settings, "DATABASE_URL": pages_database})

    assert "it may update zone" in refused(done)
    assert "Run `mapservice load`" in refused(done)
    assert "rights of the pages" in run("load", settings=settings).stdout
    assert run("load", settings=settings).stdout.strip() == "Everything was already loaded."


def test_never_serves_in_production_as_the_owner_of_the_tables(given_database, settings, free_port):
    keys = {f"MAPSERVICE_{each}_KEY": "ab" * 32 for each in ("SECRET", "ANCHOR", "COUNT", "WITHDRAWAL")}
    production = {**settings, **keys, "MAPSERVICE_PRODUCTION": "yes"}

    done = run("serve", "--empty", "--port", str(free_port), settings=production)

    assert "Give the pages their own role" in refused(done)


def test_never_works_for_a_database_with_keys_of_another_machine(settings, free_port):
    other = {**settings, "MAPSERVICE_STATE": settings["MAPSERVICE_STATE"] + "-other"}
    assert run("upgrade", settings=settings).returncode == 0

    for words in (["worker"], ["serve", "--empty", "--port", str(free_port)]):
        assert "secret_key of this machine" in refused(run(*words, settings=other))


def test_a_missing_role_of_the_pages_is_named_and_in_production_refused(settings):
    named = {**settings, "MAPSERVICE_PAGES_ROLE": "nobody_here"}

    assert "The database has no role nobody_here" in refused(
        run("load", settings={**named, "MAPSERVICE_PRODUCTION": "yes"})
    )
    done = run("load", settings=named)
    assert done.returncode == 0
    assert done.stderr.startswith("Warning: The database has no role nobody_here")


def plant(url, statement):
    engine = db.new_engine(url, timeouts=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_settings_reach_the_processes():
    config = Config(port=9000, demo=True, state=Path("/srv/map"), database_url="postgresql+psycopg://x/y")

    assert Config.from_environment(supervisor.environment(config)) == config


def test_ground_that_is_loaded_is_not_loaded_again(given_database):
    engine = db.new_engine(given_database, timeouts=False)

    assert provisioning.migrate(engine) is False
    assert provisioning.load(engine) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        (DiskFull("alice"), "The disk of the database is full: free some space there and start again."),
        (OperationalError("insert 'alice'", {}, DiskFull("alice")), "The disk of the database is full"),
        (ProgrammingError("create 'alice'", {}, InsufficientPrivilege("alice")), "use the DATABASE_URL of the tables'"),
        (OperationalError("select 'alice'", {}, AdminShutdown("alice")), "try again when it answers"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
    ],
)
def test_an_error_of_the_database_is_one_sentence_without_the_statement(runner, problem, advice):
    @click.command()
    def fails():
        raise problem

    group = cli.Commands(commands={"fails": fails})

    answer = runner.invoke(group, ["fails"])

    assert answer.exit_code == 1
    assert advice in answer.output
    assert "alice" not in answer.output


def test_the_outbox_shows_the_latest_letter(runner, tmp_path):
    folder = tmp_path / "outbox"
    folder.mkdir()
    for number, name in enumerate(["old", "new"]):
        path = folder / f"{name}.eml"
        path.write_text(f"To: alice@example.org\nSubject: The {name} one\n\nRead me.\n")
        os.utime(path, (number, number))

    answer = runner.invoke(main, ["outbox"], env={"MAPSERVICE_STATE": str(tmp_path)})

    assert answer.exit_code == 0
    assert answer.output == "To: alice@example.org\nSubject: The new one\n\nRead me.\n\n"


def test_an_empty_outbox_says_so(runner, tmp_path):
    answer = runner.invoke(main, ["outbox"], env={"MAPSERVICE_STATE": str(tmp_path)})

    assert answer.exit_code == 1
    assert "There is no e-mail in" in answer.output


def test_the_demo_of_a_service_has_its_own_member_on_the_map(given_database, tmp_path, monkeypatch):
    monkeypatch.setattr(cli.demo, "MEMBERS", 20)
    monkeypatch.setattr(demo, "RELEASES", 1)
    engine = db.new_engine(given_database, timeouts=False)
    for _start in range(2):
        cli.demo.ensure_demo(engine, Config(state=tmp_path, demo=True), Progress(disable=True))

    with db.transaction(engine) as session:
        member = members.by_email(session, staff.DEMO_LOGINS[0].email)
        [(membership, _condition)] = memberships.list_for_member(session, member)
        assert (membership.shown_zone, membership.audience) == (demo.home_area(session), "condition")
        assert membership.pin is not None
        given = {each.kind: each.zone_id for each, _condition in consents.list_for_member(session, member)}
        assert given["shown"] == membership.shown_zone
    engine.dispose()
