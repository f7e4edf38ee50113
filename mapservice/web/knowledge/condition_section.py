"""The questions on the page of a condition: the short answers of those that have one, and the names of the others."""

from typing import Any

from mapservice.db import get_session
from mapservice.questions import QuestionKind
from mapservice.store.catalogue import listing
from mapservice.store.knowledge import facts
from mapservice.store.tables import Condition
from mapservice.web.knowledge import structured_data
from mapservice.web.knowledge.editable import editable_languages
from mapservice.web.knowledge.fact_answers import fact_answers
from mapservice.web.knowledge.follow_pages import follows
from mapservice.web.knowledge.question_list import question_links
from mapservice.web.knowledge.shown_articles import public_articles
from mapservice.web.site.condition_sections import ConditionSection


def _section(condition: Condition) -> dict[str, Any]:
    session = get_session()
    answers, articles = fact_answers(condition), public_articles(condition)
    answered = [kind for kind in QuestionKind if kind in answers or kind in articles]
    return {
        "answers": answers,
        "articles": articles,
        "questions": question_links(condition, answered),
        "is_followed": follows(condition),
        "editable": editable_languages(condition),
        "releases": facts.release_days(session),
        "canonical": structured_data.canonical(),
        "structured_data": structured_data.medical_page(
            condition,
            condition.name,
            names=listing.synonyms(session, condition),
            codes=listing.codes(session, condition),
            text=condition.summary,
        ),
    }


SECTION = ConditionSection("knowledge/condition", _section)
