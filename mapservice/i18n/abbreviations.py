"""The abbreviation of a condition: what many people type into a search engine."""

from collections.abc import Sequence


def abbreviation(names: Sequence[str]) -> str:
    """Return the abbreviation among the names of a condition; empty if there is none.

    >>> abbreviation(["CF", "mucoviscidosis"]), abbreviation(["endometrioses"])
    ('CF', '')
    """
    return next((name for name in names if name.isalpha() and name.isupper() and 2 <= len(name) <= 5), "")
