"""Annotations of API views: parameters and responses, from which the OpenAPI document is generated."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mapservice.web.api import parameters
from mapservice.web.api.parameters import Parameter

View = Callable[..., Any]

#: Statuses that any view may return: wrong parameter, too many requests, fault, no database.
ANY = (400, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Gives:
    """A response; ``content`` is the schema of each media type, by its name or in full."""

    words: Any
    content: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Description:
    """The annotation of a view; ``refuses`` are the error statuses specific to it."""

    names: Sequence[Parameter]
    asks: Sequence[Parameter]
    gives: Mapping[int, Gives]
    refuses: Sequence[int]


def described(
    gives: Mapping[int, Gives],
    *,
    names: Sequence[Parameter] = (),
    asks: Sequence[Parameter] = (),
    refuses: Sequence[int] = (),
) -> Callable[[View], View]:
    """Annotate a view, which gets the parsed parameters of its URL as arguments.

    ``gives`` are the responses by status, ``names`` the path parameters, ``asks`` the query parameters; any other is
    refused.
    """

    def note(view: View) -> View:
        @functools.wraps(view)
        def reading(**path: Any) -> Any:
            return view(**path, **parameters.values_of(asks))

        reading.description = Description(names, asks, gives, refuses)  # type: ignore[attr-defined]
        return reading

    return note


def description_of(view: View) -> Description | None:
    """Return the annotation of a view."""
    description: Description | None = getattr(view, "description", None)
    return description
