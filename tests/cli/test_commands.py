"""The commands, as somebody at a terminal meets them: help in each, and one sentence where something is wrong."""

import errno
import os
import re

import click
import pytest
from psycopg.errors import AdminShutdown, DiskFull, InsufficientPrivilege
from sqlalchemy.exc import OperationalError, ProgrammingError

from mapservice import cli, db
from mapservice.cli import main, provisioning
from mapservice.config import HOME
from tests.cli.terminal import given_database, refused, run, settings

__all__ = ["given_database", "settings"]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_explains_itself_and_stands_in_the_readme(runner, name):
    answer = runner.invoke(main, [name, "--help"])

    assert answer.exit_code == 0
    assert re.search(r"\n  [A-Z].+\.", answer.output)
    assert re.search(rf"mapservice {name}\b|\./{name}\b", (HOME / "README.md").read_text())


def test_a_setting_that_cannot_be_read_is_named(settings):
    done = run("serve", settings={**settings, "MAPSERVICE_WORKERS": "many"})

    assert refused(done) == "Error: MAPSERVICE_WORKERS must be a int, not 'many'"


def test_a_database_that_is_away_says_so(settings, tmp_path):
    done = run("migrate", settings={**settings, "DATABASE_URL": f"postgresql://me@/db?host={tmp_path}"})

    assert "does not answer" in refused(done)


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


def test_the_outbox_shows_the_latest_email(runner, tmp_path):
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
