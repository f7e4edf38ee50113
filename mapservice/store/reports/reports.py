"""Reports: stored encrypted, listed for staff, answered for the reporter, and deleted after a while."""

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.errors import UnknownReportError, UnreadableTextError
from mapservice.keys import load_key
from mapservice.privacy import encryption
from mapservice.privacy.reports import RETENTION, ReportContent, ReportKind, ReportReason, ReportState, key_of
from mapservice.store.blocks import blocks
from mapservice.store.messages import conversations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.messages import ParticipantRow
from mapservice.store.tables.reports import ReportRow
from mapservice.text.marking import marked

#: Instead of what a report carries, if it cannot be decrypted.
UNREADABLE = marked("cannot be decrypted on this machine")


def add(
    session: Session,
    condition_id: int,
    reporter_id: uuid.UUID,
    reported_id: uuid.UUID,
    kind: ReportKind,
    reason: ReportReason,
    content: ReportContent,
    *,
    key: bytes,
    text_id: uuid.UUID | None = None,
) -> None:
    """Store a report, its content encrypted with ``key``."""
    report_id = uuid.uuid4()
    encrypted = encryption.encrypt(key, content.to_bytes(), encryption.report_place(condition_id, report_id))
    people = {"member_id": reporter_id, "reported_id": reported_id}
    session.add(
        ReportRow(
            condition_id=condition_id,
            id=report_id,
            kind=kind,
            reason=reason,
            content=encrypted,
            **people,
            text_id=text_id,
        )
    )
    session.flush()


def read(report: ReportRow, *, key: bytes) -> ReportContent:
    """Return the content of a report.

    :raise UnreadableTextError: if it was encrypted with another key, or belongs to another report.
    """
    place = encryption.report_place(report.condition_id, report.id)
    return ReportContent.from_bytes(encryption.decrypt(key, report.content, place))


def change_key(session: Session, old: Sequence[bytes], new: bytes) -> int:
    """Encrypt all reports that one of the old keys opens with a new key; return how many."""
    changed = 0
    for report in session.scalars(select(ReportRow).with_for_update()):
        place = encryption.report_place(report.condition_id, report.id)
        for key in old:
            with suppress(UnreadableTextError):
                report.content = encryption.encrypt(new, encryption.decrypt(key, report.content, place), place)
                changed += 1
                break
    session.flush()
    return changed


def listed(
    session: Session, moderator: Member, *, is_open: bool, limit: int, offset: int
) -> tuple[int, Sequence[tuple[ReportRow, Condition]]]:
    """Return how many reports are open, or decided, and some of them: the oldest open ones, the newest decided ones.

    Reports about the moderator themselves, and by them, are for other moderators.
    """
    state = ReportRow.state == ReportState.OPEN if is_open else ReportRow.state != ReportState.OPEN
    filters = [state, ReportRow.reported_id != moderator.id, ReportRow.member_id != moderator.id]
    how_many = session.scalar(select(func.count()).select_from(ReportRow).where(*filters)) or 0
    by_time = (ReportRow.made_at, ReportRow.id) if is_open else (ReportRow.decided_on.desc(), ReportRow.id)
    statement = select(ReportRow, Condition).join(Condition, Condition.id == ReportRow.condition_id).where(*filters)
    rows = session.execute(statement.order_by(*by_time).limit(limit).offset(offset))
    return how_many, [(row[0], row[1]) for row in rows]


def get(session: Session, condition: Condition, report_id: uuid.UUID, moderator: Member) -> ReportRow:
    """Return a report that a moderator may decide, locked until the transaction ends.

    :raise UnknownReportError: if there is none, or it is about or by the moderator.
    """
    report = session.get(ReportRow, (condition.id, report_id), with_for_update=True, populate_existing=True)
    if report is None or moderator.id in (report.reported_id, report.member_id):
        raise UnknownReportError
    return report


def decide(session: Session, report: ReportRow, state: ReportState, today: dt.date) -> bool:
    """Store what came of a report; return False if it has been decided before."""
    if report.state != ReportState.OPEN:
        return False
    report.state, report.decided_on = state, today
    session.flush()
    return True


def about(session: Session, member_id: uuid.UUID) -> int:
    """Return how many reports about a member there are."""
    return session.scalar(select(func.count()).select_from(ReportRow).where(ReportRow.reported_id == member_id)) or 0


def conversation_with(session: Session, member: Member, condition: Condition, public_id: str) -> uuid.UUID | None:
    """Return the conversation that a member has with the person of a card, if the other has written in it to them."""
    person = select(Membership.member_id).where(
        Membership.condition_id == condition.id, Membership.public_id == public_id
    )
    other_id = session.scalar(person)
    found = conversations.find_with(session, member, condition, other_id) if other_id else None
    return found.id if found is not None and found.public_id else None


def other_in_conversation(
    session: Session, condition_id: int, conversation_id: uuid.UUID, member: Member
) -> uuid.UUID | None:
    """Return with whom a member has a conversation; None if they are gone."""
    others = select(ParticipantRow.member_id).where(
        ParticipantRow.condition_id == condition_id,
        ParticipantRow.conversation_id == conversation_id,
        ParticipantRow.member_id != member.id,
    )
    return session.scalar(others)


def rows_for_file(session: Session, member: Member, config: Config) -> list[dict[str, Any]]:
    """Return the reports of a member for their own file, with what they sent."""
    key = key_of(load_key(config, "secret_key").hex())
    rows = []
    for report, _condition in list_for_reporter(session, member):
        try:
            sent = read(report, key=key)
            text = "\n".join(f"{excerpt.heading}: {excerpt.text}" for excerpt in sent.excerpts)
            words = {"what_you_sent": text, "your_words": sent.note}
        except UnreadableTextError:
            words = {"what_you_sent": UNREADABLE}
        values = {column.name: getattr(report, column.name) for column in report.__table__.columns}
        rows.append({**{name: value for name, value in values.items() if name != "content"}, **words})
    return rows


def list_for_reporter(session: Session, member: Member) -> Sequence[tuple[ReportRow, Condition]]:
    """Return the reports that a member made, the newest first.

    Those about people who have blocked the member since are left out, as if these had deleted their accounts.
    """
    statement = (
        select(ReportRow, Condition)
        .join(Condition, Condition.id == ReportRow.condition_id)
        .where(ReportRow.member_id == member.id)
        .order_by(ReportRow.made_at.desc(), ReportRow.id)
    )
    made = [(row[0], row[1]) for row in session.execute(statement)]
    gone = {condition.id: blocks.blockers(session, condition.id, member.id) for _report, condition in made}
    return [(report, condition) for report, condition in made if report.reported_id not in gone[condition.id]]


def has_unread_answer(session: Session, member: Member) -> bool:
    """Return whether something came of a report of a member that they have not seen yet."""
    return any(
        report.state != ReportState.OPEN and not report.is_answer_read
        for report, _condition in list_for_reporter(session, member)
    )


def mark_read(session: Session, member: Member) -> None:
    """Note that a member has read what came of their reports."""
    for report, _condition in list_for_reporter(session, member):
        report.is_answer_read = report.state != ReportState.OPEN
    session.flush()


def delete_expired(session: Session, today: dt.date) -> int:
    """Delete the reports that were decided so long ago; return how many."""
    expired = delete(ReportRow).where(ReportRow.decided_on <= today - RETENTION)
    return session.connection().execute(expired).rowcount
