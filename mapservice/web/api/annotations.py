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
class ApiResponse:
    """A response; ``content`` is the schema of each media type, by its name or in full."""

    words: Any
    content: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotation:
    """The annotation of a view; ``errors`` are the error statuses specific to it."""

    path: Sequence[Parameter]
    query: Sequence[Parameter]
    responses: Mapping[int, ApiResponse]
    errors: Sequence[int]


def documented(
    responses: Mapping[int, ApiResponse],
    *,
    path: Sequence[Parameter] = (),
    query: Sequence[Parameter] = (),
    errors: Sequence[int] = (),
) -> Callable[[View], View]:
    """Annotate a view, which gets the parsed parameters of its URL as arguments.

    ``responses`` are by status, ``path`` and ``query`` the parameters in each part of the URL; any other is refused.
    """

    def annotate(view: View) -> View:
        @functools.wraps(view)
        def with_parameters(**path_values: Any) -> Any:
            return view(**path_values, **parameters.parse_query(query))

        with_parameters.annotation = Annotation(path, query, responses, errors)  # type: ignore[attr-defined]
        return with_parameters

    return annotate


def annotation_of(view: View) -> Annotation | None:
    """Return the annotation of a view."""
    annotation: Annotation | None = getattr(view, "annotation", None)
    return annotation
