"""Appoint and dismiss staff, and delete the second factor of a member who lost it."""

from sqlalchemy.orm import Session

from mapservice.errors import AccountClosedError
from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import login_sessions, second_factors, staff, staff_looks
from mapservice.store.tables import Member


def appoint(session: Session, member: Member, role: str) -> bool:
    """Give a member a staff role and sign them out everywhere; return False if they already had it.

    :raise AccountClosedError: if the account is closed.
    """
    if not member.active:
        raise AccountClosedError
    is_new = staff.appoint(session, member, role)
    if is_new:
        staff_looks.note(session, member.id, LookKind.APPOINTED)
    return is_new


def dismiss(session: Session, member: Member, role: str) -> bool:
    """Remove a staff role from a member and sign them out everywhere; return False if they did not have it."""
    was_one = staff.dismiss(session, member, role)
    if was_one:
        staff_looks.note(session, member.id, LookKind.DISMISSED)
    return was_one


def reset_second_factor(session: Session, member: Member) -> bool:
    """Delete a member's second factor and sign them out everywhere; return False if they had none."""
    had_one = second_factors.remove(session, member)
    if had_one:
        staff_looks.note(session, member.id, LookKind.FACTOR_REMOVED)
    login_sessions.end_all(session, member.id)
    return had_one
