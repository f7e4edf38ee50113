"""The annotations of diseases with terms, read from ``phenotype.hpoa``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mapservice.facts import Frequency

# Terms of HPO for how often a symptom occurs. HP:0040285 means never: such rows are left out like those with NOT.
FREQUENCIES = {
    "HP:0040280": Frequency.OBLIGATE,
    "HP:0040281": Frequency.VERY_FREQUENT,
    "HP:0040282": Frequency.FREQUENT,
    "HP:0040283": Frequency.OCCASIONAL,
    "HP:0040284": Frequency.VERY_RARE,
}
EXCLUDED = "HP:0040285"

# Sources whose entries are diseases of our catalogue.
_SOURCES = ("ORPHA:", "OMIM:")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A row of the file that says that a disease has a term; ``aspect`` is HPO's letter for the kind of term."""

    disease: str
    name: str
    term: str
    aspect: str
    frequency: Frequency
    references: tuple[str, ...]
    automatic: bool


def read_annotations(path: Path) -> tuple[str, list[Annotation]]:
    """Return the release of the file, and its rows about diseases of Orphanet and OMIM that do not say NOT."""
    lines = path.read_text(encoding="utf-8").splitlines()
    release = next(line for line in lines if line.startswith("#version: ")).split(": ")[1]
    return release, list(_annotations(line for line in lines if not line.startswith("#")))


def _annotations(lines: Iterable[str]) -> Iterator[Annotation]:
    rows = iter(lines)
    columns = next(rows).split("\t")
    for line in rows:
        row = dict(zip(columns, line.split("\t"), strict=True))
        never = row["qualifier"] == "NOT" or row["frequency"] == EXCLUDED or _is_none(row["frequency"])
        if never or not row["database_id"].startswith(_SOURCES):
            continue
        yield Annotation(
            disease=row["database_id"],
            name=row["disease_name"],
            term=row["hpo_id"],
            aspect=row["aspect"],
            frequency=FREQUENCIES.get(row["frequency"], Frequency.UNSTATED),
            references=tuple(row["reference"].split(";")),
            automatic=row["evidence"] == "IEA",
        )


def _is_none(frequency: str) -> bool:
    """Return whether a figure says that nobody had the symptom: 0/17, 0%.

    >>> _is_none("0/17"), _is_none("0%"), _is_none("10/17"), _is_none("")
    (True, True, False, False)
    """
    return frequency.startswith("0/") or frequency.rstrip("%") == "0"
