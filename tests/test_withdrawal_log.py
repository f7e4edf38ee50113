"""The withdrawal log: written before the commit, marked after it, and saying as little as possible."""

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from mapservice import db
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import email_changes
from mapservice.store.across import after_restore, repeated_withdrawals
from mapservice.store.community import memberships
from mapservice.store.places import homes
from mapservice.store.tables import EmailChange, Member
from mapservice.store.transactions import withdrawals
from mapservice.withdrawal_log import RETENTION, Kind, WithdrawalLog
from testing.accounts import post, sign_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ID = uuid.UUID(int=7)


@pytest.fixture
def log(tmp_path):
    return WithdrawalLog(tmp_path / "withdrawals", b"k" * 32)


def kept(log):
    return [(entry.kind, entry.is_done) for entry in log.entries(LONG_AGO)]


def test_hiding_is_logged_and_marked_done(app, as_bob, bob):
    log = app.extensions["withdrawals"]

    post(as_bob, f"{ALL}/hide")

    (entry,) = log.entries(LONG_AGO)
    assert (entry.kind, entry.is_done, entry.mark) == (Kind.WITHDREW, True, log.account_mark(bob.id))


def test_deleting_the_account_is_logged_as_that_alone(app, as_bob):
    post(as_bob, "/account/delete", {"sure": "yes"})

    assert kept(app.extensions["withdrawals"]) == [(Kind.DELETED, True)]


def test_looking_and_showing_more_is_not_logged(app, session, as_bob, bob, condition):
    as_bob.get("/me")
    post(as_bob, f"{ALL}/hide")
    post(as_bob, f"{ALL}/show-again")

    assert len(kept(app.extensions["withdrawals"])) == 1


def test_never_says_who_withdrew_what_or_where(app, as_bob, bob, config, freiburg):
    post(as_bob, f"{ALL}/hide")
    post(as_bob, f"{ALL}/leave")

    (file,) = (config.state / "withdrawals").iterdir()
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert re.fullmatch(r"(\n?(\w{16} (withdrew \d{4}-\d\d-\d\dT\d\d [0-9a-f]{64}|done))?\n)+", text)
    for trace in (bob.email, bob.pseudonym, str(bob.id), bob.id.hex, freiburg, "leukaemia"):
        assert trace not in text


def test_an_entry_is_on_the_disk_before_the_commit(log, connection, bob, condition):
    seen = []
    with db.open_session(connection, log) as session:
        db.event.listen(session, "before_commit", lambda _session: seen.append(kept(log)))
        homes.hide(session, memberships.get(session, session.get_one(Member, bob.id), condition))
        assert kept(log) == []
        session.commit()

    assert seen == [[(Kind.WITHDREW, False)]]
    assert kept(log) == [(Kind.WITHDREW, True)]


def test_what_was_rolled_back_is_not_logged(log, connection, bob, condition):
    with db.open_session(connection, log) as session:
        homes.hide(session, memberships.get(session, session.get_one(Member, bob.id), condition))
        session.rollback()
        session.add(Member(email="new@example.org", pseudonym="New"))
        session.commit()

    assert kept(log) == []


def test_a_commit_that_fails_leaves_an_entry_that_is_not_done(log, connection, bob, condition):
    def fail(_session):
        raise RuntimeError

    with db.open_session(connection, log) as session:
        db.event.listen(session, "before_commit", fail)
        homes.hide(session, memberships.get(session, session.get_one(Member, bob.id), condition))
        with pytest.raises(RuntimeError):
            session.commit()
        session.rollback()

    assert kept(log) == [(Kind.WITHDREW, False)]


def test_hiding_works_where_the_log_cannot_be_written_and_the_operator_is_told(log, connection, bob, condition):
    log.folder.write_text("in the way of the folder")
    with db.open_session(connection, log) as session, capture_logs() as lines:
        membership = memberships.get(session, session.get_one(Member, bob.id), condition)
        homes.hide(session, membership)
        session.commit()

        assert membership.audience == Audience.NOBODY
    assert [(line["event"], line["log_level"]) for line in lines] == [("withdrawal_not_logged", "error")]


@pytest.mark.parametrize(
    ("kind", "is_done", "again"), [("deleted", True, "deleted"), ("deleted", False, "withdrew"),
                                   ("readdressed", True, "readdressed"), ("readdressed", False, "readdressed"),
                                   ("withdrew", True, "withdrew"), ("withdrew", False, "withdrew")],
)  # fmt: skip
def test_a_deletion_that_broke_off_before_its_commit_only_hides(log, kind, is_done, again):
    entry = log.write(ID, Kind(kind))
    if is_done:
        log.mark_done(entry)

    assert repeated_withdrawals._withdrawn([log], LONG_AGO)[log.account_mark(ID)].kind is Kind(again)


def test_what_the_backup_knows_already_is_left_out_but_for_an_hour_of_wrong_clocks(log):
    made = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)
    for hours in (-30, -3, -2, -1, 0, 50):
        log.write(uuid.UUID(int=100 + hours), Kind.WITHDREW, made + dt.timedelta(hours=hours))

    marks = repeated_withdrawals._withdrawn([log], repeated_withdrawals._since(made))

    assert set(marks) == {log.account_mark(uuid.UUID(int=100 + hours)) for hours in (-1, 0, 50)}


@pytest.mark.parametrize(("kinds", "most"), [(("withdrew", "readdressed"), "readdressed"),
                                             (("readdressed", "withdrew"), "readdressed"),
                                             (("readdressed", "deleted"), "deleted"),
                                             (("deleted", "readdressed"), "deleted")])  # fmt: skip
