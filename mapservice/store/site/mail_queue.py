"""The queue of outgoing e-mails, and numbers of those that could not be sent."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Mail, MailFailure

# After twelve attempts, about half a day, the links in an e-mail have expired.
MAX_TRIES = 12

#: How long the numbers of failures are kept.
FAILURE_RETENTION = dt.timedelta(days=90)


class Failure(StrEnum):
    """The reason why an e-mail was given up."""

    REFUSED = "refused"
    TRIED = "tried"


def enqueue(
    session: Session, recipient: str, subject: str, body: str, kind: str = "", *, off_url: str | None = None
) -> Mail:
    """Put an e-mail into the queue; it is sent after the commit.

    ``kind`` says what it is about, ``off_url`` switches off e-mails of this kind.
    """
    email = Mail(recipient=recipient, subject=subject, body=body, kind=kind, off_url=off_url)
    session.add(email)
    return email


def next_due(session: Session) -> Mail | None:
    """Return an e-mail that is due, locked by this transaction so that no other process sends it."""
    due = select(Mail).where(Mail.due_at <= func.now()).order_by(Mail.due_at).limit(1)
    return session.scalar(due.with_for_update(skip_locked=True))


def delete_sent(session: Session, email: Mail) -> None:
    """Delete an e-mail that was sent."""
    session.delete(email)


def retry_later(session: Session, email: Mail) -> bool:
    """Schedule another attempt, each time after a longer pause; return True if this was the last one."""
    email.tries += 1
    if email.tries >= MAX_TRIES:
        give_up(session, email, Failure.TRIED)
        return True
    email.due_at = session.scalars(select(func.now())).one() + backoff(email.tries)
    return False


def give_up(session: Session, email: Mail, why: Failure) -> None:
    """Delete an e-mail that cannot be sent, and count it by kind and day, without its recipient."""
    session.delete(email)
    statement = insert(MailFailure).values(day=func.current_date(), kind=email.kind, reason=why, emails=1)
    one_more = {"emails": MailFailure.emails + 1}
    session.execute(statement.on_conflict_do_update(index_elements=["day", "kind", "reason"], set_=one_more))


def backoff(tries: int) -> dt.timedelta:
    """Return how long to wait before the next attempt.

    >>> backoff(1), backoff(20)
    (datetime.timedelta(seconds=10), datetime.timedelta(seconds=3600))
    """
    return dt.timedelta(seconds=min(3600, 10 * 2 ** (tries - 1)))


def waiting(session: Session) -> int:
    """Return the number of e-mails in the queue."""
    return session.scalars(select(func.count()).select_from(Mail)).one()


def retried(session: Session) -> int:
    """Return the number of e-mails that failed at least once and wait for another attempt."""
    return session.scalars(select(func.count()).select_from(Mail).where(Mail.tries > 0)).one()


def failures(session: Session) -> Sequence[MailFailure]:
    """Return how many e-mails could not be sent, by day, kind and reason, the newest first."""
    newest_first = select(MailFailure).order_by(MailFailure.day.desc(), MailFailure.kind, MailFailure.reason)
    return session.scalars(newest_first).all()


def delete_expired_failures(session: Session) -> int:
    """Delete expired numbers of failures; return how many rows."""
    old = delete(MailFailure).where(MailFailure.day < func.current_date() - FAILURE_RETENTION.days)
    return session.connection().execute(old).rowcount


def delete_for(session: Session, recipient: str) -> None:
    """Delete all queued e-mails to an address."""
    session.execute(delete(Mail).where(Mail.recipient == recipient).execution_options(synchronize_session=False))
