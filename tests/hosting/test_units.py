"""The units of systemd in docs/operators.md: whole, restarted for ever, and stopped in order."""

import configparser
import re
import shutil
import subprocess

import pytest

from mapservice.cli import main
from mapservice.config import HOME

_UNIT = re.compile(r"`/etc/systemd/system/(mapservice[\w-]*\.\w+)`.*?```ini\n(.*?)```", re.DOTALL)

#: What may stand in them, whatever version of systemd is here.
KNOWN = {
    "Unit": {"Description", "After", "Wants", "StartLimitIntervalSec"},
    "Service": {
        *("Type", "User", "EnvironmentFile", "WorkingDirectory", "ExecStart", "Restart", "RestartSec", "KillMode"),
        *("OOMPolicy", "TimeoutStopSec", "LimitNOFILE", "NoNewPrivileges", "PrivateTmp", "PrivateDevices"),
        *("ProtectSystem", "ProtectHome", "ReadWritePaths"),
    },
    "Timer": {"OnCalendar", "Persistent"},
    "Install": {"WantedBy"},
}


def units():
    """The units by the names of their files."""
    return dict(_UNIT.findall((HOME / "docs" / "operators.md").read_text()))


def read(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def test_there_are_units():
    assert {"mapservice.service", "mapservice-release.service", "mapservice-release.timer"} <= set(units())


@pytest.mark.parametrize("name", sorted(units()))
def test_a_unit_has_only_lines_that_systemd_knows(name):
    unit = read(units()[name])

    assert {section: set(unit[section]) - KNOWN[section] for section in unit.sections()} == {
        section: set() for section in unit.sections()
    }
    if "Service" in unit:
        program, command, *_ = unit["Service"]["ExecStart"].split()
        assert program == "/srv/mapservice/app/.venv/bin/mapservice"
        assert command in main.commands


def test_a_service_that_is_killed_is_started_again_and_what_it_left_is_not_ended_before():
    unit = read(units()["mapservice.service"])

    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "however often"
    assert unit["Service"]["KillMode"] == "process"
    assert unit["Service"]["OOMPolicy"] == "continue", "one process that took too much is no reason to end all"


@pytest.mark.parametrize("change", ["", "KillMoed=process\n"], ids=["as it is", "with a slip of the pen"])
def test_systemd_finds_nothing_to_say_about_them(tmp_path, change):
    assert shutil.which("systemd-analyze"), "install the package systemd, as ./check does; nothing of it is started"
    program = tmp_path / "mapservice"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name, text in units().items():
        here = text.replace("/srv/mapservice/app/.venv/bin", str(tmp_path)).replace("/srv/mapservice/app", "/")
        (tmp_path / name).write_text(here.replace("Restart=always\n", f"Restart=always\n{change}"))

    command = ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("mapservice*.*"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert bool(said) is bool(change), said
    assert done.returncode == 0 or change
