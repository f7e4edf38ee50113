"""An operation sent twice is done once, also when the two come at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from mapservice import db
from mapservice.store.site import operations
from mapservice.store.tables import Mail, Member, Operation
from testing.accounts import post


@pytest.fixture
def stored_member(engine):
    """A member whom every connection sees."""
    with db.transaction(engine) as session:
        member = Member(email=f"{uuid.uuid4()}@example.org", pseudonym="Alice")
        session.add(member)
    yield member
    with db.transaction(engine) as session:
        session.delete(session.get(Member, member.id))


def do(engine, operation: uuid.UUID, member: Member, recipient: str, *, fails: bool = False) -> bool:
    """An effect that can be counted: an e-mail; whether this call had it."""
    with db.transaction(engine) as session:
        if operations.is_done(session, operation, member):
            return False
        session.add(Mail(recipient=recipient, subject="", body=""))
        session.flush()
        if fails:
            raise ConnectionError
        return True


def effects(engine, recipient: str) -> int:
    with db.transaction(engine) as session:
        mails = list(session.scalars(select(Mail).where(Mail.recipient == recipient)))
        for mail in mails:
            session.delete(mail)
        return len(mails)


def test_sixteen_at_once_have_one_effect(engine, stored_member):
    operation, recipient = uuid.uuid4(), f"{uuid.uuid4()}@example.org"

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: do(engine, operation, stored_member, recipient), range(64)))

    assert sum(answers) == 1
    assert effects(engine, recipient) == 1


def test_the_check_can_fail(engine, stored_member):
    recipient = f"{uuid.uuid4()}@example.org"

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: do(engine, uuid.uuid4(), stored_member, recipient), range(16)))

    assert effects(engine, recipient) == 16


def test_what_failed_is_done_by_the_next_try(engine, stored_member):
    operation, recipient = uuid.uuid4(), f"{uuid.uuid4()}@example.org"

    with pytest.raises(ConnectionError):
        do(engine, operation, stored_member, recipient, fails=True)
    do(engine, operation, stored_member, recipient)

    assert effects(engine, recipient) == 1


def test_never_takes_for_done_what_somebody_else_did(session):
    alice = Member(email="alice@example.org", pseudonym="Alice")
    bob = Member(email="bob@example.org", pseudonym="Bob")
    session.add_all([alice, bob])
    session.flush()
    operation = uuid.uuid4()

    assert not operations.is_done(session, operation, alice)

    assert operations.is_done(session, operation, alice)
    assert not operations.is_done(session, operation, bob)


def test_never_keeps_what_was_done(session, as_alice):
    form = {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())}
    post(as_alice, "/conditions/acute-lymphoblastic-leukaemia/join", form)

    assert session.scalars(select(Operation.result)).all() == [{}]


def test_old_operations_are_forgotten(session):
    alice = Member(email="alice@example.org", pseudonym="Alice")
    session.add(alice)
    session.flush()
    session.add(
        Operation(id=uuid.uuid4(), member_id=alice.id, result={}, done_at=func.now() - operations.RETENTION * 2)
    )
    operations.is_done(session, uuid.uuid4(), alice)
    session.flush()

    assert operations.delete_expired(session) == 1
