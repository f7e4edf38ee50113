"""The forms and addresses of notifications, as tests of every route send them."""

from sqlalchemy.orm import Session

from mapservice.store.notifications import notifications
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.notifications import NotificationSetting

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {"notifications.edit": {"frequency": "hourly"}, "notifications.switch_off": {}}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "stranger": ["/e-mails/off/made-up", "/e-mails/off/{switch_off}"],
    "member": ["/account/e-mails"],
}


def leave_traces(session: Session, member: Member, _condition: Condition) -> None:
    """Add what the tables of notifications may hold of a member."""
    session.add(NotificationSetting(member_id=member.id, frequency="hourly"))
    notifications.add(session, member.id, "message")
