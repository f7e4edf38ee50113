"""The forms and addresses of texts, as tests of every route send them."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText, TextDraft, TextThanks
from mapservice.store.texts import public_texts

_STORY = {
    "title": "How it began",
    "first_signs": "Bruises on my legs, and I was always tired.",
    "audience": "condition",
    "language": "en",
}

_EXPERIENCE = {"body": "I eat small meals, five times a day.", "audience": "condition", "language": "en"}

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "tell.publish": _STORY,
    "tell.preview": _STORY,
    "tell.keep": _STORY,
    "tell.forget": {},
    "experience.publish": _EXPERIENCE,
    "experience.preview": _EXPERIENCE,
    "experience.keep": _EXPERIENCE,
    "experience.forget": {},
    "tell.save": _STORY,
    "tell.preview_change": _STORY,
    "own_texts.withdraw": {},
    "own_texts.undo": {},
    "own_texts.erase": {"sure": "yes"},
    "own_texts.thank": {"thanks": "yes"},
    "held_texts.decide": {"decision": "remove", "why": "It sells something."},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"tell.publish", "experience.publish"}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "all_stories.index": ("page", "written_in"),
    "stories.index": ("order", "page"),
    "experience.index": ("order", "page"),
    "held_texts.list_held": ("page",),
    "held_texts.list_removed": ("page",),
    "held_texts.list_contacts": ("page",),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/stories",
        "/conditions/acute-lymphoblastic-leukaemia/stories",
        "/conditions/acute-lymphoblastic-leukaemia/stories/tell",
        "/conditions/acute-lymphoblastic-leukaemia/stories/tell/preview",
        "/conditions/acute-lymphoblastic-leukaemia/questions/diet/experience",
        "/conditions/acute-lymphoblastic-leukaemia/questions/diet/experience/add",
        "/conditions/acute-lymphoblastic-leukaemia/questions/diet/experience/add/preview",
        "/me/texts",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "stories.show": "a text of members, opened by the tests of stories",
    "tell.edit": "the form of tell.write with a text, opened by the tests of stories",
    "tell.preview_change": "the form of tell.preview with a text, opened by the tests of stories",
    "own_texts.erase": "opened by the tests of stories",
    "held_texts.list_held": "for moderators, opened by the tests of held texts",
    "held_texts.list_contacts": "for moderators, opened by the tests of held texts",
    "held_texts.list_removed": "for moderators, opened by the tests of held texts",
    "held_texts.show": "for moderators, opened by the tests of held texts",
}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of texts may hold of a member: a text of theirs, for which they cannot thank themselves."""
    key = {"condition_id": condition.id, "member_id": member.id}
    row = MemberText(**key, kind="story", state="shown", audience="members", language="en", title="T", body="Said")
    other = MemberText(
        condition_id=condition.id, kind="story", state="shown", audience="members", language="en", title="T", body="B"
    )
    session.add_all([row, other])
    session.add(TextDraft(**key, kind="story", topic="", typed="{}"))
    session.flush()
    session.add(TextThanks(condition_id=condition.id, text_id=other.id, member_id=member.id))
    row.audience = "public"
    public_texts.refresh(session, row)


def meet(session: Session, condition: Condition, one: Member, other: Member) -> dict[str, str]:
    """Let the first member tell stories under the name of the profile, and thank for one of the second."""
    texts = {"kind": "story", "state": "shown", "language": "en", "body": "It began in spring."}
    day = dt.date(2026, 1, 5)
    for audience in ("condition", "members"):
        row = MemberText(
            condition_id=condition.id,
            member_id=one.id,
            audience=audience,
            title=f"For {audience}",
            written_on=day,
            **texts,
        )
        session.add(row)
    if session.get(Membership, (condition.id, other.id)) is not None:
        theirs = MemberText(
            condition_id=condition.id, member_id=other.id, audience="members", title="Mine", written_on=day, **texts
        )
        session.add(theirs)
        session.flush()
        session.add(TextThanks(condition_id=condition.id, text_id=theirs.id, member_id=one.id))
    session.flush()
    return {"text_id": str(row.id)}
