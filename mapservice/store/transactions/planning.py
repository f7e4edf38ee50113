"""How PostgreSQL is to plan statements, where it expects too much or too little of the rule who can read a text."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

_EARLY_END = text("select set_config('enable_hashjoin', :is_on, true), set_config('enable_sort', :is_on, true)")


@contextmanager
def ending_early(session: Session) -> Iterator[None]:
    """Let statements that look for the first row of each of many lists stop there, instead of reading all of them."""
    session.execute(_EARLY_END, {"is_on": "off"})
    yield
    session.execute(_EARLY_END, {"is_on": "on"})
