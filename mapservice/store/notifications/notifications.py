"""News that waits for members, and how often they want e-mail notifications."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.notifications import NotificationFrequency, NotificationReader, due_at
from mapservice.store.tables import LoginSession, Member, random_id
from mapservice.store.tables.notifications import NotificationSetting, PendingNotification
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY


def add(session: Session, member_id: uuid.UUID, kind: str) -> None:
    """Note that there is news of a kind for a member, in the transaction that makes it."""
    news = insert(PendingNotification).values(member_id=member_id, kind=kind)
    session.execute(news.on_conflict_do_nothing(), execution_options=DATABASE_ONLY)


def next_due(session: Session) -> Member | None:
    """Return a member for whom news may be due, locked by this transaction so that no other process tells them too."""
    due = select(PendingNotification.member_id).where(PendingNotification.due_at <= func.now())
    waiting = select(Member).where(Member.id.in_(due)).limit(1)
    return session.scalar(waiting.with_for_update(skip_locked=True, key_share=True))


def kinds_due(session: Session, member: Member) -> Sequence[str]:
    """Return the kinds of news of which a member may be told now, in one e-mail, and take them off the list.

    News that must wait is put off, and news of which they must not be told at all is taken off the list too.
    """
    now = session.scalars(select(func.now())).one()
    mine = PendingNotification.member_id == member.id
    since = session.scalars(select(func.min(PendingNotification.since)).where(mine)).one()
    if since is None:
        return []
    at = due_at(_reader(session, member), since, now) if can_sign_in(member) else None
    if at is not None and at > now:
        session.execute(update(PendingNotification).where(mine).values(due_at=at), execution_options=DATABASE_ONLY)
        return []
    taken = delete(PendingNotification).where(mine).returning(PendingNotification.kind)
    kinds = session.scalars(taken, execution_options=DATABASE_ONLY).all()
    return kinds if at is not None else []


def note_mailed(session: Session, member: Member) -> str:
    """Note that a member is told now; return the token of the link that switches these e-mails off."""
    setting = _setting(session, member)
    setting.mailed_at = session.scalars(select(func.now())).one()
    session.flush()
    return setting.off_token


def frequency(session: Session, member: Member) -> NotificationFrequency:
    """Return how often a member wants e-mail notifications."""
    setting = session.get(NotificationSetting, member.id)
    return NotificationFrequency(setting.frequency) if setting else NotificationFrequency.DAILY


def choose(session: Session, member: Member, chosen: NotificationFrequency) -> None:
    """Store how often a member wants e-mail notifications.

    If e-mails are switched on again, older links switch nothing off.
    """
    setting = _setting(session, member)
    if setting.frequency == NotificationFrequency.NEVER != chosen:
        setting.off_token = random_id()
    setting.frequency = chosen
    if chosen is NotificationFrequency.NEVER:
        _switch_off(session, member.id)
    else:
        soon = update(PendingNotification).where(PendingNotification.member_id == member.id).values(due_at=func.now())
        session.execute(soon, execution_options=DATABASE_ONLY)


def is_off_token(session: Session, token: str) -> bool:
    """Return whether a token can switch e-mails off, which it can do more than once."""
    return session.scalar(select(NotificationSetting.member_id).filter_by(off_token=token)) is not None


def switch_off(session: Session, token: str) -> bool:
    """Switch the e-mails off to which a token belongs; return False if it belongs to none."""
    setting = session.scalar(select(NotificationSetting).filter_by(off_token=token).with_for_update())
    if setting is None:
        return False
    setting.frequency = NotificationFrequency.NEVER
    _switch_off(session, setting.member_id)
    return True


def switch_all_off(session: Session, member_id: uuid.UUID) -> None:
    """Switch the e-mails of a member off after a restore, because they may have done so since the backup."""
    values = {"member_id": member_id, "frequency": NotificationFrequency.NEVER, "off_token": random_id()}
    off = insert(NotificationSetting).values(values)
    off = off.on_conflict_do_update(index_elements=["member_id"], set_={"frequency": NotificationFrequency.NEVER})
    session.execute(off, execution_options=DATABASE_ONLY)


def can_sign_in(member: Member) -> bool:
    """Return whether a member could read the news: invented people of the demo cannot."""
    return member.active and not (member.synthetic and member.password is None)


def _switch_off(session: Session, member_id: uuid.UUID) -> None:
    withdrawals.note(session, member_id)
    session.flush()
    session.execute(
        delete(PendingNotification).where(PendingNotification.member_id == member_id), execution_options=DATABASE_ONLY
    )


def _setting(session: Session, member: Member) -> NotificationSetting:
    """Return the setting of a member, locked; the first time it is stored."""
    first = insert(NotificationSetting).values(
        member_id=member.id, frequency=NotificationFrequency.DAILY, off_token=random_id()
    )
    session.execute(first.on_conflict_do_nothing(), execution_options=DATABASE_ONLY)
    return session.scalars(
        select(NotificationSetting)
        .where(NotificationSetting.member_id == member.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _reader(session: Session, member: Member) -> NotificationReader:
    setting = session.get(NotificationSetting, member.id)
    used = session.scalar(select(func.max(LoginSession.seen_at)).where(LoginSession.member_id == member.id))
    signed_in = dt.datetime.combine(member.signed_in_on, dt.time(), dt.UTC) if member.signed_in_on else None
    seen_at = max(moment for moment in (used, signed_in, member.confirmed_at) if moment is not None)
    if setting is None:
        return NotificationReader(NotificationFrequency.DAILY, None, seen_at)
    return NotificationReader(NotificationFrequency(setting.frequency), setting.mailed_at, seen_at)
