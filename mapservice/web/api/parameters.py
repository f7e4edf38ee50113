"""Parameters of the API: each is declared once, from which it is parsed and documented.

Public data involve no person, so values are parsed strictly and never repeated in a response.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from mapservice.errors import BadParameterError
from mapservice.i18n.translation import gettext as _

#: Maximum length of a parameter in characters.
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: its ``schema`` as in OpenAPI, and how its text is parsed.

    ``read`` raises ValueError for an invalid value; ``words`` describe the valid values, in one sentence. A parameter
    that ``repeats`` is required at least once.
    """

    name: str
    words: Any
    schema: Mapping[str, Any]
    read: Callable[[str], Any] = str
    default: Any = None
    repeats: bool = False


def parse_query(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return the parsed parameters of this request, by name.

    :raise BadParameterError: if a parameter is unknown, occurs twice, or is not valid.
    """
    if set(request.args) - {parameter.name for parameter in parameters}:
        raise BadParameterError(_unknown(parameters))
    return {parameter.name: _value(parameter, request.args.getlist(parameter.name)) for parameter in parameters}


def integer_parser(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise ValueError
        return int(text)

    return read


def choice_parser(choices: Sequence[str]) -> Callable[[str], str]:
    """Return a parser of one of several words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return read


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    if parameter.repeats and not texts:
        raise BadParameterError(_("The parameter %(name)s is required.", name=parameter.name))
    if len(texts) > 1 and not parameter.repeats:
        raise BadParameterError(_("The parameter %(name)s can only be given once.", name=parameter.name))
    try:
        values = [_read(parameter, text) for text in texts]
    except ValueError:
        raise BadParameterError(
            _("The parameter %(name)s is not valid. It accepts: %(words)s", name=parameter.name,
              words=parameter.words)
        ) from None  # fmt: skip
    if parameter.repeats:
        return values
    return values[0] if values else parameter.default


def _read(parameter: Parameter, text: str) -> Any:
    if "\0" in text or len(text) > MAX_LENGTH:
        raise ValueError
    return parameter.read(text)


def _unknown(parameters: Sequence[Parameter]) -> str:
    if not parameters:
        return _("This address takes no parameters: remove the query string.")
    names = ", ".join(parameter.name for parameter in parameters)
    return _("This address has an unknown parameter. It accepts: %(names)s.", names=names)
