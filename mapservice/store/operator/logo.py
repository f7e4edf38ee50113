"""The logo of the service, in each size."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.operator import settings
from mapservice.store.operator.settings import Setting
from mapservice.store.tables.operator import ServicePicture


def save(session: Session, digest: str, pictures: Mapping[int, bytes]) -> None:
    """Store a logo by size and make it the current one. Earlier ones stay: pages kept by a browser still show them."""
    for size, content in pictures.items():
        row = insert(ServicePicture).values(digest=digest, size=size, content=content)
        session.execute(row.on_conflict_do_nothing())
    settings.save(session, Setting.LOGO, digest)


def remove(session: Session) -> None:
    """Have no logo."""
    settings.save(session, Setting.LOGO, "")


def find(session: Session, digest: str, size: int) -> bytes | None:
    """Return a logo in one size."""
    found = select(ServicePicture.content).filter_by(digest=digest, size=size)
    return session.scalar(found)
