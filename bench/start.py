"""How long the service takes to start: ``python -m bench.start``.

    python -m bench.start --rounds 10

Each row is measured in processes of their own that end at once: the list of the commands, ``create_app`` as a program
calls it, and the pages as ``serve`` loads them, once for all web processes. Beside them an interpreter that does
nothing, and one that loads the libraries alone, which is what no order of our own imports can save. They take turns;
the figures are medians.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from bench import report
from mapservice.config import HOME

_CREATE_APP = """
from pathlib import Path
from mapservice import create_app
from mapservice.config import Config
create_app(Config(state=Path({state!r}), database_url="postgresql://nobody@/none"))
"""

#: What is measured, as the code of a process.
STARTS = {
    "nothing": "pass",
    "the libraries alone": "import flask, flask_babel, flask_wtf, geoalchemy2, psycopg, sqlalchemy.orm, structlog",
    "mapservice --help": "from mapservice.cli import main; main(['--help'], standalone_mode=False)",
    "create_app": _CREATE_APP,
    "pages, as serve loads them": "from mapservice.hosting.processes import load_pages; load_pages()",
}


def start(code: str) -> tuple[float, float]:
    """Return the seconds of the processor and of the clock that a process took."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAPSERVICE_")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-c", code], cwd=HOME, env=inherited, check=True, stdout=subprocess.DEVNULL)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def modules(code: str) -> int:
    """Return how many modules a process has in the end."""
    counted = f"{code}\nimport sys\nprint(len(sys.modules))"
    done = subprocess.run([sys.executable, "-c", counted], cwd=HOME, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def table(codes: Mapping[str, str], rounds: int) -> list[str]:
    """Return a line for each start, with medians."""
    counts = {name: modules(code) for name, code in codes.items()}  # and leaves all of them compiled
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in codes}
    for _ in range(rounds):
        for name, code in codes.items():
            took[name].append(start(code))
    return report.table(
        ["start", "modules", "processor, s", "clock, s"],
        (
            [name, f"{counts[name]:,}", *(f"{statistics.median(seconds):.2f}" for seconds in zip(*runs, strict=True))]
            for name, runs in took.items()
        ),
    )


def main() -> None:
    """Write a line for each start."""
    parser = report.command(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as state:
        codes = {name: code.format(state=state) if code == _CREATE_APP else code for name, code in STARTS.items()}
        lines = table(codes, options.rounds)
    report.publish("bench.start", options, lines)


if __name__ == "__main__":
    main()
