"""Reading form fields: only declared fields with valid values; anything else is refused and never echoed."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from flask import request
from werkzeug.exceptions import UnprocessableEntity

Choice = TypeVar("Choice", bound=StrEnum)

#: The fields that every form has.
EVERY_FORM = frozenset({"csrf_token", "operation", "version"})


def allow_only(*fields: str) -> None:
    """Refuse a form with undeclared fields, without echoing them.

    :raise UnprocessableEntity: if there is one.
    """
    if set(request.form) - EVERY_FORM - set(fields):
        raise UnprocessableEntity
    _refuse_repeats(request.form.keys())


def allow_only_queries(*fields: str) -> None:
    """Refuse a URL with undeclared query parameters.

    :raise UnprocessableEntity: if there is one.
    """
    if set(request.args) - set(fields):
        raise UnprocessableEntity


def is_sent() -> bool:
    """Return whether a form was sent; a GET or HEAD request changes nothing."""
    return request.method == "POST"


def choice(field: str, of: type[Choice]) -> Choice:
    """Return the chosen value of an enumeration.

    :raise UnprocessableEntity: if the form has no valid value.
    """
    try:
        return of(request.form.get(field, ""))
    except ValueError:
        raise UnprocessableEntity from None


def is_yes(field: str) -> bool:
    """Return what a form says whose one field takes "yes" or "no".

    :raise UnprocessableEntity: if it says something else, or has another field.
    """
    allow_only(field)
    if request.form.get(field) not in {"yes", "no"}:
        raise UnprocessableEntity
    return request.form[field] == "yes"


def _refuse_repeats(fields: Iterable[str]) -> None:
    if any(len(request.form.getlist(field)) > 1 for field in fields):
        raise UnprocessableEntity
