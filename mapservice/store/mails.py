"""Letters on their way out."""

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mapservice.store.tables import Mail

# After twelve tries, about half a day, the links in a letter are old.
MOST_TRIES = 12


def put(session: Session, recipient: str, subject: str, body: str) -> Mail:
    """Put a letter into the queue; it leaves once the transaction is committed."""
    letter = Mail(recipient=recipient, subject=subject, body=body)
    session.add(letter)
    return letter


def next_due(session: Session) -> Mail | None:
    """A letter whose time has come, held by this transaction so that nobody else sends it."""
    due = select(Mail).where(Mail.due_at <= func.now()).order_by(Mail.due_at).limit(1)
    return session.scalar(due.with_for_update(skip_locked=True))


def sent(session: Session, letter: Mail) -> None:
    """Forget a letter that has left."""
    session.delete(letter)


def failed(session: Session, letter: Mail) -> None:
    """Try a letter again later, each time after a longer while; in the end give it up."""
    letter.tries += 1
    if letter.tries >= MOST_TRIES:
        session.delete(letter)
    else:
        letter.due_at = session.scalars(select(func.now())).one() + backoff(letter.tries)


def backoff(tries: int) -> dt.timedelta:
    """How long to wait before the next try.

    >>> backoff(1), backoff(20)
    (datetime.timedelta(seconds=10), datetime.timedelta(seconds=3600))
    """
    return dt.timedelta(seconds=min(3600, 10 * 2 ** (tries - 1)))


def waiting(session: Session) -> int:
    """How many letters have not left yet."""
    return session.scalars(select(func.count()).select_from(Mail)).one()


def forget_for(session: Session, recipient: str) -> None:
    """Send nothing more to an address."""
    session.execute(delete(Mail).where(Mail.recipient == recipient).execution_options(synchronize_session=False))
