"""The terms of the Human Phenotype Ontology, read from ``hp.obo``."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

INHERITANCE, ONSET = "HP:0000005", "HP:0003674"

_LAY = re.compile(r'"((?:[^"\\]|\\.)*)" EXACT (.*)')


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it stands in the file; ``plain`` are its synonyms for laypeople, if HPO calls them exact."""

    id: str
    label: str
    plain: tuple[str, ...]
    parents: tuple[str, ...]


class Terms:
    """All current terms, and the ids that lead to them."""

    def __init__(self, stanzas: Iterable[Mapping[str, list[str]]]) -> None:
        self.by_id: dict[str, Term] = {}
        self._current: dict[str, str] = {}
        for stanza in stanzas:
            own = stanza["id"][0]
            if stanza.get("is_obsolete") == ["true"]:
                if "replaced_by" in stanza:
                    self._current[own] = stanza["replaced_by"][0]
                continue
            parents = tuple(line.split(" ")[0] for line in stanza.get("is_a", []))
            self.by_id[own] = Term(own, stanza["name"][0], tuple(_plain(stanza.get("synonym", []))), parents)
            self._current |= dict.fromkeys(stanza.get("alt_id", []), own)
        self._children = defaultdict(list)
        for term in self.by_id.values():
            for parent in term.parents:
                self._children[parent].append(term.id)

    def current(self, term: str) -> str | None:
        """Return the id under which a term is kept today, None if it was retired without a successor."""
        seen = set()
        while term not in self.by_id:
            if term in seen or term not in self._current:
                return None
            seen.add(term)
            term = self._current[term]
        return term

    def under(self, term: str) -> set[str]:
        """Return all terms below a term."""
        below: set[str] = set()
        waiting = [term]
        while waiting:
            for child in self._children[waiting.pop()]:
                if child not in below:
                    below.add(child)
                    waiting.append(child)
        return below


def read_terms(path: Path) -> tuple[str, Terms]:
    """Return the release of the file, and its terms."""
    lines = path.read_text(encoding="utf-8").splitlines()
    release = next(line for line in lines if line.startswith("data-version: ")).rpartition("/")[2]
    return release, Terms(_stanzas(lines))


def read_labels(path: Path) -> dict[str, tuple[str, str]]:
    """Return the official labels in another language: the English label that was translated, and its translation."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            row["subject_id"]: (row["source_value"], row["translation_value"])
            for row in rows
            if row["translation_status"] == "OFFICIAL" and row["predicate_id"] == "rdfs:label"
        }


def _stanzas(lines: Iterable[str]) -> Iterator[dict[str, list[str]]]:
    stanza: dict[str, list[str]] | None = None
    for line in [*lines, "[End]"]:
        if line.startswith("["):
            if stanza:
                yield stanza
            stanza = {} if line == "[Term]" else None
        elif stanza is not None and line:
            key, _, value = line.partition(": ")
            stanza.setdefault(key, []).append(value)


def _plain(synonyms: Iterable[str]) -> list[str]:
    found = [match for match in map(_LAY.fullmatch, synonyms) if match and "layperson" in match[2].split("[")[0]]
    return [match[1].replace('\\"', '"') for match in found]
