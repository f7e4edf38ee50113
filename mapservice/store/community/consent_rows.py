"""The rows of consents: each wording is stored once, and a member and the moment identify a consent of a kind."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from mapservice.geo.zones import ZoneId
from mapservice.privacy.consents import ConsentKind
from mapservice.store.tables import Consent, ConsentWording

#: Between two consents of one kind that a member gives at the same moment.
STEP = dt.timedelta(microseconds=1)

# An integer of PostgreSQL.
_ID_BYTES = 4

# How far after now a consent may be to have been given at the same moment.
_SAME_MOMENT = dt.timedelta(seconds=1)


def add(
    session: Session,
    member_id: uuid.UUID,
    kind: ConsentKind,
    wording_id: int,
    *,
    condition_id: int | None = None,
    zone_id: ZoneId | None = None,
    expected_people: int | None = None,
) -> None:
    """Store a consent given now, with the id of its wording. The member is new, or their row is locked."""
    place = {"zone_id": zone_id, "expected_people": expected_people}
    row = {"member_id": member_id, "condition_id": condition_id, "kind": kind, "wording_id": wording_id, **place}
    session.execute(insert(Consent).values(given_at=_moment(member_id, kind), **row))


def find_or_store_wording(session: Session, wording: str) -> int:
    """Return the id of a wording, which is stored if no consent was given in these words before."""
    stored = select(ConsentWording.id).where(ConsentWording.wording == wording)
    known = session.scalar(stored)
    candidates = _ids(wording)
    while known is None:
        # Another transaction may store it at the same time: this waits for it, and then finds its row.
        row = {"id": next(candidates), "wording": wording}
        session.execute(postgresql.insert(ConsentWording).values(row).on_conflict_do_nothing())
        known = session.scalar(stored)
    return known


def _ids(wording: str) -> Iterator[int]:
    """Yield the hash of a wording as the id to try first, then others, in case another wording has the same."""
    digest = hashlib.sha256(wording.encode()).digest()
    for at in range(0, len(digest), _ID_BYTES):
        yield int.from_bytes(digest[at : at + _ID_BYTES], signed=True)


def _moment(member_id: uuid.UUID, kind: ConsentKind) -> ColumnElement[dt.datetime]:
    """Return now, or if the member gave a consent of this kind now, the next moment after it."""
    given_now = select(func.max(Consent.given_at)).where(
        Consent.member_id == member_id,
        Consent.kind == kind,
        Consent.given_at.between(func.now(), func.now() + _SAME_MOMENT),
    )
    return func.coalesce(given_now.scalar_subquery() + STEP, func.now())
