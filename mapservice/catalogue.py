"""The catalogue of conditions: its record and its reader.

The catalogue is committed data (``data/conditions``, made by ``tools/conditions``). Nothing here
knows the web or the database; ``store/catalogue/conditions.py`` loads what this module reads.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "conditions"
CONDITIONS = FOLDER / "conditions.json.gz"
DEMO = FOLDER / "demo.tsv"


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    """One condition of the catalogue.

    ``prevalence`` is people living with it per 100,000, a low worldwide order of magnitude, or None
    if it is not known reliably. ``codes`` holds the codes by system: ``{"ORPHA": ("513",)}``.
    """

    slug: str
    name: str
    synonyms: tuple[str, ...]
    prevalence: float | None
    codes: Mapping[str, tuple[str, ...]]
    summary: str


@dataclass(frozen=True, slots=True)
class DemoCondition:
    """A condition of the demo community; ``weight`` is its share of the members, in percent."""

    slug: str
    weight: float


def read_conditions(path: Path = CONDITIONS) -> Iterator[ConditionRecord]:
    """Yield every condition of the catalogue, ordered by slug."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    for row in rows:
        yield ConditionRecord(
            slug=row["slug"],
            name=row["name"],
            synonyms=tuple(row["synonyms"]),
            prevalence=None if row["prevalence"] is None else float(row["prevalence"]),
            codes={system: tuple(codes) for system, codes in row["codes"].items()},
            summary=row["summary"],
        )


def read_demo(path: Path = DEMO) -> Iterator[DemoCondition]:
    """Yield the conditions of the demo community, the largest first."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        slug, weight = line.split("\t")
        yield DemoCondition(slug=slug, weight=float(weight))
