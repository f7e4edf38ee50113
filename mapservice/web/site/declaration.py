"""The declaration that each subject of the web makes in its own folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask

from mapservice.config import Config
from mapservice.web.site.card_actions import CardAction
from mapservice.web.site.condition_sections import ConditionSection
from mapservice.web.site.navigation_entries import NavigationEntry
from mapservice.web.site.question_sections import QuestionSection
from mapservice.web.site.search_parts import SearchAnswers, SearchGroup


def _nothing(_app: Flask, _config: Config) -> None:
    pass


@dataclass(frozen=True, slots=True)
class WebSubject:
    """The pages of one subject.

    ``queries`` are the query parameters of its pages, ``repeated`` those that may occur several times. ``sections``
    are its parts of the page of a condition, ``question_sections`` those of the page of a question, ``card_actions``
    what it adds to the profile card of somebody else. ``navigation`` are its entries in the navigation of members.
    ``search_groups`` are its texts in the results of the search, ``search_answers`` its answers to what people ask.
    ``start`` registers everything else with the app, before any page.
    """

    pages: Sequence[Blueprint]
    queries: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    sections: Sequence[ConditionSection] = ()
    question_sections: Sequence[QuestionSection] = ()
    card_actions: Sequence[CardAction] = ()
    navigation: Sequence[NavigationEntry] = ()
    search_groups: Sequence[SearchGroup] = ()
    search_answers: Sequence[SearchAnswers] = ()
    start: Callable[[Flask, Config], None] = _nothing
