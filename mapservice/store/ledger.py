"""The ledger of what was handed out and of what staff looked at; lines are added, and never changed."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mapservice.store.tables import LedgerEntry

#: Who acts where nobody is signed in.
COMMAND_LINE = "command line"

#: How long a line is kept, and how much of a purpose.
KEPT = dt.timedelta(days=3 * 365)
PURPOSE_LENGTH = 300


class Act(StrEnum):
    """What somebody did."""

    EXPORT = "export"
    VIEW = "view"


def note(
    session: Session,
    act: Act,
    actor: str,
    subject: str,
    *,
    release: int | None = None,
    form: str = "",
    purpose: str = "",
) -> None:
    """Add a line, in the transaction of what it is about."""
    line = LedgerEntry(
        act=act, actor=actor, subject=subject, release=release, format=form, purpose=purpose[:PURPOSE_LENGTH]
    )
    session.add(line)
    session.flush()


def lines(session: Session, act: Act, *, limit: int, offset: int) -> tuple[int, Sequence[LedgerEntry]]:
    """How many lines of an act there are, and some of them, the newest first."""
    of_act = LedgerEntry.act == act
    how_many = session.scalar(select(func.count()).select_from(LedgerEntry).where(of_act)) or 0
    statement = (
        select(LedgerEntry).where(of_act).order_by(LedgerEntry.made_at.desc(), LedgerEntry.id).limit(limit)
    ).offset(offset)
    return how_many, session.scalars(statement).all()


def forget_old(session: Session) -> int:
    """Delete the lines whose time is over, as the owner of the tables; how many they were."""
    return session.connection().execute(delete(LedgerEntry).where(LedgerEntry.made_at < func.now() - KEPT)).rowcount
