"""A code is used once, also when two come at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from mapservice import db
from mapservice.store.accounts import second_factors, staff
from mapservice.store.tables import Member
from testing.appointing import appoint, dismiss

HASHES = [b"one", b"two"]


@pytest.fixture
def holder(session, alice) -> Member:
    second_factors.set_up(session, alice, sealed=b"sealed", step=100, codes=HASHES)
    session.commit()
    return alice


@pytest.mark.parametrize(("step", "passes"), [(99, False), (100, False), (101, True), (None, False)])
def test_only_a_later_step_of_time_passes(session, holder, step, passes):
    assert second_factors.use_step(session, holder, step) is passes
    assert second_factors.use_step(session, holder, step) is False


def test_a_recovery_code_passes_once(session, holder, bob):
    assert second_factors.use_code(session, bob, b"one") is False
    assert second_factors.use_code(session, holder, b"three") is False
    assert [second_factors.use_code(session, holder, b"one") for _ in range(2)] == [True, False]
    assert second_factors.codes_left(session, holder) == 1


def test_new_recovery_codes_end_the_old_ones(session, holder):
    second_factors.replace_codes(session, holder, sealed=b"other", codes=[b"three"])

    assert second_factors.use_code(session, holder, b"one") is False
    assert second_factors.use_code(session, holder, b"three") is True


def test_a_second_one_is_never_set_up_over_the_first(session, holder):
    with pytest.raises(IntegrityError), session.begin_nested():
        second_factors.set_up(session, holder, sealed=b"other", step=1, codes=HASHES)


def test_the_codes_go_with_the_factor(session, holder):
    assert second_factors.remove(session, holder) is True
    assert second_factors.remove(session, holder) is False
    assert second_factors.codes_left(session, holder) == 0


def test_the_factor_stays_when_the_last_role_goes(session, alice):
    for role in (staff.ADMIN, staff.MODERATOR):
        assert appoint(session, alice, role) is True
        assert appoint(session, alice, role) is False
    second_factors.set_up(session, alice, sealed=b"sealed", step=100, codes=HASHES)

    assert dismiss(session, alice, staff.ADMIN) is True
    assert second_factors.codes_left(session, alice) == 2
    assert dismiss(session, alice, staff.MODERATOR) is True
    assert second_factors.codes_left(session, alice) == 2
    assert dismiss(session, alice, staff.MODERATOR) is False


def test_a_wrong_and_a_used_code_are_the_same_work(session, connection, holder):
    """What the database is asked does not depend on why a code does not pass."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.extend([statement] if "second_factor" in statement else [])

    event.listen(connection, "before_cursor_execute", note)
    work = []
    for step in (100, None):
        seen.clear()
        second_factors.use_step(session, holder, step)
        work.append(list(seen))
    event.remove(connection, "before_cursor_execute", note)

    assert work[0] == work[1]
    assert len(work[0]) == 1


@pytest.fixture
def stored_holder(engine):
    """A member whom every connection sees."""
    with db.transaction(engine) as session:
        member = Member(email=f"{uuid.uuid4()}@example.org", pseudonym="Alice")
        session.add(member)
        session.flush()
        second_factors.set_up(session, member, sealed=b"sealed", step=100, codes=HASHES)
    yield member
    with db.transaction(engine) as session:
        session.delete(session.get(Member, member.id))


@pytest.mark.parametrize(("use", "what"), [(second_factors.use_step, 101), (second_factors.use_code, b"one")])
def test_never_passes_twice_of_twenty_tries_at_once(engine, stored_holder, use, what):
    def try_once(_: int) -> bool:
        with db.transaction(engine) as session:
            return use(session, stored_holder, what)

    with ThreadPoolExecutor(8) as threads:
        passed = sum(threads.map(try_once, range(20)))

    assert passed == 1


def test_never_lets_a_page_make_somebody_an_admin(session, alice, dan):
    for statement in (
        "insert into member_staff_role select id, 'admin' from member where pseudonym = 'Alice'",
        "update member_staff_role set staff_role = 'admin'",
        "delete from member_staff_role",
        "insert into staff_role values ('owner', '')",
    ):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.execute(text(statement))
