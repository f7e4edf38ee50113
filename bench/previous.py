"""Whether the version before this one works on the tables of this one:  python -m bench.previous

    python -m bench.previous                    # the newest tag, or what there was before the newest migration
    python -m bench.previous --commit v0.3.0    # another one
    python -m bench.previous --seconds 60

The files of that version start on a private database that this version has made, as a machine does that was not updated
yet. Where they can use it, they must say so in a warning, and members join, show themselves, hide and leave; nothing
may fail, be lost or be half applied. Where a migration says NEEDS_THIS_VERSION, they must refuse in one sentence.
Decision 41 has the reasons. That version runs with the packages of this one. Exits with 1 if anything is wrong.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import report
from bench.faults import people
from bench.faults.running import Service
from mapservice.cli import provisioning
from mapservice.config import HOME
from testing import clusters
from testing.web_process import free_port

MEMBERS = 4

#: Seconds in which it has to start on a busy machine, or to end.
TIMEOUT_S = 120.0

WARNING = "This version can still use it"
REFUSAL = "This version cannot use it"


@dataclass(frozen=True, slots=True)
class Trial:
    """What the previous version did: whether it answered, what it wrote, and what its members found."""

    is_up: bool
    words: str
    writes: int = 0
    failures: tuple[str, ...] = ()
    lost: int = 0
    half_applied: int = 0


def previous(home: Path = HOME) -> str:
    """Return the newest tag of a version before the present commit; before the first, the commit before a migration.

    :raise LookupError: if the history does not go back so far.
    """
    tags = _git(home, "tag", "--list", "v[0-9]*", "--merged", "HEAD^", "--sort=-version:refname").split()
    if tags:
        return tags[0]
    newest = provisioning.newest_revision(home / "migrations" / "versions")
    added = _git(home, "log", "-1", "--diff-filter=A", "--format=%H", "--", f"migrations/versions/{newest}.py")
    before = _git(home, "rev-parse", "--verify", "--quiet", f"{added}^") if added else ""
    if not before:
        raise LookupError("There is no version before this one: fetch the whole history with its tags.")
    return before


def problems(trial: Trial, *, revision: str, newest: str, oldest: str) -> list[str]:
    """Return what is wrong with a start of the version with the tables ``revision`` on those of ``newest``.

    ``oldest`` is the oldest revision whose version can use them.
    """
    found = ["it ended with a stack trace"] if "Traceback" in trial.words else []
    if revision < oldest:
        found += ["it did not refuse"] if trial.is_up or REFUSAL not in trial.words else []
        return found
    if not trial.is_up:
        return [*found, "it does not answer"]
    if (WARNING in trial.words) != (revision < newest):
        found.append("it did not warn" if revision < newest else "it warned of its own tables")
    if not trial.writes:
        found.append("its members could do nothing")
    if trial.lost or trial.half_applied:
        found.append(f"{trial.lost} lost, {trial.half_applied} half applied")
    return [*found, *trial.failures]


def attempt(home: Path, seconds: float) -> Trial:
    """Return what the version in a folder does on a database that this version has made."""
    state = clusters.folder_on_disk("previous-state-")
    service = Service(state, free_port(), settings={"TRUSTED_HOPS": "1", "FRESH_MINUTES": "600"}, home=home)
    try:
        clusters.copy(clusters.loaded(), state)
        service.start()
        if not _answers(service):
            return Trial(is_up=False, words=service.words())
        crowd = people.Crowd(service, MEMBERS)
        with crowd.at_work():
            time.sleep(seconds)
        lost, half = people.lost(crowd), people.half_applied(crowd)
        failures = (*crowd.failures, *[f"{crowd.reading.bad} pages failed"] * bool(crowd.reading.bad))
        return Trial(True, service.words(), crowd.acknowledged, failures, lost, half)
    finally:
        service.end()
        shutil.rmtree(state, ignore_errors=True)


def _answers(service: Service) -> bool:
    """Return whether it comes up; False as soon as it has ended."""
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until and service.process is not None and service.process.poll() is None:
        if service.answers():
            return True
        time.sleep(0.2)
    return False


@contextmanager
def files(commit: str) -> Iterator[Path]:
    """The files of a commit in a folder of their own, which the web processes can read; gone in the end."""
    folder = clusters.folder_on_disk("previous-")
    folder.chmod(0o755)
    try:
        archive = subprocess.run(["git", "archive", commit], cwd=HOME, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["tar", "--extract", "--no-same-owner", "--directory", str(folder)], input=archive, check=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _git(home: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=home, capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    """Say what the previous version did, and whether that is right."""
    parser = report.interruptible(__doc__)
    parser.add_argument("--commit", help="the version to start, instead of the one before this")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long its members are at work")
    options = parser.parse_args()
    commit = options.commit or previous()
    newest, oldest = provisioning.newest_revision(), provisioning.oldest_revision()
    with files(commit) as home:
        revision = provisioning.newest_revision(home / "migrations" / "versions")
        trial = attempt(home, options.seconds)
    print(f"{commit}, whose newest tables are {revision}, on those of {newest} (usable from {oldest}):")
    wrong = problems(trial, revision=revision, newest=newest, oldest=oldest)
    outcome = f"it answers; {trial.writes} writes done" if trial.is_up else "it does not start"
    print(f"{outcome}. It wrote:\n{trial.words.strip() or 'nothing'}")
    print("As it should be." if not wrong else f"Wrong: {'; '.join(wrong)}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
