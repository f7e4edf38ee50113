"""The people whom a viewer can see in a community. Every subject that shows people, or acts on them, asks here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownPersonError
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import shown_to, visible
from mapservice.store.tables import Condition, Membership

__all__ = ["get", "shown_to", "visible"]


def get(session: Session, condition: Condition, public_id: str, viewer: Viewer) -> Membership:
    """Return the membership of a person whom this viewer can see.

    :raise UnknownPersonError: if there is no such person, they are hidden, or one has blocked the other: the same
        answer for all.
    """
    person = session.scalar(select(Membership).where(Membership.public_id == public_id, *visible(condition.id, viewer)))
    if person is None:
        raise UnknownPersonError
    return person
