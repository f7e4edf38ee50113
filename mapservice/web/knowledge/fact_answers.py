"""The first answers to questions that facts from public sources give, in a closed set of sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapservice.db import get_session
from mapservice.facts import FactKind
from mapservice.i18n.translation import Message, format_decimal, get_locale, gettext
from mapservice.questions import QuestionKind
from mapservice.store.knowledge import facts, orphadata
from mapservice.store.knowledge.facts import SourcedFact
from mapservice.store.tables import Condition
from mapservice.web.knowledge import shown_facts, words
from mapservice.web.knowledge.shown_facts import ChosenSource, ShownGene, ShownTerm, SymptomSource

#: Maximum number of symptoms in a short answer; the page of the question has all of them.
FIRST = 6


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """What facts answer to a question: a sentence, the first terms or codes, and the variables of the whole answer.

    The whole answer is rendered by ``templates/knowledge/facts/<kind>.html``.
    """

    kind: QuestionKind
    text: Message
    terms: Sequence[ShownTerm] = ()
    codes: Sequence[str] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def fact_answers(condition: Condition) -> dict[QuestionKind, FactAnswer]:
    """Return the answers that the facts about a condition give, by question."""
    session = get_session()
    stated = facts.facts(session, condition)
    of_kind = {kind: [fact for fact in stated if fact.kind is kind] for kind in FactKind}
    chosen = shown_facts.chosen_sources(facts.chosen_symptoms(session, condition))
    derived = shown_facts.symptom_sources(condition, of_kind[FactKind.SYMPTOM], is_first=not chosen)
    found = (
        _symptoms(chosen, derived),
        _hereditary(of_kind[FactKind.INHERITANCE]),
        _onset(of_kind[FactKind.ONSET]),
        _genes(shown_facts.genes(orphadata.genes(session, condition))),
        _common(condition, facts.prevalence_source(session, condition)),
        _codes(shown_facts.codes(condition)),
    )
    return {answer.kind: answer for answer in found if answer}


def _symptoms(chosen: Sequence[ChosenSource], derived: Sequence[SymptomSource]) -> FactAnswer | None:
    """Return the first symptoms: those that we chose, otherwise the most frequent ones of the first source."""
    terms = [term for source in chosen for term in source.symptoms]
    if not terms and derived:
        terms = [term for of_class in derived[0].classes for term in of_class.symptoms]
    if not terms:
        return None
    is_all = len(terms) <= FIRST and len(chosen) + len(derived) == 1
    return FactAnswer(
        QuestionKind.SYMPTOMS,
        words.THESE_SYMPTOMS if is_all else words.AMONG_OTHERS,
        terms[:FIRST],
        details={"chosen_sources": chosen, "symptom_sources": derived},
    )


def _hereditary(stated: Sequence[SourcedFact]) -> FactAnswer | None:
    if not stated:
        return None
    terms = shown_facts.stated_terms(stated, words.INHERITANCE)
    text = shown_facts.hereditary(stated)
    return FactAnswer(
        QuestionKind.HEREDITARY, text, [stated_term.term for stated_term in terms], details={"inheritance": terms}
    )


def _onset(stated: Sequence[SourcedFact]) -> FactAnswer | None:
    if not stated:
        return None
    terms = shown_facts.stated_terms(stated, words.ONSETS)
    ages = [
        replace(one.term, text=str(one.meaning), language=get_locale().language, label=one.term.text)
        if one.meaning
        else one.term
        for one in terms
    ]
    return FactAnswer(QuestionKind.ONSET, words.STARTED, ages, details={"onset": terms})


def _genes(found: Sequence[ShownGene]) -> FactAnswer | None:
    """Return the genes that are stated to cause the condition, if the operator loaded Orphanet's file of them."""
    if not found:
        return None
    symbols = list(dict.fromkeys(gene.symbol for gene in found))
    return FactAnswer(QuestionKind.CAUSES, words.GENES, codes=symbols[:FIRST], details={"genes": found})


def _common(condition: Condition, source: str) -> FactAnswer | None:
    """Return the order of magnitude with which the service calculates, where the catalogue names its source."""
    if condition.prevalence is None or not source:
        return None
    text = gettext(words.HOW_COMMON, number=format_decimal(condition.prevalence))
    return FactAnswer(QuestionKind.COMMON, text, details={"prevalence_source": source})


def _codes(codes: Mapping[str, Sequence[str]]) -> FactAnswer | None:
    if not codes:
        return None
    first = [f"{system} {', '.join(numbers)}" for system, numbers in codes.items()]
    return FactAnswer(QuestionKind.CODES, words.IN_LETTERS, codes=first, details={"all_codes": codes})
