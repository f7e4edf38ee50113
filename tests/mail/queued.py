"""E-mails that wait for the worker, and what is noted of those that failed: what tests of sending share."""

from sqlalchemy import select

from mapservice.store.site import mail_queue
from mapservice.store.tables import Mail


def put(session, number: int = 1, **columns) -> Mail:
    email = Mail(recipient=f"a{number}@example.org", subject="Hello", body="Bonjour à tous\n", **columns)
    session.add(email)
    session.commit()
    return email


def waiting(session) -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail)))


def failures(session) -> list[tuple[str, str, int]]:
    return [(row.kind, row.reason, row.emails) for row in mail_queue.failures(session)]
