"""The page of measurements, docs/benchmarks.md: a command prints what it measured and replaces its own part there."""

import argparse
import datetime as dt
import os
import platform
import re
import signal
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from sqlalchemy import Engine, text

from mapservice.config import HOME, VERSION

PAGE = HOME / "docs" / "benchmarks.md"

HEAD = """\
# Measurements

Written by the commands of `bench`, each its own part between two marks; never by hand.
[bench/README.md](../bench/README.md) says what each command does. Compare the figures of one part with each other:
another part is another run, often at another load.
"""


def interruptible(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser for a command.

    Being terminated ends such a command as Ctrl-C does, so that what it started is stopped and removed.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def command(doc: str) -> argparse.ArgumentParser:
    """Return a parser for a command that writes a part of a page."""
    parser = interruptible(doc)
    parser.add_argument("--page", type=Path, default=PAGE, help="the page of which a part is replaced")
    return parser


def publish(name: str, options: argparse.Namespace, lines: Iterable[str], *versions: str, variant: str = "") -> None:
    """Print what a command measured, and replace its part of the page; a variant of it has a part of its own."""
    title = f"{name} {variant}".strip()
    part = "\n".join([f"## {title}", "", _command_line(name, options), "", _machine(versions), "", *lines])
    print(part)
    page: Path = options.page
    before = page.read_text(encoding="utf-8") if page.exists() else HEAD
    draft = page.with_name(f"{page.name}.draft")
    draft.write_text(replace_part(before, title, part), encoding="utf-8")
    draft.replace(page)


def replace_part(page: str, name: str, part: str) -> str:
    """Return a page with the part of a command replaced, or with one more at the end; all else stays as it is.

    :raise ValueError: if its part has a beginning and no end.
    """
    begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
    before, found, rest = page.partition(begin)
    if not found:
        return f"{page.rstrip()}\n\n{begin}{part.strip()}{end}\n"
    _old, closed, after = rest.partition(end)
    if not closed:
        raise ValueError(f"The part of {name} has no end.")
    return f"{before}{begin}{part.strip()}{end}{after}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    names = list(head)
    return [f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *rows)]


def database_versions(engine: Engine) -> str:
    """Return the versions of PostgreSQL and PostGIS."""
    with engine.connect() as connection:
        server = connection.scalar(text("show server_version")) or ""
        return f"PostgreSQL {server.split()[0]}, PostGIS {connection.scalar(text('select postgis_lib_version()'))}"


def version(package: str) -> str:
    """Return the name and the version of an installed Python package."""
    return f"{package} {metadata.version(package)}"


def _command_line(name: str, options: argparse.Namespace) -> str:
    """Return the command with all its options, the default ones too, so that it can be repeated."""
    words = [f"python -m {name}"]
    for option, value in vars(options).items():
        flag = f"--{option.replace('_', '-')}"
        if option == "page" or value is False or value is None:
            continue
        values = [] if value is True else value if isinstance(value, list) else [value]
        words.append(" ".join([flag, *map(str, values)]))
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HOME)
    today = dt.datetime.now(dt.UTC).date()
    return f"`{' '.join(words)}` on {today}, version {VERSION}, commit {done.stdout.strip() or 'unknown'}."


def _machine(versions: Iterable[str]) -> str:
    """Return what it was measured on."""
    processor = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    cores = f"{os.cpu_count()} cores ({' '.join(processor[1].split()) if processor else platform.machine()})"
    software = ", ".join([f"Python {platform.python_version()}", *versions])
    return f"{cores}, load {os.getloadavg()[0]:.1f} at the end. {software}."
