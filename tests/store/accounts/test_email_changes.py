"""Two ends of changes of e-mail addresses at the same moment, each on a connection of its own."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from mapservice import db
from mapservice.store.accounts import email_changes, members
from mapservice.store.accounts.email_changes import Confirmation
from mapservice.store.tables import EmailChange, Member
from testing.accounts import new_member


@pytest.fixture
def two(engine):
    """Two members whose rows are real; erased after the test."""
    with db.open_session(engine) as session:
        ids = [new_member(session, f"{uuid.uuid4()}@example.org").id for _ in range(2)]
    yield ids
    with db.transaction(engine) as session:
        for member_id in ids:
            member = session.get(Member, member_id)
            if member is not None:
                members.delete_account(session, member)


def begin(engine, member_id, new_email):
    with db.transaction(engine) as session:
        return email_changes.begin(session, session.get_one(Member, member_id), new_email).id


def confirm(session, change_id):
    change = session.get_one(EmailChange, change_id)
    return email_changes.confirm(session, session.get_one(Member, change.member_id), change)


def email_of(engine, member_id):
    with db.open_session(engine) as session:
        return session.scalar(select(Member.email).where(Member.id == member_id))


@contextmanager
def meanwhile(engine, act, *, seen):
    """What ``act`` returns in a transaction of its own that has read ``seen`` before, and waits for this block."""
    has_read = threading.Event()

    def run():
        with db.transaction(engine) as session:
            seen(session)
            has_read.set()
            return act(session)

    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(run)
        assert has_read.wait(30)
        yield result


def test_of_two_who_confirm_the_same_address_at_once_one_gets_it(engine, two):
    new = f"{uuid.uuid4()}@example.org"
    mine, theirs = (begin(engine, member_id, new) for member_id in two)

    with db.open_session(engine) as session:
        assert confirm(session, mine) is Confirmation.DONE
        session.flush()
        with meanwhile(engine, lambda other: confirm(other, theirs), seen=lambda _: None) as late:
            threading.Event().wait(0.3)
            session.commit()
            assert late.result(30) is Confirmation.TAKEN

    assert email_of(engine, two[0]) == new != email_of(engine, two[1])


def test_freezing_while_it_is_confirmed_undoes_it(engine, two):
    old, change_id = email_of(engine, two[0]), begin(engine, two[0], f"{uuid.uuid4()}@example.org")

    with db.open_session(engine) as session:
        assert confirm(session, change_id) is Confirmation.DONE
        session.flush()

        def freeze(other):
            return email_changes.freeze(other, other.get_one(EmailChange, change_id))

        with meanwhile(engine, freeze, seen=lambda other: other.get_one(EmailChange, change_id)) as late:
            threading.Event().wait(0.3)
            session.commit()
            assert late.result(30) is True

    assert email_of(engine, two[0]) == old


@pytest.mark.parametrize("act", ["confirm", "freeze"])
def test_an_end_while_the_account_is_deleted_finds_nothing_and_does_not_fail(engine, two, act):
    change_id = begin(engine, two[0], f"{uuid.uuid4()}@example.org")

    def end(other):
        change = other.get_one(EmailChange, change_id)
        if act == "freeze":
            return email_changes.freeze(other, change)
        return email_changes.confirm(other, other.get_one(Member, two[0]), change)

    def seen(other):
        other.get_one(EmailChange, change_id)
        other.get_one(Member, two[0])

    with db.open_session(engine) as session:
        members.delete_account(session, session.get_one(Member, two[0]))
        session.flush()
        with meanwhile(engine, end, seen=seen) as late:
            threading.Event().wait(0.3)
            session.commit()
            assert late.result(30) in {False, Confirmation.TOO_LATE}
