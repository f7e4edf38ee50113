"""Accounts: found, given another password, deleted. They are made by the sign_ups module."""

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session, object_session

from mapservice.store import withdrawals
from mapservice.store.places import homes
from mapservice.store.site import mail_queue
from mapservice.store.tables import EmailChange, Mail, Member, PendingSignUp, random_id
from mapservice.withdrawal_log import Kind

# Kinds of e-mails that go to an address which a member has no longer, or not yet. Source: web/accounts/emails.py.
_ABOUT_CHANGES = ("confirm_email", "email_change_asked", "email_changed")


def by_email(session: Session, email: str) -> Member | None:
    """The member with an e-mail address, which the caller has written in its usual form."""
    return session.scalar(select(Member).where(Member.email == email))


def by_security_stamp(session: Session, stamp: str) -> Member | None:
    """The member whom a link in an e-mail names; None once the password was changed after it was written."""
    return session.scalar(select(Member).where(Member.security_stamp == stamp))


def rename(session: Session, member: Member, pseudonym: str) -> None:
    """Give a member another name; the one before is taken back by it."""
    if member.pseudonym != pseudonym:
        withdrawals.note(session, member.id)
    member.pseudonym = pseudonym


def choose_language(member: Member, language: str) -> None:
    """Keep the language in which a member wants to read."""
    member.language = language


def lock_unchanged(session: Session, member: Member) -> bool:
    """Hold a member's row; False if the password or the address was changed since it was read, or the account ended."""
    stamp = session.scalar(select(Member.security_stamp).where(Member.id == member.id).with_for_update())
    return stamp == member.security_stamp


def set_password(member: Member, password: str) -> None:
    """Give a member a new password (its hash); letters and sessions made before count no more."""
    session = object_session(member)
    if session is not None:
        withdrawals.note(session, member.id)
    member.password = password
    member.security_stamp = random_id()


def delete_account(session: Session, member: Member) -> None:
    """Delete a member with all that they have: location, memberships, counts, consents, e-mails that wait."""
    homes.forget_member(session, member)
    withdrawals.note(session, member.id, Kind.DELETED)
    mail_queue.forget_for(session, member.email)
    _forget_mails_of_changes(session, member)
    session.execute(delete(PendingSignUp).where(PendingSignUp.email == member.email))
    session.execute(delete(Member).where(Member.id == member.id))


def _forget_mails_of_changes(session: Session, member: Member) -> None:
    """Send nothing more about a change of the e-mail address; whatever else waits for those addresses is not ours."""
    mine = select(EmailChange).where(EmailChange.member_id == member.id).subquery()
    addresses = union(select(mine.c.old_email), select(mine.c.new_email))
    session.execute(
        delete(Mail).where(Mail.recipient.in_(addresses), Mail.kind.in_(_ABOUT_CHANGES)),
        execution_options={"synchronize_session": False},
    )
