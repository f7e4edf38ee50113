"""The hand-written tables beside the output: curated, known, left out."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CuratedCondition:
    """A row of ``curated.tsv``: a condition that Orphanet's list does not have as one disease.

    ``codes`` may name ORPHA diseases of the list (the two types of narcolepsy): they are taken into
    this page, so that no community is split.
    """

    slug: str
    name: str
    synonyms: tuple[str, ...]
    prevalence: float | None
    codes: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class KnownDisease:
    """A row of ``known.tsv``: what we add to a disease of Orphanet's list.

    ``name`` is Orphanet's own and is checked, so that a wrong number cannot slip in. ``includes``
    are diseases of the list that belong on the same page.
    """

    code: int
    name: str
    synonyms: tuple[str, ...]
    prevalence: float | None
    includes: tuple[int, ...]


def read_curated(path: Path) -> Iterator[CuratedCondition]:
    """The rows of ``curated.tsv``."""
    for row in _rows(path):
        yield CuratedCondition(
            slug=row["slug"],
            name=row["name"],
            synonyms=_split(row["synonyms"]),
            prevalence=_number(row["prevalence"]),
            codes=_split(row["codes"]),
            summary=row["summary"],
        )


def read_known(path: Path) -> Iterator[KnownDisease]:
    """The rows of ``known.tsv``."""
    for row in _rows(path):
        yield KnownDisease(
            code=orpha_number(row["orpha"]),
            name=row["name"],
            synonyms=_split(row["synonyms"]),
            prevalence=_number(row["prevalence"]),
            includes=tuple(orpha_number(code) for code in _split(row["includes"])),
        )


def read_left_out(path: Path) -> dict[int, str]:
    """The ORPHA numbers that get no page, with Orphanet's name for each."""
    return {orpha_number(row["orpha"]): row["name"] for row in _rows(path)}


def orpha_number(code: str) -> int:
    """The number of a code such as ``ORPHA:513``.

    :raise ValueError: if the code belongs to another system.
    """
    system, _, number = code.partition(":")
    if system != "ORPHA":
        raise ValueError(f"{code!r} is not an ORPHA code")
    return int(number)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _number(text: str) -> float | None:
    return float(text) if text else None
