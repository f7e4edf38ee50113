"""Releases in tests: made with the rights of the owner, as the command makes them, on the test's own connection."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice import embedded
from mapservice.privacy.disclosure import DEFAULT, Profile
from mapservice.store import releases
from mapservice.store.tables import Release

KEY = b"k" * 32


@contextmanager
def as_owner(session: Session) -> Iterator[None]:
    """Lend a session of the pages the rights of the owner of the tables."""
    before = session.scalar(text("select current_user"))
    session.execute(text(f"set role {embedded.OWNER}"))
    try:
        yield
    finally:
        session.execute(text(f"set role {before}"))


def release(session: Session, today: dt.date, *, key: bytes = KEY, profile: Profile = DEFAULT) -> Release:
    """The release of a day, on the session of a test of pages."""
    with as_owner(session):
        made = releases.make(session, today, key=key, profile=profile)
        session.flush()
    return made
