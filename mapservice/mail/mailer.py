"""Sends the e-mails in the queue: by SMTP, or in a demo into a folder."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.utils import parseaddr
from ssl import create_default_context
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from mapservice import db, logs
from mapservice.config import Config
from mapservice.mail import outbox
from mapservice.mail.mime import message
from mapservice.store.operator.settings import load
from mapservice.store.site import mail_queue
from mapservice.store.tables import Mail
from mapservice.text.idn import ascii_email

log = structlog.get_logger()
logs.declare("email_failed", "mail_given_up")

# Seconds; below idle_in_transaction_session_timeout, because an e-mail is locked while it is being sent.
_TIMEOUT_S = 10

# E-mails sent in one run, so that the worker gets to its other jobs.
_BATCH_SIZE = 100


class Delivery(Protocol):
    """A function that delivers an e-mail."""

    def __call__(self, email: Mail, sender: str) -> None:
        """Deliver one e-mail, or raise."""


def deliver_due(engine: Engine | Connection, config: Config) -> int:
    """Send the e-mails that are due; return how many were sent.

    An e-mail is deleted in the transaction that locked it: after a crash in between it is sent a second time, with the
    same Message-ID, rather than not at all.
    """
    delivered = 0
    with _open_delivery(config) as carry:
        for _ in range(_BATCH_SIZE):
            with db.transaction(engine) as session:
                email = mail_queue.next_due(session)
                left = None if email is None else _deliver(session, email, carry, config)
            if left is None:
                break
            delivered += left
    return delivered


def _deliver(session: Session, email: Mail, carry: Delivery, config: Config) -> int | None:
    """Send an e-mail; return how many were sent, or None if the mail server is unreachable and the others can wait."""
    if not email.recipient:  # an e-mail to nobody, see web/accounts/emails.py
        mail_queue.delete_sent(session, email)
        return 0
    try:
        carry(email, sender(session, config))
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        _note_failure(session, email, problem)
        return 0 if _is_answer(problem) else None
    mail_queue.delete_sent(session, email)
    return 1


def sender(session: Session, config: Config) -> str:
    """Return the sender of e-mails: that of the settings, with the name of the service unless it has another one.

    A name with a word from the name of a condition would tell what an e-mail is about: it is left out.
    """
    name, address = parseaddr(config.mail_from)
    service = load(session)
    if name or service.neutral or not service.name:
        return config.mail_from
    return str(Address(service.name, addr_spec=ascii_email(address)))


def _note_failure(session: Session, email: Mail, problem: Exception) -> None:
    """Schedule another attempt, or give the e-mail up; of those, only the number is kept."""
    is_refused, tries = _is_permanent(problem), email.tries + 1
    if is_refused:
        mail_queue.give_up(session, email, mail_queue.Failure.REFUSED)
    # The message of the exception may contain the recipient; its class does not.
    if is_refused or mail_queue.retry_later(session, email):
        log.warning("mail_given_up", error=type(problem).__name__, count=tries)
    else:
        log.warning("email_failed", error=type(problem).__name__, count=tries)


def _is_answer(problem: Exception) -> bool:
    """Return whether the mail server answered, or was not contacted, so that the connection can still be used."""
    kinds = smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused | smtplib.SMTPNotSupportedError
    return isinstance(problem, kinds | ValueError)


def _is_permanent(problem: Exception) -> bool:
    """Return whether the e-mail itself or its recipient was refused, so that another attempt cannot succeed.

    A refused sender or login is an error in our settings, which the operator may correct before the last attempt.
    """
    match problem:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            return bool(answers) and all(code >= 500 for code, _text in answers.values())
        case smtplib.SMTPDataError(smtp_code=code):
            return code >= 500
    return isinstance(problem, ValueError | smtplib.SMTPNotSupportedError)


@contextmanager
def _open_delivery(config: Config) -> Iterator[Delivery]:
    """Yield a function that delivers e-mails; its connection is opened for the first of them."""
    if not config.smtp_url:
        yield lambda email, sender: outbox.write(outbox.folder(config), email, sender)
        return
    server: smtplib.SMTP | None = None

    def carry(email: Mail, sender: str) -> None:
        nonlocal server
        mime_message = message(email, sender)
        if server is None:
            server = _connect(config.smtp_url)
        try:
            server.send_message(mime_message)
        except OSError as problem:
            if not _is_answer(problem):
                server.close()
                server = None
            raise

    try:
        yield carry
    finally:
        if server is not None:
            server.close()


def _connect(url: str) -> smtplib.SMTP:
    """Return a connection to the mail server; ``smtp://`` uses STARTTLS unless the server is on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=_TIMEOUT_S, context=create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=_TIMEOUT_S)
        if host not in {"localhost", "127.0.0.1", "::1"}:
            server.starttls(context=create_default_context())
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
