"""The copies for everybody are what the rule says of a stranger, after everything that can change it."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from mapservice.i18n.dates import today
from mapservice.moderation.rules import HoldReason
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.privacy.visibility import Role, Viewer
from mapservice.store.accounts import members, minors
from mapservice.store.community import memberships
from mapservice.store.reports import suspensions
from mapservice.store.tables import Membership
from mapservice.store.tables.texts import MemberText, PublicText
from mapservice.store.texts import held, public_texts, readable, writing
from mapservice.store.texts.writing import NewText

WORDS = Words("How it began", body="It began in spring.")

SHOWN = {("Bob", "How it began")}


def text(audience: TextAudience = TextAudience.PUBLIC) -> NewText:
    return NewText(MemberTextKind.STORY, WORDS, audience, "en")


@pytest.fixture
def mine(session, bob, condition) -> Membership:
    return memberships.get(session, bob, condition)


@pytest.fixture
def row(session, mine) -> MemberText:
    return writing.add(session, mine, text(), (), today())


def copies(session, condition) -> set[tuple[str | None, str]]:
    """The names and titles of the copies; they are what the rule gives a stranger."""
    session.flush()
    session.expire_all()
    rows = session.scalars(select(PublicText)).all()
    by_rule = readable.of(session, condition.id, Viewer(), MemberText.condition_id == condition.id)
    assert {(one.id, one.name, one.words) for one in rows} == {(one.row.id, one.name, one.row.words) for one in by_rule}
    return {(one.name, one.title) for one in rows}


#: What takes a text away from visitors.
ACTS: dict[str, Any] = {
    "withdrawn": lambda session, _bob, _mine, row: writing.withdraw(session, row, today()),
    "for members": lambda session, _bob, _mine, row: writing.change(session, row, text(TextAudience.MEMBERS), ()),
    "held after a change": lambda session, _bob, _mine, row: writing.change(session, row, text(), (HoldReason.HEALER,)),
    "held": lambda session, _bob, _mine, row: writing.hold(session, row, (HoldReason.HEALER,)),
    "removed": lambda session, _bob, _mine, row: held.remove(session, row, "It sells."),
    "deleted": lambda session, _bob, _mine, row: writing.erase(session, row),
    "suspended": lambda session, bob, _mine, _row: suspensions.suspend(session, bob),
    "under 18": lambda session, bob, _mine, _row: minors.protect(session, bob, dt.date(2099, 1, 1), today=today()),
    "left": lambda session, _bob, mine, _row: memberships.leave(session, mine),
    "restored": lambda session, bob, _mine, _row: writing.withdraw_all(session, bob.id),
    "noted in the log": lambda session, _bob, _mine, _row: writing.repeat(session, lambda _id: True),
    "account deleted": lambda session, bob, _mine, _row: members.delete_account(session, bob),
}


@pytest.mark.parametrize("name", ACTS)
def test_never_leaves_a_copy_that_visitors_must_not_read(session, bob, condition, mine, row, name):
    assert copies(session, condition) == SHOWN

    ACTS[name](session, bob, mine, row)

    assert copies(session, condition) == set()


def test_a_representative_of_a_minor_has_no_public_text(session, bob, condition, mine, row):
    memberships.join(session, bob, condition, Role.CAREGIVER, pseudonym="Parent", for_minor=True)
    assert copies(session, condition) == set()


def test_a_copy_comes_back_and_follows_the_name(session, bob, condition, mine, row):
    writing.withdraw(session, row, today())
    writing.undo_withdrawal(session, row)
    assert copies(session, condition) == SHOWN
    members.rename(session, bob, "Robert")
    assert copies(session, condition) == {("Robert", "How it began")}
    memberships.join(session, bob, condition, Role.PERSON, pseudonym="Night Owl", for_minor=False)
    assert copies(session, condition) == {("Night Owl", "How it began")}
    suspensions.suspend(session, bob)
    suspensions.lift(session, bob)
    assert copies(session, condition) == {("Night Owl", "How it began")}


def test_never_copies_what_is_for_members(session, condition, mine):
    for audience in (TextAudience.CONDITION, TextAudience.MEMBERS):
        writing.add(session, mine, text(audience), (), today())
    assert copies(session, condition) == set()
    assert public_texts.listed(session, condition, MemberTextKind.STORY, limit=9) == (0, [])


def test_never_leaves_the_discussion_of_a_minor_public(session, bob, condition, mine):
    first = writing.add(session, mine, NewText(MemberTextKind.THREAD, WORDS, TextAudience.PUBLIC, "en"), (), today())
    said = NewText(MemberTextKind.ANSWER, Words(body="In autumn."), TextAudience.PUBLIC, "en", thread_id=first.id)
    answer = writing.add(session, mine, said, (), today())
    answer.member_id = None
    public_texts.refresh(session, answer)
    assert copies(session, condition) == {*SHOWN, (None, "")}

    memberships.join(session, bob, condition, Role.CAREGIVER, pseudonym="Parent", for_minor=True)
    assert copies(session, condition) == set()
    memberships.leave(session, mine)
    assert copies(session, condition) == set()
