"""Following discussions: which ones a member follows, what is new there, and telling them."""

import uuid
from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.texts import MemberTextKind, Reader, TextState
from mapservice.store.notifications import notifications
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText, ThreadFollow
from mapservice.store.texts import readers, reading_rule
from mapservice.store.transactions.execution import DATABASE_ONLY

#: The kind of news that there is a new answer in a discussion that a member follows.
NEWS = "answers"


def follow(session: Session, membership: Membership, thread_id: uuid.UUID) -> None:
    """Let a member follow a discussion from now on; doing it again changes nothing."""
    thread = session.get_one(ForumThread, (membership.condition_id, thread_id), populate_existing=True)
    key = {"condition_id": thread.condition_id, "thread_id": thread.id, "member_id": membership.member_id}
    session.execute(insert(ThreadFollow).values(**key, seen_number=thread.numbers).on_conflict_do_nothing())


def unfollow(session: Session, member: Member, condition: Condition, thread_id: uuid.UUID) -> None:
    """Let a member no longer follow a discussion."""
    session.execute(delete(ThreadFollow).where(*_one(member, condition, thread_id)))


def seen_number(session: Session, member: Member, condition: Condition, thread_id: uuid.UUID) -> int | None:
    """Return up to which answer a member has opened a discussion that they follow; None if they do not follow it."""
    return session.scalar(select(ThreadFollow.seen_number).where(*_one(member, condition, thread_id)))


def note_seen(session: Session, member: Member, condition: Condition, thread_id: uuid.UUID, text_id: uuid.UUID) -> None:
    """Note that a follower has opened the answers up to one of them. Nobody else learns that."""
    of_thread = MemberText.condition_id == condition.id, MemberText.thread_id == thread_id
    number = select(MemberText.number).where(*of_thread, MemberText.id == text_id).scalar_subquery()
    seen = update(ThreadFollow).where(*_one(member, condition, thread_id), ThreadFollow.seen_number < number)
    session.execute(seen.values(seen_number=number), execution_options=DATABASE_ONLY)


def announce(session: Session, row: MemberText) -> None:
    """Note for those who follow a discussion that there is a new answer, once others can read it."""
    if row.kind != MemberTextKind.ANSWER or row.state != TextState.SHOWN:
        return
    followers = select(ThreadFollow.member_id).where(
        ThreadFollow.condition_id == row.condition_id,
        ThreadFollow.thread_id == row.thread_id,
        ThreadFollow.member_id != row.member_id,
    )
    for member_id in session.scalars(followers).all():
        notifications.add(session, member_id, NEWS)


def unseen(session: Session, member: Member) -> int:
    """Return in how many discussions that a member follows they have not opened an answer that they can read."""
    return sum(len(threads) for threads in unseen_threads(session, member).values())


def unseen_threads(session: Session, member: Member) -> dict[int, set[uuid.UUID]]:
    """Return these discussions by condition."""
    # Most of them have no new answer at all: then nothing has to be asked about who can read it.
    same = (ForumThread.condition_id == ThreadFollow.condition_id) & (ForumThread.id == ThreadFollow.thread_id)
    is_newer = ThreadFollow.member_id == member.id, ForumThread.numbers > ThreadFollow.seen_number
    written = select(ThreadFollow.condition_id, ThreadFollow.thread_id).join(ForumThread, same).where(*is_newer)
    if session.scalar(select(written.exists())) is not True:
        return {}
    reader, found = readers.reader(session, member), defaultdict[int, set[uuid.UUID]](set)
    for condition_id, thread_id in session.execute(written.join(_newest_unseen(reader), true())):
        found[condition_id].add(thread_id)
    return found


def _newest_unseen(reader: Reader) -> Any:
    """Return the subquery for one answer in a followed discussion that its follower can read and has not opened.

    As the numbers grow, one text of each discussion is looked for.
    """
    said = select(MemberText.number).where(
        *(MemberText.condition_id == ThreadFollow.condition_id, MemberText.thread_id == ThreadFollow.thread_id),
        *(MemberText.number > ThreadFollow.seen_number, MemberText.kind == MemberTextKind.ANSWER),
        *(~reading_rule.is_own(reader), *reading_rule.readable_everywhere(reader)),
    )
    newest = reading_rule.joined(said, MemberText.condition_id).order_by(MemberText.number.desc()).limit(1)
    return newest.correlate(ThreadFollow).lateral("newest")


def _one(member: Member, condition: Condition, thread_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    mine = ThreadFollow.condition_id == condition.id, ThreadFollow.member_id == member.id
    return (*mine, ThreadFollow.thread_id == thread_id)
