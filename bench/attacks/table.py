"""What an attack found, and the table of all of them."""

import datetime as dt
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "privacy-evidence.md"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much an attack tries: zone files by code (empty: all), members, simulated communities, edits."""

    name: str
    countries: tuple[str, ...]
    members: int
    trials: int
    edits: int


SMALL = Scale("small", ("NL", "PL", "KE", "CO", "LS", "FJ"), 1_200, 1_500, 200)
FULL = Scale("full", (), 30_000, 12_000, 10_000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the table: what was measured against the bar, and how the bad design named by ``control`` fared."""

    attack: str
    metric: str
    bar: str
    measured: str
    holds: bool
    control: str
    control_measured: str
    control_breaks: bool


@dataclass(slots=True)
class Context:
    """What attacks share: the seed, the scale, what one has built and others use, and a database with the ground.

    ``engine`` has the rights of a superuser and ``state`` is the folder of its server (see ``testing.database``), for
    attacks that make releases or read the database's own files.
    """

    seed: int
    scale: Scale
    engine: Any = None
    state: Path | None = None
    built: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, build: Callable[[], Any]) -> Any:
        """The thing of this name, built when it is first asked for."""
        if name not in self.built:
            self.built[name] = build()
        return self.built[name]


#: Tries one thing against the service, and a bad design against the same bar.
Attack = Callable[[Context], Outcome]


def rows(outcomes: Sequence[Outcome], *, what: str = "attack") -> list[str]:
    """The lines of the table, in Markdown; ``what`` is tried in each."""
    head = [f"| {what} | metric | bar | measured | holds | control, which must break | measured | breaks |"]
    lines = [
        f"| {outcome.attack} | {outcome.metric} | {outcome.bar} | {outcome.measured} | {_yes(outcome.holds)} "
        f"| {outcome.control} | {outcome.control_measured} | {_yes(outcome.control_breaks)} |"
        for outcome in outcomes
    ]
    return [*head, "|---" * 8 + "|", *lines]


def document(outcomes: Sequence[Outcome], context: Context, seconds: float) -> str:
    """The page of evidence: the table with seed, date, commit and profile."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=EVIDENCE.parent
    )
    failed = [outcome.attack for outcome in outcomes if not (outcome.holds and outcome.control_breaks)]
    return "\n".join(
        [
            "# Privacy evidence",
            "",
            "Written by `python -m bench.attacks`; never by hand. Each attack is a function in `bench/attacks/` whose",
            "docstring says who attacks, with what. A bar is never moved: what does not hold is said here.",
            "",
            f"Profile {context.scale.name}, seed {context.seed}, {dt.datetime.now(dt.UTC):%Y-%m-%d}, "
            f"commit {commit.stdout.strip() or 'unknown'}, {seconds:.0f} s.",
            "",
            *rows(outcomes),
            "",
            f"Does not hold, or its control does not break: {'; '.join(failed) or 'nothing'}.",
            "",
        ]
    )


def _yes(value: bool) -> str:
    return "yes" if value else "**NO**"
