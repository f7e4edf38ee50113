"""What a process loads at its start: a command its own part, and the pages nothing that only a few of them need."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mapservice import maps
from mapservice.cli import main
from mapservice.cli.commands import COMMANDS
from mapservice.config import HOME

#: What draws maps and codes, writes files, describes the API and judges addresses and new passwords, with what each
#: needs itself.
FEW_PAGES_NEED = {
    *("alembic", "apispec", "branca", "email_validator", "folium"),
    *("py3langid", "pyogrio", "requests", "segno", "xlsxwriter", "zxcvbn"),
}

LOAD_PAGES = """
import gc
from mapservice.hosting.processes import load_pages
load_pages()
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
"""

#: What the commands need when they do something.
NO_HELP_NEEDS = FEW_PAGES_NEED | {"babel", "flask", "jinja2", "numpy", "psycopg", "rich", "shapely", "sqlalchemy"}

CREATE_APP = """
from pathlib import Path
from mapservice import create_app
from mapservice.config import Config
create_app(Config(state=Path({state!r}), database_url="postgresql://nobody@/none"))
"""

ROUNDS = """
import gc
rounds = []
gc.callbacks.append(lambda phase, info: rounds.append(phase))
from mapservice.loading import load_module
before = len(rounds)
{load}
print(len(rounds) - before, gc.isenabled())
"""

HELP = """
from mapservice.cli import main
main({words!r}, standalone_mode=False)
"""


def loaded(code: str) -> set[str]:
    """The modules that a process has after some code."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MAPSERVICE_")}
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=HOME, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_an_app_loads_nothing_that_only_few_pages_need(tmp_path):
    modules = loaded(CREATE_APP.format(state=str(tmp_path)))

    assert "mapservice.web" in modules
    assert modules & FEW_PAGES_NEED == set()


def test_what_all_web_processes_share_is_loaded_once_and_never_searched_for_garbage():
    done = subprocess.run([sys.executable, "-c", LOAD_PAGES], cwd=HOME, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True"]


@pytest.mark.parametrize(
    ("load", "is_searched"), [("load_module('mapservice.cli.serve')", False), ("import mapservice.cli.serve", True)]
)
def test_what_is_loaded_is_not_searched_for_garbage(load, is_searched):
    done = subprocess.run(
        [sys.executable, "-c", ROUNDS.format(load=load)], cwd=HOME, capture_output=True, text=True, check=True
    )
    rounds, is_enabled = done.stdout.split()

    assert (int(rounds) > 0, is_enabled) == (is_searched, "True")


def test_the_list_of_the_commands_loads_none_of_them():
    modules = loaded(HELP.format(words=["--help"]))

    assert "mapservice.cli" in modules
    assert modules & NO_HELP_NEEDS == set()
    assert not any(f"mapservice.cli.{entry.module}" in modules for entry in COMMANDS.values())


@pytest.mark.parametrize("name", ["export", "outbox", "serve"])
def test_a_command_loads_neither_the_pages_nor_what_only_few_of_them_need(name):
    modules = loaded(HELP.format(words=[name, "--help"]))

    assert f"mapservice.cli.{COMMANDS[name].module}" in modules
    assert "mapservice.web" not in modules
    assert modules & FEW_PAGES_NEED == set()


def test_what_only_few_pages_need_is_there_when_it_is_needed():
    code = """
from mapservice import maps
from mapservice.files import geopackage, xlsx
from mapservice.text.email_address import normalize_email
from mapservice.text.language import recognise
from mapservice.web.accounts import password_strength, totp
maps.load()
normalize_email("alice@example.org")
recognise("My sister read to me.", ("en", "es"))
totp.qr_code_url("ORSXG5AA" * 4, name="Alice", site="Mapservice")
"""

    assert loaded(code) >= FEW_PAGES_NEED - {"alembic", "apispec"}


def test_the_modules_that_draw_are_loaded_when_they_are_used():
    assert maps.canvas is importlib.import_module("mapservice.maps.canvas")
    with pytest.raises(AttributeError, match="no attribute 'crayons'"):
        maps.crayons  # noqa: B018


def test_every_command_is_in_the_list_with_the_first_sentence_of_its_help():
    folder = Path(HOME / "mapservice" / "cli")
    modules = [importlib.import_module(f"mapservice.cli.{path.stem}") for path in folder.glob("[!_]*.py")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, click.Command)]
    parts = [part for group in found if isinstance(group, click.Group) for part in group.commands.values()]
    commands = {command.name: command for command in found if command not in parts}

    assert set(commands) == set(COMMANDS)
    assert {name: main.commands[name] for name in COMMANDS} == commands
    for name, entry in COMMANDS.items():
        summary = click.Command(name, help=entry.summary).get_short_help_str(1000)
        assert summary == commands[name].get_short_help_str(1000)


def test_the_list_of_the_commands_has_them_all(runner):
    answer = runner.invoke(main, ["--help"])

    assert answer.exit_code == 0
    assert all(f"\n  {name} " in answer.output for name in COMMANDS)


def test_a_command_that_does_not_exist_is_refused(runner):
    answer = runner.invoke(main, ["colour-in"])

    assert answer.exit_code == 2
    assert "No such command 'colour-in'" in answer.output
