"""The forms and addresses of caregivers, as tests of every route send them."""

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.care import (
    MemorialNoticeRow,
    MemorialRow,
    PersonCodeRow,
    SpeakerRow,
    UncountedSpeakerRow,
)
from testing.accounts import PASSWORD

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "care.save": {"relationship": "parent", "age_band": "6-11"},
    "care.invite": {"for_whom": "caregiver"},
    "care.enter": {"code": "0000-0000-0000-0000-0000-0000-00", "same": "yes"},
    "care.answer": {"answer": "stay"},
    "care.end": {},
    "after_death.choose": {"choice": "memory", "remembered": "yes"},
    "after_death.undo": {"password": PASSWORD},
    "after_death.finish": {"sure": "yes"},
    "after_death.withdraw": {},
    "after_death.mark_read": {},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"care.enter", "care.answer"}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/person",
        "/conditions/acute-lymphoblastic-leukaemia/person/after-a-death",
    ]
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {"after_death.finish": "needs a membership that was closed after a death"}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables about caregivers may hold of a member."""
    key = {"condition_id": condition.id, "member_id": member.id}
    session.add(SpeakerRow(**key, entered_hash=member.id.bytes))
    session.add(PersonCodeRow(**key, code_hash=member.id.bytes, for_whom="caregiver"))
    session.add(UncountedSpeakerRow(**key, held_on=dt.date(2026, 1, 1)))
    session.add(MemorialNoticeRow(**key, memorial_id=uuid.uuid4(), due_on=dt.date(2026, 1, 1)))
    final = {"choice": "memory", "country": "DE", "is_final": True, "due_on": dt.date(2026, 2, 1)}
    session.add(MemorialRow(**key, id=uuid.uuid4(), person_id=uuid.uuid4(), closed_on=dt.date(2026, 1, 1), **final))


def meet(session: Session, condition: Condition, other: Member, viewer: Member) -> dict[str, str]:
    """Let two members speak for one person, if both have joined the condition."""
    if all(memberships.find(session, member, condition) for member in (other, viewer)):
        person_id = uuid.uuid4()
        for member in (other, viewer):
            key = {"condition_id": condition.id, "member_id": member.id}
            session.merge(SpeakerRow(**key, person_id=person_id, is_shared=True))
    return {}
