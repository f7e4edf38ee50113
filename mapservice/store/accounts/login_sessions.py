"""Sessions by the hash of their token, so that a stolen copy of the database opens none."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session, make_transient_to_detached

from mapservice.config import Config
from mapservice.store.accounts import known_devices
from mapservice.store.tables import LoginSession, Member
from mapservice.store.transactions.execution import DATABASE_ONLY, Read

# Precision of the time of the last visit; a write for every page would reveal more and cost more.
SEEN_INTERVAL = dt.timedelta(minutes=1)

#: How long the previous token is still accepted.
ROTATION_GRACE = dt.timedelta(seconds=10)

# The session has a token, or had it until a moment ago.
_IS_UNDER = f"""(
    token_hash = {{0}} or (previous_hash = {{0}} and renewed_at > now() - interval '{ROTATION_GRACE.seconds} seconds')
)"""

_ACCOUNT = tuple(Member.__table__.c.keys())

#: For SQL: the session of %(token_hash)s with its member. Its columns are what :func:`login_of` reads.
LOGIN = f"""
    select token_hash, member_id, data, started_at, seen_at, now(), {", ".join(f"member.{name}" for name in _ACCOUNT)}
    from login_session left join member on member.id = member_id
    where {_IS_UNDER.format("%(token_hash)s")}
"""  # noqa: S608 -- the statement is a constant

#: How many columns these are.
LOGIN_COLUMNS = 6 + len(_ACCOUNT)


@dataclass(frozen=True)
class Lifetime:
    """After how long a session ends: without a visit (idle), and in any case (absolute)."""

    idle: dt.timedelta
    absolute: dt.timedelta


#: The session of a visitor, which holds an open form and nothing about a person.
VISITOR = Lifetime(idle=dt.timedelta(days=1), absolute=dt.timedelta(days=1))
STAFF = Lifetime(idle=dt.timedelta(minutes=20), absolute=dt.timedelta(hours=8))


def member_lifetime(config: Config) -> Lifetime:
    """Return how long a member stays signed in, from the settings."""
    return Lifetime(idle=dt.timedelta(days=config.session_idle_days), absolute=dt.timedelta(days=config.session_days))


def lifetime(member_id: uuid.UUID | None, data: Mapping[str, Any], member: Lifetime) -> Lifetime:
    """Return the lifetime of a session of this kind; ``member`` is the setting for members."""
    if member_id is None:
        return VISITOR
    return STAFF if data.get("staff") else member


@dataclass(frozen=True, slots=True)
class Login:
    """A valid session; ``account`` are the columns of the signed-in member, see :func:`as_member`.

    ``is_use_to_note`` says whether it is time for :func:`note_use`.
    """

    token_hash: bytes
    member_id: uuid.UUID | None
    data: Mapping[str, Any]
    account: Mapping[str, Any] | None
    is_use_to_note: bool


def find(read: Read, token_hash: bytes, *, member: Lifetime) -> Login | None:
    """Return the valid session of a token with its member; None if there is none."""
    rows = read(LOGIN, {"token_hash": token_hash})
    return login_of(rows[0], member=member) if rows else None


def login_of(columns: Sequence[Any], *, member: Lifetime) -> Login | None:
    """Return the session in the columns of ``LOGIN``; None if it has ended."""
    found_hash, member_id, data, started_at, seen_at, now, *account = columns
    limit = lifetime(member_id, data, member)
    if now - seen_at > limit.idle or now - started_at > limit.absolute:
        return None
    of_member = dict(zip(_ACCOUNT, account, strict=True)) if member_id is not None else None
    return Login(found_hash, member_id, data, of_member, is_use_to_note=now - seen_at > SEEN_INTERVAL)


def note_use(session: Session, token_hash: bytes) -> None:
    """Note that a session was used just now."""
    used = update(LoginSession).where(LoginSession.token_hash == token_hash).values(seen_at=func.now())
    session.execute(used, execution_options=DATABASE_ONLY)


def as_member(account: Mapping[str, Any]) -> Member:
    """Return a member as the database session would load it from the values of its columns, in a tenth of the time.

    It is in no database session yet.
    """
    member = Member(**account)
    make_transient_to_detached(member)
    return member


def begin(
    session: Session,
    token_hash: bytes,
    member_id: uuid.UUID | None,
    data: Mapping[str, Any],
) -> None:
    """Store a new session; if it is that of a member, also the day of their sign-in."""
    values = {"token_hash": token_hash, "member_id": member_id, "data": dict(data)}
    session.execute(insert(LoginSession).values(values))
    if member_id is not None:
        is_new = Member.signed_in_on.is_distinct_from(func.current_date())
        signed_in = update(Member).where(Member.id == member_id, is_new).values(signed_in_on=func.current_date())
        session.execute(signed_in, execution_options=DATABASE_ONLY)


def renew(
    session: Session, token_hash: bytes, new_hash: bytes, put: Mapping[str, Any], removed: Sequence[str] = ()
) -> bool:
    """Change a session as :func:`change` does, and replace its token; the previous one is accepted for a short time.

    Return False if the token was already replaced, or the session has ended.
    """
    renewed = update(LoginSession).where(LoginSession.token_hash == token_hash)
    values = {
        "token_hash": new_hash,
        "previous_hash": token_hash,
        "renewed_at": func.now(),
        "data": _data(put, removed),
    }
    return session.connection().execute(renewed.values(values)).rowcount == 1


def change(session: Session, token_hash: bytes, put: Mapping[str, Any], removed: Sequence[str] = ()) -> bool:
    """Set the values in ``put`` and remove the keys in ``removed``; values that another tab has set meanwhile are kept.

    Return False if the session has ended meanwhile.
    """
    is_it = text(_IS_UNDER.format(":token_hash")).bindparams(token_hash=token_hash)
    changed = update(LoginSession).where(is_it).values(data=_data(put, removed))
    return session.connection().execute(changed).rowcount == 1


# The value as it was before: of two at the same moment, the second finds none.
_TAKE = text("""
    with found as (
        select token_hash, data -> :key as value from login_session
        where token_hash = :token_hash and jsonb_exists(data, :key) for update
    )
    update login_session set data = data - :key from found
    where login_session.token_hash = found.token_hash and jsonb_exists(data, :key) returning found.value
