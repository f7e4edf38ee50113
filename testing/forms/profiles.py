"""The forms and addresses of profiles, as tests of every route send them."""

from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member
from mapservice.store.tables.profiles import ProfileRow
from testing.accounts import PASSWORD

_FORM = {
    "words": "I would like to talk about work.",
    "words_audience": "condition",
    "languages_audience": "members",
    "speaks_en": "yes",
    "looking_for_audience": "nobody",
    "looks_for_nearby": "yes",
    "duration": "1-5",
    "duration_audience": "condition",
    "password": PASSWORD,
}

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {"profiles.save": _FORM, "profiles.preview": _FORM}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"profiles.save"}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/profile",
        "/conditions/acute-lymphoblastic-leukaemia/profile/preview",
    ]
}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the table of profiles may hold of a member."""
    said = {"words": "I like chess.", "languages": ["en"], "looking_for": ["nearby"], "duration": "1-5"}
    person = {"relationship": "parent", "age_band": "6-11"}
    session.add(ProfileRow(condition_id=condition.id, member_id=member.id, **said, **person))
