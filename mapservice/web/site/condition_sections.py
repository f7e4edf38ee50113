"""Sections of the page of one condition: each subject adds its own, and the catalogue renders them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from mapservice.store.tables import Condition

_SECTIONS = "condition_sections"


@dataclass(frozen=True, slots=True)
class ConditionSection:
    """What a subject adds to the page of a condition.

    ``folder`` holds its templates, each of which is optional: ``head.html``, ``lead.html`` below the title,
    ``column.html`` in the text, ``aside.html`` beside it, ``section.html`` below it, ``scripts.html``. ``facts``
    returns their variables; what they show to visitors is part of the version in ``store.across.page_versions``.
    """

    folder: str
    facts: Callable[[Condition], Mapping[str, Any]]


def add(app: Flask, section: ConditionSection) -> None:
    """Add a section to the page of every condition, below those added before."""
    app.extensions.setdefault(_SECTIONS, []).append(section)


def collect(condition: Condition) -> dict[str, Any]:
    """Return the variables for the page of a condition: the folders of all sections in order, and the facts of each."""
    sections: list[ConditionSection] = current_app.extensions.get(_SECTIONS, [])
    facts: dict[str, Any] = {"section_folders": [section.folder for section in sections]}
    for section in sections:
        facts |= section.facts(condition)
    return facts
