"""Parts of the search: each subject adds the groups of texts that it shows, and answers to what people ask."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from mapservice.i18n.translation import Message
from mapservice.privacy.texts import Reader
from mapservice.questions import QuestionKind
from mapservice.store.search.asked import SearchQuery
from mapservice.store.search.finding import Hit
from mapservice.store.tables import Condition

_GROUPS, _ANSWERS = "search_groups", "search_answers"


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text in the results: its title, its address, and the words in which the reader finds what was asked for.

    ``words`` are exactly what its own page shows this reader; empty where that page warns before it shows them, with
    ``warning``. ``tag`` says what it is; ``question`` is the one that it answers.
    """

    title: Message
    address: str
    words: str
    tag: Message
    condition: Condition
    language: str
    day: dt.date | None = None
    warning: str = ""
    note: Message = ""
    question: QuestionKind | None = None


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """A choice in the filter of the search, and the kinds of texts in it.

    ``show`` returns what the results show of some texts of these kinds; those that the reader cannot read are left out.
    """

    name: str
    label: Message
    kinds: frozenset[str]
    show: Callable[[Sequence[Hit], Reader], Mapping[Hit, FoundText]]


@dataclass(frozen=True, slots=True)
class SearchAnswers:
    """Answers to what people ask.

    ``answer`` returns the variables of ``<folder>/answer.html``, the short answer to a question about a condition.
    ``facts`` returns what sources say with the words asked for, of one condition or of any.
    """

    folder: str
    answer: Callable[[Condition, QuestionKind], Mapping[str, Any]]
    facts: Callable[[SearchQuery, Condition | None, int], Sequence[FoundText]]


def add_group(app: Flask, group: SearchGroup) -> None:
    """Add a group of texts, below those added before."""
    app.extensions.setdefault(_GROUPS, []).append(group)


def add_answers(app: Flask, answers: SearchAnswers) -> None:
    """Add answers, below those added before."""
    app.extensions.setdefault(_ANSWERS, []).append(answers)


def groups() -> Sequence[SearchGroup]:
    """Return all groups of texts."""
    found: list[SearchGroup] = current_app.extensions.get(_GROUPS, [])
    return found


def answers() -> Sequence[SearchAnswers]:
    """Return all that answers questions."""
    found: list[SearchAnswers] = current_app.extensions.get(_ANSWERS, [])
    return found
