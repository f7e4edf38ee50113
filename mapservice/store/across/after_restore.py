"""What is done to a database after it was restored from a backup, so that the restore undoes no withdrawal."""

import datetime as dt

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from mapservice.errors import SetupError
from mapservice.privacy.consents import ConsentKind
from mapservice.store.accounts import members, passkeys, second_factors, staff
from mapservice.store.across.subjects import PLAN
from mapservice.store.care import speakers
from mapservice.store.community import memberships
from mapservice.store.contacts import contacts
from mapservice.store.knowledge import editors
from mapservice.store.messages import message_settings
from mapservice.store.notifications import notifications
from mapservice.store.places import count_rollup, homes
from mapservice.store.profiles import profiles
from mapservice.store.tables import Base, Consent, EmailChange, Member, random_id
from mapservice.store.texts import writing as texts
from mapservice.store.transactions import row_security
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.withdrawal_log import RETENTION, WithdrawalLog

#: Tables emptied by a restore: logins, queued e-mails, submitted forms, rate limits.
EMPTIED = tuple(entry.table for entry in PLAN if not entry.comes_back)

# The latest moment in the database: everything committed before it is in the backup.
_LAST = text("""
    select least(now(), greatest(
        (select max(greatest(seen_at, started_at)) from login_session), (select max(done_at) from operation),
        (select max(filled_at) from allowance), (select max(greatest(given_at, revoked_at)) from consent)
    ))
""")

# Noise belongs to the version of a figure. A version published after the backup was made must not be used again with
# another number of people: the difference of the two figures would be exact. So all buckets skip to new versions.
_NEW_VERSIONS = text("""
    update count_bucket set version = greatest(version, (extract(epoch from now()) / 60)::integer)
""")

_NEW_VERSIONS_OF_REMEMBERED = text("""
    update remembered_bucket set version = greatest(version, (extract(epoch from now()) / 60)::integer)
""")

_OLD_STAMPS = text("update member set security_stamp = gen_random_uuid()::text")

# A backup holds no rows of the base map, which then has to be loaded again.
_NOT_LOADED = text("delete from loaded where subject = 'basemap' and not exists (select from base_feature)")


def last_moment(session: Session) -> dt.datetime:
    """Return the moment until which a database is complete; the earliest possible one if it is unknown."""
    return session.scalar(_LAST) or dt.datetime.min.replace(tzinfo=dt.UTC)


def end_all(session: Session) -> None:
    """End all logins, links in e-mails and queued e-mails; the base map has to be loaded again."""
    for name in EMPTIED:
        session.execute(Base.metadata.tables[name].delete())
    # What was frozen from an old address stays frozen; unconfirmed changes do not.
    session.execute(delete(EmailChange).where(EmailChange.confirmed_at.is_(None), EmailChange.frozen_at.is_(None)))
    session.execute(_OLD_STAMPS)
    session.execute(_NOT_LOADED)
    session.execute(_NEW_VERSIONS)
    session.execute(_NEW_VERSIONS_OF_REMEMBERED)
    session.expire_all()


def hide(session: Session, member: Member, since: dt.datetime) -> None:
    """Hide a member everywhere, withdrawing everything that they may have withdrawn, until they have reviewed it.

    They are on no map and in no count, get no e-mails about news, have no staff role, and choose a new password by
    e-mail: the one in the backup may have been changed because somebody knew it.
    """
    for membership in homes.lock_memberships(session, member):
        homes.show_to_nobody(session, membership)
        memberships.stop_counting(session, membership)
    profiles.hide(session, member.id)
    texts.withdraw_all(session, member.id)
    speakers.separate(session, member.id)
    contacts.end_all(session, member.id)
    message_settings.close(session, member)
    notifications.switch_all_off(session, member.id)
    ended = update(Consent).where(
        Consent.member_id == member.id, Consent.kind == ConsentKind.COUNTED, Consent.revoked_at.is_(None)
    )
    session.execute(ended.values(revoked_at=func.now()), execution_options=DATABASE_ONLY)
    for role in staff.staff_roles(session, member):
        staff.dismiss(session, member, role)
    editors.dismiss_everywhere(session, member)
    second_factors.remove(session, member)
    passkeys.remove_all(session, member)
    member.password, member.review_since = None, since
    session.flush()


def lock(session: Session, member: Member, since: dt.datetime, log: WithdrawalLog) -> None:
    """Hide a member, and make the account unreachable by the address in the backup.

    The member has left that address, and others may read its e-mails: a link to choose a password would give them the
    account. The new address is only in the lost database, so that staff have to restore it.
    """
    hide(session, member, since)
    session.execute(
        delete(EmailChange).where(EmailChange.member_id == member.id),
        execution_options=DATABASE_ONLY,
    )
    member.email, member.locked_on = _locked_address(log, member.email), dt.datetime.now(dt.UTC).date()
    session.flush()


def unlock(session: Session, log: WithdrawalLog, old_email: str, new_email: str) -> bool:
    """Give a locked account its present address; return False if no locked account had the old one."""
    member = members.by_email(session, _locked_address(log, old_email))
    if member is None:
        return False
    member.email, member.locked_on, member.security_stamp = new_email, None, random_id()
    session.flush()
    return True


def delete_locked(session: Session, today: dt.date) -> int:
    """Delete the accounts that have been locked as long as a backup is kept; return how many."""
    locked = session.scalars(select(Member).where(Member.locked_on < today - RETENTION)).all()
    for member in locked:
        with row_security.acting_for(session, member.id):
            members.delete_account(session, member)
    return len(locked)


def _locked_address(log: WithdrawalLog, email: str) -> str:
    """Return the placeholder for an address; it cannot receive e-mail. Source: RFC 2606."""
    return f"{log.address_mark(email)}@locked.invalid"


def check_counts(session: Session) -> None:
    """Check that the counts of the map match the memberships.

    :raise SetupError: if they do not.
    """
    wrong = count_rollup.differences(session)
    if wrong:
        raise SetupError(f"{wrong} counts of the map differ from the memberships: this backup cannot be used.")