""")


def take(session: Session, token_hash: bytes, key: str) -> Any:
    """Remove one value from the data of a session and return it; None if there is none."""
    return session.scalar(_TAKE, {"token_hash": token_hash, "key": key})


def end(session: Session, token_hash: bytes) -> bool:
    """End one session, even if its token was just replaced; return False if it had already ended."""
    is_it = or_(LoginSession.token_hash == token_hash, LoginSession.previous_hash == token_hash)
    return session.connection().execute(delete(LoginSession).where(is_it)).rowcount == 1


def end_all(session: Session, member_id: uuid.UUID, *, but: bytes | None = None) -> None:
    """Sign a member out everywhere, at once, except in the session with the token hash ``but``.

    Without such an exception, all known devices are deleted too.
    """
    ended = delete(LoginSession).where(LoginSession.member_id == member_id)
    if but is not None:
        ended = ended.where(LoginSession.token_hash != but, LoginSession.previous_hash.is_distinct_from(but))
    else:
        known_devices.remove_all(session, member_id)
    session.execute(ended.execution_options(synchronize_session=False))


def end_every(session: Session) -> int:
    """Sign everybody out; return how many sessions there were."""
    return session.connection().execute(delete(LoginSession)).rowcount


def list_for_member(session: Session, member_id: uuid.UUID) -> list[LoginSession]:
    """Return the sessions of a member, last used first."""
    ordered = select(LoginSession).where(LoginSession.member_id == member_id).order_by(LoginSession.seen_at.desc())
    return list(session.scalars(ordered))


def delete_expired(session: Session, *, member: Lifetime) -> int:
    """Delete expired sessions; return how many."""
    is_visitor = LoginSession.member_id.is_(None)
    is_staff = LoginSession.data["staff"].as_boolean().is_(True)
    over = or_(
        and_(is_visitor, _over(VISITOR)),
        and_(is_staff, _over(STAFF)),
        _over(member),
    )
    return session.connection().execute(delete(LoginSession).where(over)).rowcount


def _data(put: Mapping[str, Any], removed: Sequence[str]) -> ColumnElement[Any]:
    remaining = LoginSession.data.op("-")(cast(list(removed), ARRAY(Text)))
    return remaining.op("||")(cast(dict(put), JSONB))


def _over(limit: Lifetime) -> Any:
    return or_(LoginSession.seen_at < func.now() - limit.idle, LoginSession.started_at < func.now() - limit.absolute)
