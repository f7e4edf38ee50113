"""What a subject of the web declares of itself, in its own folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask

from mapservice.config import Config
from mapservice.web.site.condition_sections import ConditionSection


def _nothing(_app: Flask, _config: Config) -> None:
    pass


@dataclass(frozen=True, slots=True)
class WebSubject:
    """The pages of one subject.

    ``queries`` are the parameters that addresses of its pages may have, ``repeated`` those of them that may stand there
    several times. ``sections`` are its parts of the page of a condition. ``start`` joins to the app whatever else the
    subject has, before any page is registered.
    """

    pages: Sequence[Blueprint]
    queries: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    sections: Sequence[ConditionSection] = ()
    start: Callable[[Flask, Config], None] = _nothing
