"""Staff members, and the logins of the demo."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.store.accounts import login_sessions, members
from mapservice.store.tables import Member, MemberStaffRole, Moderator, SecondFactor, StaffRole
from mapservice.store.transactions import withdrawals

MODERATOR = "moderator"
ADMIN = "admin"

_DESCRIPTIONS = {ADMIN: "Exports released counts, edits the service, and appoints moderators."}

#: Each role of each member.
_ROLES = union_all(
    select(MemberStaffRole.member_id, MemberStaffRole.staff_role.label("role")),
    select(Moderator.member_id, literal(MODERATOR).label("role")),
).subquery()


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
    DemoLogin("demo-parent@example.org", "demo parent waits quietly", "Demo Parent", None),
    DemoLogin("demo-moderator@example.org", "demo moderator reads calmly", "Demo Moderator", MODERATOR),
    DemoLogin("demo-admin@example.org", "demo admin counts carefully", "Demo Admin", ADMIN),
)


def staff_roles(session: Session, member: Member) -> frozenset[str]:
    """Return the staff roles of a member."""
    return frozenset(session.scalars(select(_ROLES.c.role).where(_ROLES.c.member_id == member.id)))


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member with their staff roles; ``has_factor`` says whether they have set up their second factor."""

    member: Member
    roles: tuple[str, ...]
    has_factor: bool


def list_staff(session: Session) -> list[StaffMember]:
    """Return all staff, by name."""
    statement = (
        select(Member, func.array_agg(_ROLES.c.role), SecondFactor.member_id)
        .join(_ROLES, _ROLES.c.member_id == Member.id)
        .outerjoin(SecondFactor, SecondFactor.member_id == Member.id)
        .group_by(Member.id, SecondFactor.member_id)
        .order_by(Member.pseudonym, Member.id)
    )
    return [
        StaffMember(member, tuple(sorted(roles)), factor is not None)
        for member, roles, factor in session.execute(statement)
    ]


def pseudonyms(session: Session, *, but: Member | None = None) -> Sequence[str]:
    """Return the account names of all staff except one member.

    Names that staff use in one condition only are left out: comparing with them would reveal who uses them.
    """
    names = select(Member.pseudonym).where(Member.id.in_(select(_ROLES.c.member_id))).distinct()
    return session.scalars(names if but is None else names.where(Member.id != but.id)).all()


def appoint(session: Session, member: Member, role: str) -> bool:
    """Give a member a staff role, and sign them out everywhere, because stricter sign-in rules apply to staff.

    Return False, without changes, if they had it already.
    """
    if not _add(session, member, role):
        return False
    login_sessions.end_all(session, member.id)
    return True


def dismiss(session: Session, member: Member, role: str) -> bool:
    """Remove a staff role from a member, and sign them out everywhere; their second factor stays.

    Return False, without changes, if they did not have it.
    """
    held = session.get(Moderator, member.id) if role == MODERATOR else session.get(MemberStaffRole, (member.id, role))
    if held is None:
        return False
    withdrawals.note(session, member.id)
    session.delete(held)
    session.flush()
    login_sessions.end_all(session, member.id)
    return True


def _add(session: Session, member: Member, role: str) -> bool:
    """Store a role; return False if the member had it already."""
    if role == MODERATOR:
        added = insert(Moderator).values(member_id=member.id).on_conflict_do_nothing().returning(Moderator.member_id)
        return session.scalar(added) is not None
    described = insert(StaffRole).values(name=role, description=_DESCRIPTIONS[role])
    session.execute(described.on_conflict_do_nothing())
    appointed = insert(MemberStaffRole).values(member_id=member.id, staff_role=role).on_conflict_do_nothing()
    return session.scalar(appointed.returning(MemberStaffRole.member_id)) is not None


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
