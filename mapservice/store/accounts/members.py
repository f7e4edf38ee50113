"""Accounts: look-up, new password, deletion. The sign_ups module creates them."""

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session, object_session

from mapservice.store.messages import erasure
from mapservice.store.places import homes
from mapservice.store.site import mail_queue
from mapservice.store.tables import EmailChange, Mail, Member, PendingSignUp, random_id
from mapservice.store.texts import public_texts, thanks
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.withdrawal_log import Kind

# Kinds of e-mails sent to an address that a member no longer has, or does not have yet. Source: web/accounts/emails.py.
_ABOUT_CHANGES = ("confirm_email", "email_change_asked", "email_changed")


def by_email(session: Session, email: str) -> Member | None:
    """Return the member with an e-mail address, given in normalised form."""
    return session.scalar(select(Member).where(Member.email == email))


def by_security_stamp(session: Session, stamp: str) -> Member | None:
    """Return the member named by a link in an e-mail; None if the password was changed after the link was sent."""
    return session.scalar(select(Member).where(Member.security_stamp == stamp))


def rename(session: Session, member: Member, pseudonym: str) -> None:
    """Change the name of a member; the previous one counts as withdrawn."""
    if member.pseudonym != pseudonym:
        withdrawals.note(session, member.id)
    member.pseudonym = pseudonym
    public_texts.refresh_member(session, member.id)


def choose_language(member: Member, language: str) -> None:
    """Store the language in which a member wants to read."""
    member.language = language


def lock_unchanged(session: Session, member: Member) -> bool:
    """Lock a member's row; return False if password or address changed since it was read, or it was deleted."""
    stamp = session.scalar(select(Member.security_stamp).where(Member.id == member.id).with_for_update())
    return stamp == member.security_stamp


def set_password(member: Member, password: str) -> None:
    """Set the hash of a new password; links and sessions from before become invalid."""
    session = object_session(member)
    if session is not None:
        withdrawals.note(session, member.id)
    member.password = password
    member.security_stamp = random_id()


def delete_account(session: Session, member: Member) -> None:
    """Delete a member with all their data: location, memberships, counts, consents, queued e-mails."""
    thanks.forget(session, member.id)
    homes.forget_member(session, member)
    erasure.erase_with_account(session, member.id)
    withdrawals.note(session, member.id, Kind.DELETED)
    mail_queue.delete_for(session, member.email)
    _forget_mails_of_changes(session, member)
    session.execute(delete(PendingSignUp).where(PendingSignUp.email == member.email))
    session.execute(delete(Member).where(Member.id == member.id))


def _forget_mails_of_changes(session: Session, member: Member) -> None:
    """Delete queued e-mails about a change of address; other e-mails to those addresses belong to other people."""
    own_changes = select(EmailChange).where(EmailChange.member_id == member.id).subquery()
    addresses = union(select(own_changes.c.old_email), select(own_changes.c.new_email))
    session.execute(
        delete(Mail).where(Mail.recipient.in_(addresses), Mail.kind.in_(_ABOUT_CHANGES)),
        execution_options=DATABASE_ONLY,
    )
