"""Facts about conditions: their records and their reader.

They are committed data (``data/facts``, made by ``tools/facts``). Nothing here knows the web or the database.
"""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "data" / "facts"
FACTS = FOLDER / "facts.json.gz"
CURATED = FOLDER / "curated.tsv"

#: The tables by hand from which the catalogue is made: each names a condition by slug, or by its code in Orphanet.
BY_HAND = tuple(FOLDER.parent / "conditions" / name for name in ("curated.tsv", "known.tsv"))


class FactKind(StrEnum):
    """What a row says about a condition."""

    SYMPTOM = "symptom"
    INHERITANCE = "inheritance"
    ONSET = "onset"


class Frequency(StrEnum):
    """How often people with the condition have a symptom; HPO's classes, each of which is a range."""

    OBLIGATE = "obligate"
    VERY_FREQUENT = "very frequent"
    FREQUENT = "frequent"
    OCCASIONAL = "occasional"
    VERY_RARE = "very rare"
    UNSTATED = ""


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A term of the Human Phenotype Ontology, as it is: its label, HPO's own plain names and its Spanish label."""

    id: str
    label: str
    spanish: str
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactRecord:
    """One statement of a source about a condition.

    ``entry`` is the disease of the source that it is about, which may be one form of the condition. ``automatic`` is
    True if a program took it from the entry, and no curator.
    """

    kind: FactKind
    term: str
    entry: str
    frequency: Frequency
    references: tuple[str, ...]
    automatic: bool


@dataclass(frozen=True, slots=True)
class ConditionFacts:
    """All facts of one condition; ``codes`` are system, code, and the entry of Mondo that gives it."""

    slug: str
    facts: Sequence[FactRecord]
    codes: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class FactBook:
    """Everything in the file; ``entries`` are the names of the sources' diseases by their codes."""

    releases: Mapping[str, str]
    terms: Sequence[TermRecord]
    entries: Mapping[str, str]
    conditions: Sequence[ConditionFacts]


@dataclass(frozen=True, slots=True)
class CuratedSymptom:
    """A symptom that we chose from the terms of HPO for a condition, with the page or article that names it.

    ``seen`` is the day on which somebody read it in the source, empty if nobody did.
    """

    slug: str
    term: str
    label: str
    source: str
    address: str
    seen: str


def read_facts(path: Path = FACTS) -> FactBook:
    """Return everything in the file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = json.load(file)
    terms = [TermRecord(term, label, spanish, tuple(plain)) for term, label, spanish, plain in data["terms"]]
    conditions = [
        ConditionFacts(slug, list(_facts(groups, terms)), [(system, code, entry) for system, code, entry in codes])
        for slug, groups, codes in data["conditions"]
    ]
    return FactBook(data["releases"], terms, data["entries"], conditions)


def read_curated(path: Path = CURATED) -> Iterator[CuratedSymptom]:
    """Yield the symptoms that we chose, in the order in which they are shown."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True):
            yield CuratedSymptom(**row)


def read_prevalence_sources(paths: Sequence[Path] = BY_HAND) -> Iterator[tuple[str, str]]:
    """Yield the slug or the code of a condition, such as ORPHA:586, and where its prevalence comes from."""
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True):
                if row["prevalence"] and row["prevalence_source"]:
                    yield row.get("slug") or row["orpha"], row["prevalence_source"]


def _facts(groups: Sequence[Sequence[Any]], terms: Sequence[TermRecord]) -> Iterator[FactRecord]:
    """Yield the facts of groups that have all in common but the term."""
    for kind, entry, frequency, references, automatic, numbers in groups:
        for number in numbers:
            yield FactRecord(
                FactKind(kind), terms[number].id, entry, Frequency(frequency), tuple(references), bool(automatic)
            )
