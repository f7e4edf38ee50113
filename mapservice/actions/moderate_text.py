"""What moderators decide about a text of a member, entered in the audit log."""

from sqlalchemy.orm import Session

from mapservice.privacy.texts import TextState
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.forum import follows
from mapservice.store.tables import Member
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import held


def approve_text(session: Session, moderator: Member, row: MemberText, *, shows_contacts: bool) -> bool:
    """Show a text to its audience; return False, without changes, if a moderator has approved it already."""
    if row.state == TextState.SHOWN and row.is_checked and row.shows_contacts == shows_contacts:
        return False
    was_held = row.state == TextState.HELD
    held.approve(session, row, shows_contacts=shows_contacts)
    if was_held:
        follows.announce(session, row)
    what = "approved with contact details" if shows_contacts else "approved"
    audit_log.add_entry(session, Act.DECISION, moderator, f"text {what} {row.id}")
    return True


def remove_text(session: Session, moderator: Member, row: MemberText, decision: str) -> bool:
    """Show a text to nobody but its author; return False, without changes, if it was removed already."""
    if row.state == TextState.REMOVED:
        return False
    held.remove(session, row, decision)
    audit_log.add_entry(session, Act.DECISION, moderator, f"text removed {row.id}")
    return True
