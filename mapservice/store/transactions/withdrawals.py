"""Withdrawals noted on the session; ``db`` writes them to the withdrawal log around the commit."""

import uuid

from sqlalchemy.orm import Session

from mapservice.withdrawal_log import Kind

_NOTED = "withdrawals"


def note(session: Session, member_id: uuid.UUID, kind: Kind = Kind.WITHDREW) -> None:
    """Note that a member withdraws something in this transaction. Every function that lets them do so calls this.

    Of a conversation that is declined or deleted, and of a text, its own id is noted, not that of a member.
    """
    noted = session.info.setdefault(_NOTED, {})
    noted[member_id] = max(kind, noted.get(member_id, kind), key=lambda candidate: candidate.weight)


def pop(session: Session) -> dict[uuid.UUID, Kind]:
    """Return and clear the withdrawals noted since the last commit or rollback."""
    noted: dict[uuid.UUID, Kind] = session.info.pop(_NOTED, {})
    return noted
