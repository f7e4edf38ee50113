"""What members typed for texts and did not publish."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.texts import DRAFTS_FOR, MemberTextKind
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import TextDraft


def save(session: Session, membership: Membership, kind: MemberTextKind, topic: str, typed: str) -> None:
    """Keep what a member typed, in place of what was kept before."""
    key = {"condition_id": membership.condition_id, "member_id": membership.member_id, "kind": kind, "topic": topic}
    said = {"typed": typed, "saved_on": func.current_date()}
    session.execute(insert(TextDraft).values(**key, **said).on_conflict_do_update(index_elements=list(key), set_=said))


def get(session: Session, membership: Membership, kind: MemberTextKind, topic: str) -> str:
    """Return what a member typed and did not publish; empty if nothing is kept."""
    row = session.get(TextDraft, (membership.condition_id, membership.member_id, kind, topic), populate_existing=True)
    return row.typed if row else ""


def list_for_member(session: Session, member: Member) -> Sequence[tuple[TextDraft, Condition]]:
    """Return everything that a member typed and did not publish."""
    statement = select(TextDraft, Condition).join(Condition, Condition.id == TextDraft.condition_id)
    mine = statement.where(TextDraft.member_id == member.id).order_by(Condition.name, TextDraft.kind, TextDraft.topic)
    return [(row[0], row[1]) for row in session.execute(mine)]


def forget(session: Session, membership: Membership, kind: MemberTextKind, topic: str) -> None:
    """Delete what a member typed."""
    mine = TextDraft.condition_id == membership.condition_id, TextDraft.member_id == membership.member_id
    session.execute(delete(TextDraft).where(*mine, TextDraft.kind == kind, TextDraft.topic == topic))


def delete_expired(session: Session, today: dt.date) -> int:
    """Delete drafts that nobody went on with; return how many."""
    expired = delete(TextDraft).where(TextDraft.saved_on <= today - DRAFTS_FOR)
    return session.connection().execute(expired).rowcount
