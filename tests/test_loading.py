"""What a process loads at its start: a command its own part, and the pages nothing that only a few of them need."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

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

#: What the commands need when they do something.
NO_HELP_NEEDS = FEW_PAGES_NEED | {"babel", "flask", "jinja2", "numpy", "psycopg", "rich", "shapely", "sqlalchemy"}

#: What a process does, from the list of the commands to pages that few open. After each part it says which modules it
#: has, how often it has searched for garbage, whether it would, and of how many objects it never does.
PARTS = """
import gc, json, sys
from pathlib import Path
rounds = []
gc.callbacks.append(lambda phase, info: rounds.append(phase))

def say(part):
    searched = len(rounds)
    print("PART", json.dumps([part, [list(sys.modules), searched, gc.isenabled(), gc.get_freeze_count()]]))
    rounds.clear()

from mapservice.cli import main
main(["--help"], standalone_mode=False)
say("list")

from mapservice.loading import load_module
rounds.clear()
load_module("mapservice.cli.serve")
say("serve")

for name in ("export", "outbox", "serve"):
    main([name, "--help"], standalone_mode=False)
say("commands")

from mapservice.hosting.processes import load_pages
rounds.clear()
load_pages()
say("pages")

from mapservice import create_app
from mapservice.config import Config
create_app(Config(state=Path(sys.argv[1]), database_url="postgresql://nobody@/none"))
say("app")

from mapservice import maps
from mapservice.files import geopackage, xlsx
from mapservice.text.email_address import normalize_email
from mapservice.text.language import recognise
from mapservice.web.accounts import password_strength, totp
maps.load()
normalize_email("alice@example.org")
recognise("My sister read to me.", ("en", "es"))
totp.qr_code_url("ORSXG5AA" * 4, name="Alice", site="Mapservice")
say("few")
"""


class Part(NamedTuple):
    modules: set[str]
    rounds: int
    is_searched: bool
    frozen: int


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> dict[str, Part]:
    """What a process has after each of its parts."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MAPSERVICE_")}
    state = tmp_path_factory.mktemp("state")
    done = subprocess.run(
        [sys.executable, "-c", PARTS, state], env=environment, cwd=HOME, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line.removeprefix("PART ")) for line in done.stdout.splitlines() if line.startswith("PART ")]
    return {part: Part(set(modules), *more) for part, (modules, *more) in lines}


def test_an_app_loads_nothing_that_only_few_pages_need(parts):
    assert "mapservice.web" in parts["app"].modules
    assert parts["app"].modules & FEW_PAGES_NEED == set()


def test_what_all_web_processes_share_is_loaded_once_and_never_searched_for_garbage(parts):
    assert "mapservice.web" in parts["pages"].modules
    assert parts["commands"].frozen == 0
    assert parts["pages"].frozen > 100_000
    assert parts["pages"].is_searched


def test_what_is_loaded_is_not_searched_for_garbage(parts):
    assert (parts["serve"].rounds, parts["serve"].is_searched) == (0, True)
    assert (parts["pages"].rounds, parts["pages"].is_searched) == (0, True)
    assert parts["few"].rounds > 0, "what is imported in another way is searched"


def test_the_list_of_the_commands_loads_none_of_them(parts):
    modules = parts["list"].modules

    assert "mapservice.cli" in modules
    assert modules & NO_HELP_NEEDS == set()
    assert not any(f"mapservice.cli.{entry.module}" in modules for entry in COMMANDS.values())


def test_a_command_loads_neither_the_pages_nor_what_only_few_of_them_need(parts):
    modules = parts["commands"].modules

    assert modules >= {f"mapservice.cli.{COMMANDS[name].module}" for name in ("export", "outbox", "serve")}
    assert "mapservice.web" not in modules
    assert modules & FEW_PAGES_NEED == set()


def test_what_only_few_pages_need_is_there_when_it_is_needed(parts):
    assert parts["few"].modules >= FEW_PAGES_NEED - {"alembic", "apispec"}


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
