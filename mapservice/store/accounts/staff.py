"""Staff members, and the logins of the demo."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.store.accounts import login_sessions, members, second_factors
from mapservice.store.tables import Member, MemberStaffRole, StaffRole
from mapservice.store.transactions import withdrawals

MODERATOR = "moderator"
ADMIN = "admin"

_DESCRIPTIONS = {
    MODERATOR: "Reads what is held back, and releases or removes it.",
    ADMIN: "Exports released counts, and appoints staff.",
}


@dataclass(frozen=True)
class DemoLogin:
    """A publicly known login; ``role`` is None for an ordinary member."""

    email: str
    password: str
    pseudonym: str
    role: str | None


#: Printed at the start of a demo and in README. They exist only there.
DEMO_LOGINS = (
    DemoLogin("demo-member@example.org", "demo member walks slowly", "Demo Member", None),
    DemoLogin("demo-moderator@example.org", "demo moderator reads calmly", "Demo Moderator", MODERATOR),
    DemoLogin("demo-admin@example.org", "demo admin counts carefully", "Demo Admin", ADMIN),
)


def staff_roles(session: Session, member: Member) -> frozenset[str]:
    """Return the staff roles of a member."""
    statement = select(MemberStaffRole.staff_role).where(MemberStaffRole.member_id == member.id)
    return frozenset(session.scalars(statement))


def pseudonyms(session: Session, *, but: Member | None = None) -> Sequence[str]:
    """Return the account names of all staff except one member.

    Names that staff use in one condition only are left out: comparing with them would reveal who uses them.
    """
    names = select(Member.pseudonym).join(MemberStaffRole, MemberStaffRole.member_id == Member.id).distinct()
    return session.scalars(names if but is None else names.where(Member.id != but.id)).all()


def appoint(session: Session, member: Member, role: str) -> bool:
    """Give a member a staff role, and sign them out everywhere, because stricter sign-in rules apply to staff.

    Return False, without changes, if they had it already.
    """
    described = insert(StaffRole).values(name=role, description=_DESCRIPTIONS[role])
    session.execute(described.on_conflict_do_nothing())
    appointed = insert(MemberStaffRole).values(member_id=member.id, staff_role=role).on_conflict_do_nothing()
    if session.scalar(appointed.returning(MemberStaffRole.member_id)) is None:
        return False
    login_sessions.end_all(session, member.id)
    return True


def dismiss(session: Session, member: Member, role: str) -> bool:
    """Remove a staff role from a member, with the last one also their second factor, and sign them out everywhere.

    Return False, without changes, if they did not have it.
    """
    held = session.get(MemberStaffRole, (member.id, role))
    if held is None:
        return False
    withdrawals.note(session, member.id)
    session.delete(held)
    session.flush()
    if not staff_roles(session, member):
        second_factors.remove(session, member)
    login_sessions.end_all(session, member.id)
    return True


def ensure_demo_logins(session: Session, config: Config) -> dict[str, Member]:
    """Return the members of the demo logins by e-mail, and create those that are missing.

    :raise SetupError: if the service is not a demo.
    """
    if not config.demo or config.production:
        raise SetupError("Logins that everyone knows are for a demo only: set MAPSERVICE_DEMO=yes on a loopback host.")
    return {login.email: _ensure(session, login) for login in DEMO_LOGINS}


def _ensure(session: Session, login: DemoLogin) -> Member:
    member = members.by_email(session, login.email)
    if member is None:
        member = Member(
            email=login.email,
            password=PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1).hash(login.password),
            pseudonym=login.pseudonym,
            confirmed_at=dt.datetime.now(dt.UTC),
            synthetic=True,
        )
        session.add(member)
        session.flush()
    if login.role is not None:
        appoint(session, member, login.role)
    return member
