"""The facts of each condition: annotations and crosswalks joined by the codes of the catalogue."""

import gzip
import io
import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mapservice.catalogue import ConditionRecord
from mapservice.facts import ConditionFacts, CuratedSymptom, FactBook, FactKind, FactRecord, Frequency, TermRecord
from mapservice.text.folding import fold
from tools.conditions.spelling import british
from tools.facts.annotations import Annotation
from tools.facts.crosswalk import MondoEntry
from tools.facts.terms import INHERITANCE, ONSET, Terms

_FREQUENCIES = list(Frequency)
_KINDS = {"P": FactKind.SYMPTOM, "I": FactKind.INHERITANCE, "C": FactKind.ONSET}


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that facts are derived from, with the releases.

    ``spanish`` has the English label beside each; ``left_out`` are codes (Mondo's id, system, code) that are not used.
    ``curated`` are symptoms that we chose ourselves: their terms are described as well.
    """

    releases: Mapping[str, str]
    terms: Terms
    spanish: Mapping[str, tuple[str, str]]
    annotations: Iterable[Annotation]
    crosswalk: Iterable[MondoEntry]
    left_out: Container[tuple[str, str, str]] = ()
    curated: Iterable[CuratedSymptom] = ()


def build(sources: Sources, conditions: Iterable[ConditionRecord]) -> FactBook:
    """Return the facts of all conditions, in the order of their slugs, whatever the order of the sources."""
    mondo = _Mondo(sources.crosswalk)
    by_disease = defaultdict(list)
    for annotation in sources.annotations:
        by_disease[annotation.disease].append(annotation)
    kinds = _Kinds(sources.terms)
    all_facts: list[ConditionFacts] = []
    names: dict[str, str] = {}
    for condition in sorted(conditions, key=lambda condition: condition.slug):
        entries = mondo.entries(condition)
        diseases = _diseases(condition, entries)
        facts = list(_facts(kinds, [by_disease[disease] for disease in diseases]))
        names |= {fact.entry: mondo.name(fact.entry) or by_disease[fact.entry][0].name for fact in facts} | {
            entry.id: entry.name for entry in entries
        }
        codes = [code for code in _codes(condition, entries) if (code[2], *code[:2]) not in sources.left_out]
        all_facts.append(ConditionFacts(condition.slug, facts, codes))
    used = {fact.term for condition in all_facts for fact in condition.facts} | _curated_terms(sources)
    terms = [_term(sources, term) for term in sorted(used)]
    return FactBook(sources.releases, terms, dict(sorted(names.items())), all_facts)


class _Mondo:
    """Mondo's diseases by code and by name."""

    def __init__(self, entries: Iterable[MondoEntry]) -> None:
        self._by_code: dict[tuple[str, str], list[MondoEntry]] = defaultdict(list)
        self._by_name: dict[str, MondoEntry] = {}
        for entry in entries:
            self._by_name[fold(british(entry.name))] = entry
            for code in entry.codes:
                self._by_code[code].append(entry)

    def entries(self, condition: ConditionRecord) -> list[MondoEntry]:
        """Return the diseases that a condition is, by its ORPHA codes, or by the same name if it has none."""
        numbers = condition.codes.get("ORPHA", ())
        found = [entry for number in numbers for entry in self._by_code[("ORPHA", number)]]
        if not numbers and (entry := self._by_name.get(fold(condition.name))):
            found = [entry]
        return list(dict.fromkeys(found))

    def name(self, disease: str) -> str:
        """Return the name of the one disease that has this code."""
        system, _, code = disease.partition(":")
        entries = self._by_code[(system, code)]
        return entries[0].name if system == "OMIM" and entries else ""


class _Kinds:
    """Which annotations say what: a term of the course of a disease is no onset unless HPO says so."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._allowed = {FactKind.INHERITANCE: terms.under(INHERITANCE), FactKind.ONSET: terms.under(ONSET)}

    def classify(self, annotation: Annotation) -> tuple[FactKind, str] | None:
        """Return the kind and the current term of an annotation, None if it says nothing that is shown."""
        kind, term = _KINDS.get(annotation.aspect), self._terms.current(annotation.term)
        if kind is None or term is None or term not in self._allowed.get(kind, {term}):
            return None
        return kind, term


def _diseases(condition: ConditionRecord, entries: Iterable[MondoEntry]) -> list[str]:
    """Return the diseases of the sources whose annotations are about a condition: Orphanet's first."""
    orpha = [f"ORPHA:{number}" for number in condition.codes.get("ORPHA", ())]
    omim = [f"OMIM:{number}" for number in condition.codes.get("OMIM", ())]
    omim += [f"OMIM:{code}" for entry in entries for system, code in entry.codes if system == "OMIM"]
    return [*orpha, *sorted(set(omim))]


def _facts(kinds: _Kinds, groups: Iterable[list[Annotation]]) -> Iterator[FactRecord]:
    """Yield the facts of a condition; symptoms without a frequency only if no source has one with."""
    merged: dict[tuple[FactKind, str, str, Frequency], list[Annotation]] = defaultdict(list)
    for annotation in (annotation for group in groups for annotation in group):
        if classified := kinds.classify(annotation):
            kind, term = classified
            frequency = annotation.frequency if kind is FactKind.SYMPTOM else Frequency.UNSTATED
            merged[kind, term, annotation.disease, frequency].append(annotation)
    has_frequencies = any(frequency for _, _, _, frequency in merged)
    for (kind, term, disease, frequency), rows in merged.items():
        if kind is not FactKind.SYMPTOM or frequency or not has_frequencies:
            references = sorted({reference for row in rows for reference in row.references})
            yield FactRecord(kind, term, disease, frequency, tuple(references), all(row.automatic for row in rows))


def _codes(condition: ConditionRecord, entries: Iterable[MondoEntry]) -> Iterator[tuple[str, str, str]]:
    """Yield the codes that the catalogue does not have, each once, with the entry of Mondo that gives it."""
    seen = {(system, code) for system, codes in condition.codes.items() for code in codes}
    for entry in entries:
        for system, code in (("MONDO", entry.id.partition(":")[2]), *entry.codes):
            if system != "ORPHA" and (system, code) not in seen:
                seen.add((system, code))
                yield system, code, entry.id


def _curated_terms(sources: Sources) -> set[str]:
    """Return the terms of the symptoms that we chose, whose labels must be HPO's, so that no wrong number slips in."""
    for row in sources.curated:
        if row.term not in sources.terms.by_id or sources.terms.by_id[row.term].label != row.label:
            raise ValueError(f"{row.slug}: HPO has no {row.term} that is called {row.label!r}")
    return {row.term for row in sources.curated}


def _term(sources: Sources, term: str) -> TermRecord:
    known = sources.terms.by_id[term]
    english, spanish = sources.spanish.get(term, ("", ""))
    return TermRecord(term, known.label, spanish if english == known.label else "", known.plain)


def to_bytes(book: FactBook) -> bytes:
    """Return the facts as gzipped JSON, one term or condition a line; the same facts give the same bytes."""
    numbers = {term.id: number for number, term in enumerate(book.terms)}
    terms = [[term.id, term.label, term.spanish, list(term.plain)] for term in book.terms]
    conditions = [
        [condition.slug, _groups(condition.facts, numbers), [list(code) for code in condition.codes]]
        for condition in book.conditions
    ]
    lines = [
        "{",
        f'"releases": {json.dumps(dict(sorted(book.releases.items())))},',
        f'"entries": {json.dumps(dict(book.entries), ensure_ascii=False)},',
        f'"terms": {_list(terms)},',
        f'"conditions": {_list(conditions)}',
        "}",
    ]
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write("\n".join(lines).encode() + b"\n")
    return buffer.getvalue()


def _groups(facts: Iterable[FactRecord], numbers: Mapping[str, int]) -> list[list]:
    """Return the facts in groups that have all in common but the term."""
    groups: dict[tuple, list[int]] = defaultdict(list)
    for fact in facts:
        groups[fact.kind, fact.entry, fact.frequency, fact.references, fact.automatic].append(numbers[fact.term])
    return [
        [kind, entry, frequency, list(references), int(automatic), sorted(terms)]
        for (kind, entry, frequency, references, automatic), terms in sorted(groups.items(), key=_order)
    ]


def _order(group: tuple[tuple, list[int]]) -> tuple:
    kind, entry, frequency, references, automatic = group[0]
    return list(FactKind).index(kind), _FREQUENCIES.index(frequency), entry, references, automatic


def _list(rows: Iterable[list]) -> str:
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows) + "\n]"
