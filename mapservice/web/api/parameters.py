"""What an address of the interface may ask: each parameter is declared once, read from there and described from there.

Nobody is involved in what can be asked for, so values are read strictly and never repeated in an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from mapservice.errors import BadParameterError

#: Letters of a parameter that are read.
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address: its ``schema`` as in OpenAPI, and how its text is read.

    ``read`` raises ValueError for what is none of its values; ``words`` tell what it takes, in one sentence. One that
    ``repeats`` is needed once at least.
    """

    name: str
    words: Any
    schema: Mapping[str, Any]
    read: Callable[[str], Any] = str
    default: Any = None
    repeats: bool = False


def values_of(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """What the address of this request asks for, by the names of the parameters.

    :raise BadParameterError: if it has a parameter that is not among them, one twice, or one that cannot be read.
    """
    if set(request.args) - {each.name for each in parameters}:
        raise BadParameterError(_unknown(parameters))
    return {each.name: _value(each, request.args.getlist(each.name)) for each in parameters}


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise ValueError
        return int(text)

    return read


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of some words."""

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
        found = [_read(parameter, text) for text in texts]
    except ValueError:
        raise BadParameterError(
            _("The parameter %(name)s is not valid. It accepts: %(words)s", name=parameter.name,
              words=parameter.words)
        ) from None  # fmt: skip
    if parameter.repeats:
        return found
    return found[0] if found else parameter.default


def _read(parameter: Parameter, text: str) -> Any:
    if "\0" in text or len(text) > MAX_LENGTH:
        raise ValueError
    return parameter.read(text)


def _unknown(parameters: Sequence[Parameter]) -> str:
    if not parameters:
        return _("This address takes no parameters: remove the query string.")
    names = ", ".join(each.name for each in parameters)
    return _("This address has an unknown parameter. It accepts: %(names)s.", names=names)
