"""What is done with a database that was put back from a backup, so that the backup undoes nothing."""

import datetime as dt

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from mapservice.errors import SetupError
from mapservice.store.accounts import members, second_factors, staff
from mapservice.store.community import memberships
from mapservice.store.places import homes, zone_counts
from mapservice.store.tables import Base, Consent, EmailChange, Member
from mapservice.withdrawal_log import Kind, WithdrawalLog

#: What ends with a restore, table by table: logins, e-mails that wait, forms that were sent, limits.
EMPTIED = ("login_session", "known_device", "mail", "operation", "allowance", "pending_sign_up")

#: How far the clocks of two machines may differ.
CLOCKS = dt.timedelta(hours=1)

# The latest moment that stands in the database: whatever was committed before it is in the copy.
_LAST = text("""
    select least(now(), greatest(
        (select max(greatest(seen_at, started_at)) from login_session), (select max(done_at) from operation),
        (select max(filled_at) from allowance), (select max(greatest(given_at, revoked_at)) from consent)
    ))
""")

# Noise belongs to the version of a figure. A version that was published after the copy was made must not come again
# with another number of people: the two figures would differ by exactly that. So all go on with numbers never used.
_NEW_VERSIONS = text("""
    update count_bucket set version = greatest(version, (extract(epoch from now()) / 60)::integer)
""")

_OLD_STAMPS = text("update member set security_stamp = gen_random_uuid()::text")

# Base map and loaded files go together; a copy has no rows of the base map.
_NOT_LOADED = text("delete from loaded where subject = 'basemap' and not exists (select from base_feature)")

_COUNTS = text(f"""
    with truth as ({zone_counts.TRUTH})
    select count(*) from (select condition_id, zone_id, audience, role, n from zone_count) as counted
    full join truth using (condition_id, zone_id, audience, role) where counted.n is distinct from truth.n
""")  # noqa: S608 -- the statement is a constant


def last_moment(session: Session) -> dt.datetime:
    """Until when a database knows for sure what happened; long ago if nothing in it says so."""
    return session.scalar(_LAST) or dt.datetime.min.replace(tzinfo=dt.UTC)


def end_all(session: Session) -> None:
    """End all logins, links in e-mails, e-mails that wait; the base map is to be loaded again."""
    for name in EMPTIED:
        session.execute(Base.metadata.tables[name].delete())
    # What was frozen from an old address stays frozen; what waits for its link does not.
    session.execute(delete(EmailChange).where(EmailChange.confirmed_at.is_(None), EmailChange.frozen_at.is_(None)))
    session.execute(_OLD_STAMPS)
    session.execute(_NOT_LOADED)
    session.execute(_NEW_VERSIONS)
    session.expire_all()


def withdraw_again(
    session: Session, log: WithdrawalLog, until: dt.datetime, *, everybody: bool = False
) -> tuple[int, int]:
    """Take back again what members took back since ``until``: how many accounts are deleted, and how many hidden.

    Deleted again is who deleted the account, if that was committed; with ``everybody`` all others come back hidden.
    """
    kinds = _kinds(log, until)
    deleted = hidden = 0
    for member_id in session.scalars(select(Member.id).order_by(Member.id)).all():
        kind = kinds.get(log.mark_of(member_id), Kind.WITHDREW if everybody else None)
        if kind is Kind.DELETED:
            members.delete_account(session, session.get_one(Member, member_id))
            deleted += 1
        elif kind is Kind.WITHDREW:
            hide(session, session.get_one(Member, member_id), until)
            hidden += 1
    return deleted, hidden


def _kinds(log: WithdrawalLog, until: dt.datetime) -> dict[str, Kind]:
    """What is taken back by whom. A deletion that broke off before its end counts as hiding: it may not have been."""
    since = until - CLOCKS if until > dt.datetime.min.replace(tzinfo=dt.UTC) + CLOCKS else until
    found: dict[str, Kind] = {}
    for entry in log.entries(since):
        kind = Kind.DELETED if entry.kind is Kind.DELETED and entry.is_done else Kind.WITHDREW
        if found.get(entry.mark) is not Kind.DELETED:
            found[entry.mark] = kind
    return found


def hide(session: Session, member: Member, since: dt.datetime) -> None:
    """Hide a member everywhere, in every way in which they can have taken something back, until they have looked.

    They are in no map and no count, have no staff role, and choose a new password by e-mail: the one in the backup may
    be one that they changed because somebody knew it.
    """
    for membership in homes.lock(session, member):
        homes.show_to_nobody(session, membership)
        memberships.uncount(session, membership)
    ended = update(Consent).where(
        Consent.member_id == member.id, Consent.kind == memberships.COUNTED, Consent.revoked_at.is_(None)
    )
    session.execute(ended.values(revoked_at=func.now()), execution_options={"synchronize_session": False})
    for role in staff.roles_of(session, member):
        staff.dismiss(session, member, role)
    second_factors.forget(session, member)
    member.password, member.review_since = None, since
    session.flush()


def check_counts(session: Session) -> None:
    """Make sure that the counts of the map are those of the memberships.

    :raise SetupError: if they are not.
    """
    wrong = session.scalars(_COUNTS).one()
    if wrong:
        raise SetupError(f"{wrong} counts of the map differ from the memberships: this backup cannot be used.")
