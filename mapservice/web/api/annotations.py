"""What a view of the interface takes and gives, noted on the view: the OpenAPI document is made from that alone."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mapservice.web.api import parameters
from mapservice.web.api.parameters import Parameter

View = Callable[..., Any]

#: Statuses that any view may answer with: a parameter that is wrong, too many requests, a fault, no database.
ANY = (400, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Gives:
    """An answer; ``content`` is the schema of each media type, by its name or spelt out."""

    words: Any
    content: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Description:
    """All that is said of a view beside its docstring; ``refuses`` are the statuses that it has of its own."""

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
    """A view that gets the parameters of its address as arguments, read as they are declared, and says what it gives.

    ``names`` are the parts of its path, ``asks`` the parameters behind it; any other is refused.
    """

    def note(view: View) -> View:
        @functools.wraps(view)
        def reading(**path: Any) -> Any:
            return view(**path, **parameters.values_of(asks))

        reading.description = Description(names, asks, gives, refuses)  # type: ignore[attr-defined]
        return reading

    return note


def description_of(view: View) -> Description | None:
    """What is noted on a view."""
    found: Description | None = getattr(view, "description", None)
    return found
