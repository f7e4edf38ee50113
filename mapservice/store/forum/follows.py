"""Following discussions: which ones a member follows, what is new there, and telling them."""

import uuid

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.texts import MemberTextKind, TextState
from mapservice.store.community import memberships
from mapservice.store.notifications import notifications
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText, ThreadFollow
from mapservice.store.texts import readable
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
    written = select(ThreadFollow.condition_id).join(ForumThread, same).distinct()
    followed = written.where(ThreadFollow.member_id == member.id, ForumThread.numbers > ThreadFollow.seen_number)
    conditions = session.scalars(select(Condition).where(Condition.id.in_(followed))).all()
    return {condition.id: _unseen(session, member, condition) for condition in conditions}


def _unseen(session: Session, member: Member, condition: Condition) -> set[uuid.UUID]:
    viewer = memberships.viewer(session, member, condition)
    mine = ThreadFollow.condition_id == condition.id, ThreadFollow.member_id == member.id
    fresh = (
        *(ThreadFollow.thread_id == MemberText.thread_id, MemberText.number > ThreadFollow.seen_number),
        *(MemberText.kind == MemberTextKind.ANSWER, ~readable.is_own(viewer)),
    )
    statement = readable.joined(select(ThreadFollow.thread_id).distinct(), condition.id).join(ThreadFollow, fresh[0])
    return set(session.scalars(statement.where(*mine, *fresh[1:], *readable.readable(condition.id, viewer))))


def _one(member: Member, condition: Condition, thread_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    mine = ThreadFollow.condition_id == condition.id, ThreadFollow.member_id == member.id
    return (*mine, ThreadFollow.thread_id == thread_id)