def test_the_most_of_what_was_taken_back_counts(log, session, bob, kinds, most):
    for kind in kinds:
        log.mark_done(log.write(bob.id, Kind(kind)))
        withdrawals.note(session, bob.id, Kind(kind))

    assert repeated_withdrawals._withdrawn([log], LONG_AGO)[log.account_mark(bob.id)].kind is Kind(most)
    assert withdrawals.pop(session) == {bob.id: Kind(most)}


@pytest.mark.parametrize(("entries", "known", "is_locked"), [(1, 0, True), (1, 1, False), (2, 1, True)])
def test_an_account_is_locked_only_by_a_change_of_address_that_the_backup_does_not_know(
    log, session, bob, entries, known, is_locked
):
    """The log is read from an hour before the backup, in which changes may be that are in the backup."""
    now = dt.datetime.now(dt.UTC)
    for _ in range(entries):
        log.mark_done(log.write(bob.id, Kind.READDRESSED, now))
    for _ in range(known):
        session.add(EmailChange(member_id=bob.id, old_email="old@example.org", new_email=bob.email, confirmed_at=now))
    session.flush()

    again = repeated_withdrawals.repeat_withdrawals(session, [log], now)

    assert (again.hidden, again.locked) == (1, int(is_locked))
    assert bob.email.endswith("@locked.invalid") is is_locked
    assert bob.password is None


def test_a_log_and_a_copy_of_it_from_before_are_read_as_one(log, session, bob, tmp_path):
    now = dt.datetime.now(dt.UTC)
    entry = log.write(bob.id, Kind.READDRESSED, now)
    copy = WithdrawalLog(Path(shutil.copytree(log.folder, tmp_path / "copy")), log.key)
    log.mark_done(entry)
    session.add(EmailChange(member_id=bob.id, old_email="old@example.org", new_email=bob.email, confirmed_at=now))
    session.flush()

    again = repeated_withdrawals.repeat_withdrawals(session, [log, copy], now)

    assert (again.hidden, again.locked) == (1, 0)


def test_never_gives_a_locked_account_back_to_the_old_address_by_a_link_of_before(log, session, bob):
    change = EmailChange(member_id=bob.id, old_email="old@example.org", new_email=bob.email, confirmed_at=func.now())
    session.add(change)
    session.flush()
    change_id = change.id

    after_restore.lock(session, bob, dt.datetime.now(dt.UTC), log)

    assert email_changes.to_freeze(session, change_id) is None


@pytest.mark.parametrize(("days", "gone"), [(35, 0), (36, 1)])
def test_a_locked_account_is_deleted_with_the_oldest_backup(log, session, bob, days, gone):
    after_restore.lock(session, bob, dt.datetime.now(dt.UTC), log)
    today = bob.locked_on

    assert after_restore.delete_locked(session, today + dt.timedelta(days=days)) == gone

    assert len(session.scalars(select(Member).where(Member.id == bob.id)).all()) == 1 - gone
    after_restore.check_counts(session)


def test_a_line_that_was_cut_off_spoils_none_after_it(log):
    log.write(ID, Kind.WITHDREW)
    (file,) = log.folder.iterdir()
    with file.open("a") as opened:
        opened.write("\n0123456789abcdef withdrew 2026-11-2")
    log.mark_done(log.write(ID, Kind.DELETED))

    assert kept(log) == [(Kind.WITHDREW, False), (Kind.DELETED, True)]


def test_entries_are_gone_with_the_oldest_backup(log):
    today = dt.date(2026, 11, 27)
    for days in (0, RETENTION.days, RETENTION.days + 1):
        log.note_day(today - dt.timedelta(days=days))

    assert RETENTION.days == 35
    assert log.expire(today) == 1
    assert log.last_day() == today
    assert len(list(log.folder.iterdir())) == 2


# After a restore.


@pytest.fixture
def came_back(session, bob):
    """Bob as a restore leaves him."""
    after_restore.hide(session, bob, dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC))
    session.commit()
    return bob


def test_who_came_back_hidden_reads_why_on_the_first_page(app, session, came_back):
    client = app.test_client()
    sign_in(client, came_back)

    first = client.get("/")
    assert (first.status_code, first.location) == (303, "/me/review")
    page = client.get(first.location).text
    assert "Acute lymphoblastic leukaemia" in page
    assert "You stay hidden until you have checked this list." in page
    # Once in a login: who wants to do something else first may.
    assert client.get("/").status_code == 200


def test_never_shows_or_counts_who_came_back_before_they_have_looked(app, session, came_back, freiburg):
    client = app.test_client()
    sign_in(client, came_back)
    place = {"zone": freiburg, "audience": "members", "finer": "yes"}

    for address, form in (("place", place), ("count", {"counted": "yes"})):
        answer = post(client, f"{ALL}/{address}", form | {"operation": str(uuid.uuid4())} if form is place else form)
        assert (answer.status_code, answer.location) == (303, "/me/review"), address
    session.expire_all()
    (membership,) = session.scalars(select(memberships.Membership).filter_by(member_id=came_back.id))
    assert (membership.audience, membership.counted_since) == ("nobody", None)

    assert post(client, "/me/review").location == "/me"

    assert post(client, f"{ALL}/place", place | {"operation": str(uuid.uuid4())}).location.endswith("/map")


def test_who_came_back_can_take_back_even_more_without_looking(app, session, came_back):
    client = app.test_client()
    sign_in(client, came_back)

    for address in (f"{ALL}/hide", "/me/place/forget", f"{ALL}/leave"):
        assert post(client, address).location != "/me/review"
