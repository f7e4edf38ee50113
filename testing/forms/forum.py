"""The forms and addresses of the forum, as tests of every route send them."""

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText, ThreadFollow

_THREAD = {
    "title": "How do you sleep with the tablets?",
    "body": "I lie awake until three. What has helped you?",
    "audience": "condition",
    "language": "en",
}

_ANSWER = {"body": "A walk in the evening.", "audience": "condition", "language": "en", "quotes": ""}

_DAY = dt.date(2026, 1, 5)

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "ask.publish": _THREAD,
    "ask.preview": _THREAD,
    "ask.keep": _THREAD,
    "ask.forget": {},
    "answer.publish": _ANSWER,
    "answer.preview": _ANSWER,
    "answer.keep": _ANSWER,
    "answer.forget": {},
    "forum.follow": {"follow": "yes"},
    "forum.seen": {"newest": "00000000-0000-0000-0000-000000000000"},
    "forum.mark": {"helped": "yes"},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"ask.publish", "answer.publish"}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "forum.index": ("order", "page"),
    "forum.show": ("page",),
    "answer.write": ("quote",),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/forum",
        "/conditions/acute-lymphoblastic-leukaemia/forum/ask",
        "/conditions/acute-lymphoblastic-leukaemia/forum/ask/preview",
        "/me/forum",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "forum.show": "a discussion of members, opened by the tests of the forum",
    "forum.find": "leads to the page of an answer",
    "answer.write": "the form of an answer, opened by the tests of the forum",
    "answer.preview": "the form of an answer, opened by the tests of the forum",
}


def begin(
    session: Session, condition: Condition, member: Member | None, title: str, audience: str = "members"
) -> uuid.UUID:
    """Begin a discussion; its id."""
    key, thread_id = {"condition_id": condition.id}, uuid.uuid4()
    session.add(ForumThread(**key, id=thread_id, audience=audience, numbers=2))
    session.flush()
    say(session, condition, member, thread_id, 0, audience, title)
    return thread_id


def say(
    session: Session, condition: Condition, member: Member | None, thread_id: uuid.UUID, number: int,
    audience: str = "members", title: str = "",
) -> MemberText:  # fmt: skip
    """Let a member say something in a discussion: its first text as number 0, then answers."""
    row = MemberText(
        condition_id=condition.id, id=uuid.uuid4() if number else thread_id, member_id=member.id if member else None,
        kind="answer" if number else "thread", state="shown", audience=audience, language="en", title=title,
        body=f"I walk in the evening, {number} times.", written_on=_DAY, thread_id=thread_id, number=number,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of the forum may hold of a member: a discussion that they follow."""
    thread_id = begin(session, condition, None, "Sleep", "members")
    session.add(ThreadFollow(condition_id=condition.id, thread_id=thread_id, member_id=member.id))
    session.flush()


def meet(session: Session, condition: Condition, one: Member, other: Member) -> dict[str, tuple[str, ...]]:
    """Let the first member begin discussions, in which others answer, and answer in one of the second, who follows all
    of them.
    """
    audiences = "condition", "members"
    ids = [begin(session, condition, one, f"Sleep for {audience}", audience) for audience in audiences]
    for thread_id in ids:
        reply = say(session, condition, None, thread_id, 1)
        reply.quotes_id = thread_id
    if session.get(Membership, (condition.id, other.id)) is not None:
        mine = begin(session, condition, other, "My question", "members")
        first = say(session, condition, one, mine, 1)
        reply = say(session, condition, other, mine, 2)
        reply.quotes_id, first.is_helpful = first.id, True
        key = {"condition_id": condition.id, "member_id": other.id}
        session.add_all([ThreadFollow(**key, thread_id=found) for found in (*ids, mine)])
        session.flush()
        ids.append(mine)
    return {"thread_id": tuple(str(thread_id) for thread_id in ids)}
