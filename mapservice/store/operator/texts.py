"""The texts of the operator: the current version of each, and those before it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store.operator import settings
from mapservice.store.tables.operator import ServiceText, TextKind

#: Number of earlier versions that a page lists.
HISTORY = 20


def versions(session: Session, kind: TextKind, language: str) -> Sequence[ServiceText]:
    """Return the latest versions of a text, the current one first."""
    of_text = select(ServiceText).filter_by(kind=kind, language=language).order_by(ServiceText.number.desc())
    return session.scalars(of_text.limit(HISTORY + 1)).all()


def current(session: Session, kind: TextKind, language: str) -> ServiceText | None:
    """Return the current version of a text; None if there never was one."""
    of_text = select(ServiceText).filter_by(kind=kind, language=language).order_by(ServiceText.number.desc())
    return session.scalars(of_text.limit(1)).first()


def get(session: Session, kind: TextKind, language: str, number: int) -> ServiceText | None:
    """Return one version of a text."""
    return session.get(ServiceText, (kind, language, number))


def save(session: Session, kind: TextKind, language: str, source: str) -> int | None:
    """Add a version of a text; return its number, or None if it says the same as the current one."""
    latest = current(session, kind, language)
    if source == (latest.source if latest else ""):
        return None
    number = latest.number + 1 if latest else 1
    session.add(ServiceText(kind=kind, language=language, number=number, source=source))
    session.flush()
    settings.note_change(session)
    return number
