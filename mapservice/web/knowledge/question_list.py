"""The list of all questions about a condition: which are answered, and where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.question_words import TITLES
from mapservice.i18n.translation import Message
from mapservice.questions import QuestionKind
from mapservice.store.tables import Condition
from mapservice.web.site import question_sections


@dataclass(frozen=True, slots=True)
class QuestionLink:
    """A question in a list: its short name, its page, whether it has an answer, and what other subjects note."""

    kind: QuestionKind
    title: Message
    address: str
    is_answered: bool
    notes: Sequence[Message]


def question_links(condition: Condition, answered: Collection[QuestionKind]) -> list[QuestionLink]:
    """Return all questions about a condition in their order."""
    notes = question_sections.notes(condition)
    return [
        QuestionLink(kind, TITLES[kind], address(condition, kind), kind in answered, notes[kind])
        for kind in QuestionKind
    ]


def address(condition: Condition, kind: QuestionKind, language: str | None = None) -> str:
    """Return the address of the page of a question; in a language of the site, or in that of this page."""
    values: dict[str, Any] = {"language": language} if language in LANGUAGES else {}
    return url_for("questions.show", slug=condition.slug, question=kind.value, **values)
