"""Sections of the page of a question about a condition: each subject adds its own below the answer."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from mapservice.i18n.translation import Message
from mapservice.questions import QuestionKind
from mapservice.store.tables import Condition

_SECTIONS = "question_sections"


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """What somebody says about a question that everybody can read, without a name: search engines read it."""

    text: str
    day: dt.date
    language: str
    anchor: str


def _no_answers(_condition: Condition, _kind: QuestionKind) -> Sequence[PublicAnswer]:
    return ()


def _no_notes(_condition: Condition) -> Mapping[QuestionKind, Message]:
    return {}


@dataclass(frozen=True, slots=True)
class QuestionSection:
    """What a subject adds to the page of a question.

    ``folder`` holds its templates, each of which is optional: ``head.html``, ``column.html`` below the answer,
    ``aside.html`` beside it, ``section.html`` below it, ``scripts.html``. ``facts`` returns their variables. ``notes``
    are words beside the questions of a condition wherever they are listed, such as how many experiences there are.
    ``answers`` are what members say on the page of a question to everybody. What all of them show to visitors is part
    of the version in ``store.across.page_versions``.
    """

    folder: str
    facts: Callable[[Condition, QuestionKind], Mapping[str, Any]]
    notes: Callable[[Condition], Mapping[QuestionKind, Message]] = _no_notes
    answers: Callable[[Condition, QuestionKind], Sequence[PublicAnswer]] = _no_answers


def add(app: Flask, section: QuestionSection) -> None:
    """Add a section to the page of every question, below those added before."""
    app.extensions.setdefault(_SECTIONS, []).append(section)


def collect(condition: Condition, kind: QuestionKind) -> dict[str, Any]:
    """Return the variables for the page of a question: the folders of all sections in order, and the facts of each."""
    sections = _all()
    facts: dict[str, Any] = {"section_folders": [section.folder for section in sections]}
    for section in sections:
        facts |= section.facts(condition, kind)
    return facts


def answers(condition: Condition, kind: QuestionKind) -> list[PublicAnswer]:
    """Return what members say about a question to everybody."""
    return [answer for section in _all() for answer in section.answers(condition, kind)]


def notes(condition: Condition) -> dict[QuestionKind, list[Message]]:
    """Return what the sections note beside each question of a condition."""
    noted: dict[QuestionKind, list[Message]] = {kind: [] for kind in QuestionKind}
    for section in _all():
        for kind, words in section.notes(condition).items():
            noted[kind].append(words)
    return noted


def _all() -> list[QuestionSection]:
    sections: list[QuestionSection] = current_app.extensions.get(_SECTIONS, [])
    return sections
