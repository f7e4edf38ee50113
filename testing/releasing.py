"""Releases in tests: made with the rights of the owner, as the command makes them, on the test's own connection."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from mapservice.hosting import embedded
from mapservice.privacy.disclosure import DEFAULT, Profile
from mapservice.store.figures import releases
from mapservice.store.tables import Condition, Release, ReleasedCount

KEY = b"k" * 32


@contextmanager
def as_owner(session: Session) -> Iterator[None]:
    """Lend a session of the pages the rights of the owner of the tables; after an error a rollback takes them back."""
    before = session.scalar(text("select current_user"))
    session.execute(text(f"set role {embedded.OWNER}"))
    yield
    session.execute(text(f"set role {before}"))


def release(session: Session, today: dt.date, *, key: bytes = KEY, profile: Profile = DEFAULT) -> Release:
    """The release of a day, on the session of a test of pages."""
    with as_owner(session):
        made = releases.make(session, today, key=key, profile=profile)
        session.flush()
    return made


def put_figures(session: Session, condition: Condition, number: int, shown: dict[str, int]) -> Release:
    """A release with figures as they would have come out of the counts; one a week, each made once."""
    made_on = dt.date(2026, 11, 2) + dt.timedelta(weeks=number)
    rows = [{"release": number, "condition_id": condition.id, "place": place, "shown": n} for place, n in shown.items()]
    with as_owner(session):
        made = session.get(Release, number) or Release(number=number, made_on=made_on, profile="default", tree=1)
        session.add(made)
        session.flush()
        if rows:
            session.execute(insert(ReleasedCount), rows)
        session.commit()
    return made
