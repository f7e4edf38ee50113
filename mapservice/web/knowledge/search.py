"""Answers in the results of the search: the short answer to a question, articles, and what sources say."""

from collections.abc import Mapping, Sequence
from typing import Any

from mapservice.db import get_session
from mapservice.i18n.question_words import question, question_html
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.texts import Reader
from mapservice.questions import QuestionKind
from mapservice.store.knowledge import articles, facts, symptom_search
from mapservice.store.knowledge.searching import ARTICLE
from mapservice.store.search.asked import SearchQuery
from mapservice.store.search.finding import Hit
from mapservice.store.tables import Condition
from mapservice.store.tables.articles import ArticleVersion
from mapservice.web.knowledge import question_list, shown_facts
from mapservice.web.knowledge.fact_answers import fact_answers
from mapservice.web.knowledge.shown_articles import public_articles, rendered
from mapservice.web.site.search_parts import FoundText, SearchAnswers, SearchGroup

_TAG, _SYMPTOM = _l("Answer to a question"), _l("Symptom, according to our sources")


def _answer(condition: Condition, kind: QuestionKind) -> Mapping[str, Any]:
    answers, written = fact_answers(condition), public_articles(condition)
    return {
        "heading": question_html(kind, condition.name),
        "address": question_list.address(condition, kind),
        "article": written.get(kind),
        "answer": answers.get(kind),
        "releases": facts.release_days(get_session()),
    }


def _facts(asked: SearchQuery, condition: Condition | None, limit: int) -> Sequence[FoundText]:
    found = symptom_search.with_symptom(get_session(), asked, condition, limit=limit)
    return [_symptom(symptom) for symptom in found]


def _symptom(found: symptom_search.FoundSymptom) -> FoundText:
    term = shown_facts.shown(found.term)
    return FoundText(
        title=question(QuestionKind.SYMPTOMS, found.condition.name),
        address=question_list.address(found.condition, QuestionKind.SYMPTOMS),
        words=f"{term.text} ({term.label})" if term.label else term.text,
        tag=_SYMPTOM,
        condition=found.condition,
        language=term.language,
    )


def _articles(hits: Sequence[Hit], _reader: Reader) -> Mapping[Hit, FoundText]:
    found = {}
    for condition_id in {hit.condition_id for hit in hits}:
        condition = get_session().get_one(Condition, condition_id)
        public = {(version.kind, version.language): version for version in articles.public(get_session(), condition)}
        for hit in hits:
            version = public.get((hit.key, hit.language)) if hit.condition_id == condition_id else None
            if version is not None:
                found[hit] = _article(condition, version)
    return found


def _article(condition: Condition, version: ArticleVersion) -> FoundText:
    parts = (rendered(part).striptags() for part in (version.short, version.body, version.next_steps) if part)
    kind, is_foreign = QuestionKind(version.kind), version.language != get_locale().language
    return FoundText(
        title=question(kind, condition.name),
        address=question_list.address(condition, kind, version.language if is_foreign else None),
        words=" ".join(parts),
        tag=_TAG,
        condition=condition,
        language=version.language,
        day=version.decided_on or version.made_on,
        question=kind,
    )


GROUP = SearchGroup("questions", _l("Answers to questions"), frozenset({ARTICLE}), _articles)

ANSWERS = SearchAnswers("knowledge/search", _answer, _facts)
