"""What somebody reads whose account is suspended, and that a backup from before keeps the suspension."""

import datetime as dt

import pytest

from mapservice.store.across import repeated_withdrawals
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from mapservice.web.accounts import passwords
from mapservice.withdrawal_log import Kind, WithdrawalLog
from testing.accounts import PASSWORD, fill_in


@pytest.fixture
def suspended(app, session, bob) -> Member:
    with app.app_context():
        bob.password = passwords.hashed(PASSWORD)
    suspensions.suspend(session, bob)
    session.commit()
    return bob


def test_the_owner_of_a_suspended_account_reads_why_they_cannot_sign_in_and_whom_to_write_to(client, config, suspended):
    answer = fill_in(client, "/sign-in", email=suspended.email, password=PASSWORD)

    assert "Your account is suspended." in answer.text
    assert config.contact in answer.text
    assert client.get("/me").status_code == 303


def test_never_tells_anybody_else_that_an_account_is_suspended(client, suspended):
    wrong, unknown = (
        fill_in(client, "/sign-in", email=email, password="four wrong words today").text
        for email in (suspended.email, "nobody@example.org")
    )

    assert "Wrong e-mail address or password." in wrong
    assert "suspended" not in wrong
    assert "Wrong e-mail address or password." in unknown


@pytest.mark.parametrize(
    ("kinds", "is_suspended"),
    [
        ((Kind.SUSPENDED,), True),
        ((Kind.SUSPENDED, Kind.REINSTATED), False),
        ((Kind.SUSPENDED, Kind.REINSTATED, Kind.SUSPENDED), True),
        ((Kind.SUSPENDED, Kind.READDRESSED), True),
        ((Kind.WITHDREW,), False),
    ],
)
def test_never_ends_a_suspension_by_a_restore(session, config, bob, kinds, is_suspended):
    log, hours = WithdrawalLog.of(config), dt.timedelta(hours=1)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    for number, kind in enumerate(kinds):
        log.mark_done(log.write(bob.id, kind, before + (number + 1) * hours))

    again = repeated_withdrawals.repeat_withdrawals(session, [log], before)

    assert suspensions.is_suspended(session, bob) is is_suspended
    assert bob.active is not is_suspended
    assert again.suspended == is_suspended
    assert again.hidden == 1


def test_a_suspension_in_the_backup_that_was_lifted_since_is_lifted_again(session, config, suspended):
    log = WithdrawalLog.of(config)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    log.mark_done(log.write(suspended.id, Kind.REINSTATED))

    repeated_withdrawals.repeat_withdrawals(session, [log], before)

    assert not suspensions.is_suspended(session, suspended)
    assert suspended.active


def test_an_unfinished_suspension_hides_and_does_not_suspend(session, config, bob):
    log = WithdrawalLog.of(config)
    log.write(bob.id, Kind.SUSPENDED)

    again = repeated_withdrawals.repeat_withdrawals(session, [log], dt.datetime.now(dt.UTC) - dt.timedelta(days=1))

    assert (again.hidden, again.suspended) == (1, 0)
    assert not suspensions.is_suspended(session, bob)
