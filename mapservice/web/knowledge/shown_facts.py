"""The facts about a condition as readers see them: symptoms, inheritance, onset and codes, each with its source."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mapservice.db import get_session
from mapservice.facts import Frequency
from mapservice.i18n.translation import Message, get_locale
from mapservice.store.catalogue import listing
from mapservice.store.knowledge import facts
from mapservice.store.knowledge.facts import SourcedFact, TermNames
from mapservice.store.tables import Condition
from mapservice.store.tables.orphadata import OrphanetGene
from mapservice.text.folding import fold
from mapservice.web.knowledge import words

# Where the references of the sources can be read.
_ADDRESSES = {
    "OMIM": "https://omim.org/entry/",
    "ORPHA": "https://www.orpha.net/en/disease/detail/",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
}


#: Classes of frequency are open until this many symptoms are shown; the others open with a tap.
OPENED = 8


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A term as readers see it: its words in some language, and HPO's own label if that is another one."""

    text: str
    language: str
    label: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference and where it can be read; the address is empty if it is not known."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class FrequencyClass:
    """The symptoms of one class of frequency; ``is_open`` if they are shown at once."""

    title: Message
    range: str
    symptoms: Sequence[ShownTerm]
    is_open: bool


@dataclass(frozen=True, slots=True)
class SymptomSource:
    """The symptoms of one disease of a source."""

    reference: Reference
    name: str
    classes: Sequence[FrequencyClass]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one disease of a source says about inheritance or onset."""

    entry: Reference
    name: str
    references: Sequence[Reference]
    automatic: bool


@dataclass(frozen=True, slots=True)
class ShownGene:
    """A gene with its name, and the diseases of Orphanet that it causes; ``somatic`` if in some cells only."""

    symbol: str
    name: str
    somatic: bool
    statements: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class StatedTerm:
    """A term with its meaning, and all sources that state it."""

    term: ShownTerm
    meaning: Message
    statements: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class ChosenSource:
    """The symptoms that we chose from one page."""

    source: str
    address: str
    seen: dt.date | None
    symptoms: Sequence[ShownTerm]


def shown(term: TermNames, *, plainly: bool = True) -> ShownTerm:
    """Return a term in the reader's language: plain words in English, HPO's official label in Spanish."""
    if get_locale().language == "es" and term.spanish:
        return ShownTerm(term.spanish, "es", term.label)
    name = term.plain if plainly and term.plain and get_locale().language == "en" else term.label
    return ShownTerm(name, "en", "" if name.casefold() == term.label.casefold() else term.label)


def reference(code: str) -> Reference:
    """Return a reference with the address at which it can be read."""
    system, _, number = code.partition(":")
    return Reference(code, f"{_ADDRESSES[system]}{number}" if system in _ADDRESSES else "")


def symptom_sources(condition: Condition, symptoms: Sequence[SourcedFact], *, is_first: bool) -> list[SymptomSource]:
    """Return the symptoms by source: first the disease with the name of the condition, then the one with most.

    A symptom that only repeats the name of the condition is left out.
    """
    by_entry: dict[str, list[SourcedFact]] = defaultdict(list)
    for fact in symptoms:
        if fold(fact.term.label) != fold(condition.name):
            by_entry[fact.entry].append(fact)
    ordered = sorted(by_entry.values(), key=lambda found: (fold(found[0].name) != fold(condition.name), -len(found)))
    return [
        SymptomSource(
            reference(found[0].entry), found[0].name, _classes(found, OPENED if is_first and number == 0 else 0)
        )
        for number, found in enumerate(ordered)
    ]


def _classes(symptoms: Sequence[SourcedFact], opened: int) -> list[FrequencyClass]:
    """Return the symptoms by class, the most frequent first; classes are open until they show some number."""
    by_class: dict[Frequency, list[ShownTerm]] = defaultdict(list)
    for fact in symptoms:
        by_class[fact.frequency].append(shown(fact.term))
    classes, seen = [], 0
    for frequency in (frequency for frequency in Frequency if frequency in by_class):
        terms = sorted(by_class[frequency], key=lambda term: fold(term.text))
        classes.append(FrequencyClass(*words.FREQUENCIES[frequency], terms, is_open=seen < opened))
        seen += len(terms)
    return classes


def chosen_sources(symptoms: Iterable[facts.ChosenSymptom]) -> list[ChosenSource]:
    """Return the symptoms that we chose by the page that names them."""
    by_page: dict[tuple[str, str, dt.date | None], list[ShownTerm]] = defaultdict(list)
    for symptom in symptoms:
        by_page[symptom.row.source, symptom.row.address, symptom.row.seen].append(shown(symptom.term))
    return [ChosenSource(*page, terms) for page, terms in by_page.items()]


def stated_terms(stated: Sequence[SourcedFact], meanings: Mapping[int, Message]) -> list[StatedTerm]:
    """Return each stated term once, with its meaning and all sources that state it."""
    by_term: dict[int, list[SourcedFact]] = defaultdict(list)
    for fact in stated:
        by_term[fact.term.number].append(fact)
    return [
        StatedTerm(shown(found[0].term, plainly=False), meanings.get(number, ""), [_statement(fact) for fact in found])
        for number, found in by_term.items()
    ]


def _statement(fact: SourcedFact) -> Statement:
    others = [reference(code) for code in fact.cited if code != fact.entry]
    return Statement(reference(fact.entry), fact.name, others, fact.automatic)


def hereditary(stated: Sequence[SourcedFact]) -> Message:
    """Return the short answer, from a closed set."""
    terms = {fact.term.number for fact in stated}
    one_gene = [fact for fact in stated if fact.term.number in words.ONE_GENE]
    if one_gene:
        return words.HEREDITARY_UNCHECKED if all(fact.automatic for fact in one_gene) else words.HEREDITARY
    if terms & words.MORE_GENES:
        return words.SEVERAL_GENES
    return words.WITHOUT_FAMILY_HISTORY if terms & words.NO_FAMILY_HISTORY else words.ONLY_THIS


def codes(condition: Condition) -> dict[str, list[str]]:
    """Return all codes by system: those of the catalogue first, then those that Mondo gives."""
    codes = listing.codes(get_session(), condition)
    for row in facts.crosswalk(get_session(), condition):
        codes.setdefault(row.system, []).append(row.code)
    return codes


def genes(stated: Iterable[OrphanetGene]) -> list[ShownGene]:
    """Return the genes in their order, each with all diseases for which it is stated."""
    rows: dict[tuple[str, str, bool], list[Statement]] = defaultdict(list)
    for row in stated:
        cited = [reference(code) for code in row.cited]
        rows[row.symbol, row.name, row.somatic].append(Statement(reference(row.entry), row.disease, cited, False))
    return [ShownGene(*gene, statements) for gene, statements in rows.items()]
