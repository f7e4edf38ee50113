"""Which kinds of something are tried at which places, where each kind at each place would be thousands of pages.

In the check the kinds take turns, so that every place and every kind is tried, and no kind always at the same places.
``python -m bench.combinations`` tries each with each.
"""

import os
from collections.abc import Collection

#: The name of the environment variable with which all of them are tried.
EVERY = "EVERY_COMBINATION"


def is_due(kind: object, kinds: Collection[object], place: int, *, times: int = 1) -> bool:
    """Return whether a kind is tried at the place of a number; so many of the kinds are.

    >>> [is_due("b", "abc", place) for place in range(6)]
    [False, True, False, False, True, False]
    """
    return EVERY in os.environ or (list(kinds).index(kind) - place) % len(kinds) < times
