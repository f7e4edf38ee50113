"""Reading a form: only the fields it has, of the kind it says; whatever else comes is refused and never repeated."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from flask import request
from werkzeug.exceptions import UnprocessableEntity

Choice = TypeVar("Choice", bound=StrEnum)

#: The fields that every form carries.
EVERY_FORM = frozenset({"csrf_token", "operation", "version"})


def allow_only(*fields: str) -> None:
    """Refuse a form with fields that the page does not have, without echoing them.

    :raise UnprocessableEntity: if there is one.
    """
    if set(request.form) - EVERY_FORM - set(fields):
        raise UnprocessableEntity
    _refuse_repeats(request.form.keys())


def allow_only_queries(*fields: str) -> None:
    """Refuse an address with parameters that the page does not have.

    :raise UnprocessableEntity: if there is one.
    """
    if set(request.args) - set(fields):
        raise UnprocessableEntity


def is_sent() -> bool:
    """Whether a form was sent: opening a link, or asking for its headers alone, changes nothing."""
    return request.method == "POST"


def choice(field: str, of: type[Choice]) -> Choice:
    """The chosen one of several values.

    :raise UnprocessableEntity: if the form names none of them.
    """
    try:
        return of(request.form.get(field, ""))
    except ValueError:
        raise UnprocessableEntity from None


def is_ticked(field: str) -> bool:
    """Whether a checkbox was ticked."""
    return request.form.get(field) == "yes"


def _refuse_repeats(fields: Iterable[str]) -> None:
    if any(len(request.form.getlist(field)) > 1 for field in fields):
        raise UnprocessableEntity
