"""Orphanet's own files, which an operator can download from orphadata.com: genes and symptoms.

They are called en_product6.xml and en_product4.xml, and are under CC BY 4.0. Nothing here knows the web or the
database.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from mapservice.errors import SetupError
from mapservice.facts import Frequency

#: Statements that a gene causes a disease, and whether the change is in some cells of the body only. All other
#: statements, such as "Modifying germline mutation in", are left out.
CAUSAL = {
    "Disease-causing germline mutation(s) in": False,
    "Disease-causing germline mutation(s) (loss of function) in": False,
    "Disease-causing germline mutation(s) (gain of function) in": False,
    "Disease-causing somatic mutation(s) in": True,
}
ASSESSED = "Assessed"

_FREQUENCIES = {
    "Obligate (100%)": Frequency.OBLIGATE,
    "Very frequent (99-80%)": Frequency.VERY_FREQUENT,
    "Frequent (79-30%)": Frequency.FREQUENT,
    "Occasional (29-5%)": Frequency.OCCASIONAL,
    "Very rare (<4-1%)": Frequency.VERY_RARE,
}
_EXCLUDED = "Excluded (0%)"
_TERM = re.compile(r"HP:(\d{7})")
_REFERENCE = re.compile(r"(\d+)\[PMID\]")


@dataclass(frozen=True, slots=True)
class StatedGene:
    """A gene that causes a disease according to Orphanet; ``references`` are PubMed's, such as PMID:22587682."""

    entry: str
    symbol: str
    name: str
    somatic: bool
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedSymptom:
    """A symptom of a disease: the number of its term in HPO."""

    entry: str
    term: int
    frequency: Frequency


@dataclass(frozen=True, slots=True)
class OrphanetFile:
    """What one file says; ``names`` are those of its diseases by codes such as ORPHA:586."""

    day: dt.date
    names: dict[str, str]
    genes: list[StatedGene]
    symptoms: list[StatedSymptom]


def read_orphanet(path: Path) -> OrphanetFile:
    """Return what a file says.

    :raise SetupError: if it is not one of the two files, in English.
    """
    read = OrphanetFile(dt.date.min, {}, [], [])
    try:
        day = _read_into(read, path)
    except (ElementTree.ParseError, OSError) as problem:
        raise SetupError(f"{path} cannot be read as XML: {problem}.") from problem
    if day is None or not (read.genes or read.symptoms):
        raise SetupError(
            f"{path} is not one of Orphanet's files en_product4.xml (symptoms) and en_product6.xml (genes). "
            "Download them from https://www.orphadata.com, in English."
        )
    return OrphanetFile(day, read.names, read.genes, read.symptoms)


def _read_into(read: OrphanetFile, path: Path) -> dt.date | None:
    """Add what a file says, a disease at a time; return its day, None if it does not say so."""
    day = None
    with path.open("rb") as file:
        # The operator's own file, and expat limits what entities may grow to.
        for event, element in ElementTree.iterparse(file, events=("start", "end")):  # noqa: S314
            if event == "start" and element.tag == "JDBOR":
                day = _day(element.get("date", ""))
            elif event == "end" and element.tag == "Disorder":
                entry = f"ORPHA:{element.findtext('OrphaCode')}"
                read.names[entry] = element.findtext("Name") or ""
                read.genes.extend(_genes(entry, element))
                read.symptoms.extend(_symptoms(entry, element))
                element.clear()
    return day


def _day(text: str) -> dt.date | None:
    """Return the day of a date and time.

    >>> _day("2025-12-09 07:02:35"), _day("")
    (datetime.date(2025, 12, 9), None)
    """
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _genes(entry: str, disorder: ElementTree.Element) -> Iterator[StatedGene]:
    """Yield the genes that are stated, and assessed, to cause a disease."""
    for association in disorder.iter("DisorderGeneAssociation"):
        relation = association.findtext("DisorderGeneAssociationType/Name")
        symbol = association.findtext("Gene/Symbol")
        status = association.findtext("DisorderGeneAssociationStatus/Name")
        if relation in CAUSAL and status == ASSESSED and symbol:
            cited = _REFERENCE.findall(association.findtext("SourceOfValidation") or "")
            name = association.findtext("Gene/Name") or ""
            yield StatedGene(entry, symbol, name, CAUSAL[relation], tuple(f"PMID:{number}" for number in cited))


def _symptoms(entry: str, disorder: ElementTree.Element) -> Iterator[StatedSymptom]:
    """Yield the symptoms of a disease, without those that it excludes."""
    for association in disorder.iter("HPODisorderAssociation"):
        frequency = association.findtext("HPOFrequency/Name")
        term = _TERM.fullmatch(association.findtext("HPO/HPOId") or "")
        if term and frequency != _EXCLUDED:
            yield StatedSymptom(entry, int(term[1]), _FREQUENCIES.get(frequency or "", Frequency.UNSTATED))
