"""Backup and restore: what members took back since stays taken back, and nobody gets a right by it."""

import datetime as dt
import os
import re
import secrets
import shutil

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, text

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded, startup_checks
from mapservice.hosting.embedded import dump
from mapservice.store.accounts import login_sessions
from mapservice.store.across import rights
from mapservice.store.tables import Base, KeyFingerprint, Mail, Member
from mapservice.store.tables.messages import ConversationRow, ParticipantRow
from mapservice.store.tables.texts import MemberText
from mapservice.web.accounts import emails
from mapservice.withdrawal_log import Kind, WithdrawalLog
from testing import database
from testing.accounts import CHEAP, fill_in
from tests.cli.restores import (
    HIDDEN,
    NOW,
    asleep,
    empty,
    log,
    machine,
    people,
    quick,
    run,
    source,
    state,
    taken_back,
    without_base_map,
)
from tests.drill import DRILLS

__all__ = ["empty", "log", "machine", "people", "quick", "source", "state", "taken_back"]


@pytest.fixture(scope="module")
def restored(server, machine, taken_back):
    """A database into which the backup was restored, and what the command said; e-mails lay in the outbox before."""
    deleted = next(number for number, drill in enumerate(DRILLS) if drill.is_deleted)
    (machine.state / "outbox").mkdir()
    for name in (str(deleted), "still"):
        (machine.state / "outbox" / f"{name}.eml").write_text(f"To: {name}@example.org\n\nA link\n")
    with pytest.MonkeyPatch.context() as patch, database.clone(server, embedded.DATABASE) as name:
        without_base_map(patch)
        url = embedded.url(server, embedded.OWNER, name)
        done = run(CliRunner(), machine, url, "restore", str(taken_back), "--yes")
        assert done.exit_code == 0, done.output
        yield url, name, " ".join(done.output.split())


def test_never_undoes_what_was_taken_back(machine, restored, people):
    url, _name, said = restored
    assert [path.stem for path in (machine.state / "outbox").iterdir()] == ["still"]
    rows, counts, ended, staff_of, factor_of, differences, readable, version = asleep(url)

    by_id = {row.id: row for row in rows}
    for number, drill in enumerate(DRILLS):
        row = by_id.get(people[number])
        if drill.is_deleted:
            assert row is None
            continue
        assert (row.audience, row.audience_before, row.counted_since) == ("nobody", None, None), drill.function
        assert row.review_since is not None
        assert row[-1] is None
        assert row.password is None
    still = by_id[people["still"]]
    assert (still.audience, still.password, still.review_since) == ("members", "hash", None)
    assert still[-1] is not None
    assert staff_of == factor_of == {people["still"]}
    assert readable == {people["still"]}
    assert {n for _zone, _audience, n in counts} == {1}
    assert set(ended.values()) == {0}
    assert differences == []
    # A version of a figure that may have been published since is not used again with other people.
    assert version > 1_000_000
    assert f"hidden until they have checked their settings, with a new password by e-mail: {len(by_id) - 1}." in said


def test_never_shows_a_text_again_that_was_withdrawn_or_removed(restored, people):
    engine = db.new_engine(restored[0])
    with db.open_session(engine) as session:
        columns = MemberText.member_id, MemberText.state, MemberText.state_before
        states = {member_id: (state, before) for member_id, state, before in session.execute(select(*columns))}
    engine.dispose()
    expected = {people["still"]: ("shown", None), people[HIDDEN]: ("withdrawn", "shown")}
    for number, drill in enumerate(DRILLS):
        if drill.is_of_text:
            expected[people[number]] = ("withdrawn", "held")
    assert states == expected


def test_never_brings_a_conversation_back_that_was_deleted_or_declined(restored, people):
    engine = db.new_engine(restored[0])
    with db.open_session(engine) as session:
        there = {
            row.id: session.scalar(select(func.count()).where(ParticipantRow.conversation_id == row.id))
            for row in session.scalars(select(ConversationRow))
        }
    engine.dispose()
    # Only its writer sees a first message that was declined; what was not answered still waits for it.
    both = {f"conversation-{HIDDEN}": 2}
    for number, drill in enumerate(DRILLS):
        if drill.is_of_conversation and drill.function != "erasure.erase":
            both[f"conversation-{number}"] = 1
    assert there == {people[name]: count for name, count in both.items()}
    assert "Conversations deleted or declined again: 3." in restored[-1]


def test_conversations_whose_key_is_gone_cannot_be_read_after_a_restore(runner, machine, taken_back, empty, tmp_path):
    """With the keys of today a backup opens whose keys were destroyed, but for its conversations."""
    today = Config(state=tmp_path / "state")
    for name in ("keys", "withdrawals"):
        shutil.copytree(machine.state / name, today.state / name)

    done = run(runner, today, empty, "restore", str(taken_back), "--yes")
    assert done.exit_code == 1
    assert "conversations in this backup cannot be read" in " ".join(done.output.split())


def test_a_restore_gives_up_conversations_that_cannot_be_read_if_asked(runner, machine, taken_back, empty, tmp_path):
    today = Config(state=tmp_path / "state")
    for name in ("keys", "withdrawals"):
        shutil.copytree(machine.state / name, today.state / name)

    done = run(runner, today, empty, "restore", str(taken_back), "--yes", "--delete-unreadable")

    assert done.exit_code == 0, done.output
    assert "Conversations that could not be read, and were deleted: 3." in done.output


def test_never_lets_the_old_address_into_an_account_that_left_it_since(runner, machine, restored, people, server):
    old, new = "0@example.org", "moved@example.org"
    assert DRILLS[0].function == "email_changes._move"
    assert "1 of the hidden accounts are locked" in restored[-1]
    with database.clone(server, restored[1]) as name:
        url = embedded.url(server, embedded.OWNER, name)
        engine = db.new_engine(url)
        client = create_app(machine, engine=engine, TESTING=True, **CHEAP).test_client()

        assert fill_in(client, "/forgot", email=old).status_code == 303

        with db.open_session(engine) as session:
            assert session.scalars(select(Mail.recipient)).all() == [emails.NOBODY]
            tables = [table for name, table in Base.metadata.tables.items() if name not in {"zone", "base_feature"}]
            rows = [str(row) for table in tables for row in session.execute(select(table))]
            assert not any(re.search(rf"(?<!\d){re.escape(old)}", row) for row in rows)

        for words in ((new, old), (old, "still@example.org")):
            assert run(runner, machine, url, "unlock", *words, "--yes").exit_code == 1
        unlocked = run(runner, machine, url, "unlock", old, new, "--yes")

        assert unlocked.exit_code == 0, unlocked.output
        assert run(runner, machine, url, "unlock", old, new, "--yes").exit_code == 1
        with db.open_session(engine) as session:
            member = session.get_one(Member, people[0])
            assert (member.email, member.locked_on, member.password) == (new, None, None)
            assert member.review_since is not None
        engine.dispose()


def test_a_restore_done_twice_gives_the_same(runner, machine, taken_back, restored, empty):
    assert run(runner, machine, empty, "restore", str(taken_back), "--yes").exit_code == 0

    assert asleep(empty)[:-1] == asleep(restored[0])[:-1]


def test_a_backup_of_thirty_days_ago_gives_the_same_but_for_what_was_withdrawn_since(
    runner, machine, taken_back, log, people, empty, server, tmp_path, monkeypatch
):
    """Who hid a day after it was made stays hidden; what was taken back before it was made is in it already."""
    monkeypatch.setattr(dump, "made_at", lambda _file: NOW - dt.timedelta(days=30))
    with database.clone(server, embedded.DATABASE) as name:
        urls = {29: empty, 31: embedded.url(server, embedded.OWNER, name)}
        for days_ago, url in urls.items():
            other = WithdrawalLog(tmp_path / str(days_ago), log.key)
            other.mark_done(other.write(people["still"], Kind.WITHDREW, NOW - dt.timedelta(days=days_ago)))
            for days in (0, 30):
                other.note_day(NOW.date() - dt.timedelta(days=days))
            assert other.expire(NOW.date()) == 0
            words = ("restore", str(taken_back), "--yes", "--withdrawals", str(other.folder))
            assert run(runner, machine, url, *words).exit_code == 0
        after, before = map(asleep, urls.values())

    assert {row.audience for row in after[0] if row.id == people["still"]} == {"nobody"}
    assert {row.audience for row in before[0] if row.id == people["still"]} == {"members"}
    others = [row for row in after[0] if row.id != people["still"]]
    assert others == [row for row in before[0] if row.id != people["still"]]
    assert {row.audience for row in others} == {"nobody"}


@pytest.fixture(scope="module")
def theirs(source, people, tmp_path_factory):
    """A copy of the owner's own, and the list of what of it can be put back; the base map is in no copy here."""
    folder = tmp_path_factory.mktemp("theirs")
    left_out = [f"--exclude-table-data={table}" for table in dump.LOADED]
    with (folder / "dump").open("wb") as target:
        dump._run("pg_dump", source, "--format=custom", "--compress=1", *left_out, output=target)
    (folder / "list").write_text("\n".join(dump.contents(folder / "dump")) + "\n")
    return folder


@pytest.mark.parametrize("words", [["--no-owner"], ["--no-owner", "--no-privileges"]], ids=" ".join)
def test_never_gives_a_right_by_a_restore_of_the_owners_own(runner, machine, theirs, empty, words):
    """As operators do it who know pg_restore: the copy brings its rights along, the database its default rights."""
    engine = db.new_engine(empty, timeouts=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"alter default privileges in schema public grant all on tables to {embedded.RUNTIME}"
        )
    with (theirs / "dump").open("rb") as opened:
        dump._run("pg_restore", empty, *words, f"--use-list={theirs / 'list'}", source=opened)
    with db.open_session(engine) as session:
        assert "it may update zone" in rights.differences(session, embedded.RUNTIME)

    done = run(runner, machine, empty, "load")

    assert "rights of the pages" in done.output
    with db.open_session(engine) as session:
        assert rights.differences(session, embedded.RUNTIME) == []
    engine.dispose()


def test_never_undoes_anything_because_a_clock_was_ahead_once(runner, machine, source, taken_back, log, people, empty,
                                                              tmp_path, monkeypatch):  # fmt: skip
    """A visit of tomorrow stands in the copy; what was withdrawn since the copy was made is withdrawn all the same."""
    engine = db.new_engine(source, timeouts=False)
    with db.transaction(engine) as session:
        login_sessions.begin(session, secrets.token_bytes(32), people["still"], {})
        session.execute(text("update login_session set seen_at = now() + interval '1 day'"))
    assert run(runner, machine, source, "backup", str(tmp_path / "copy")).exit_code == 0
    with db.transaction(engine) as session:
        session.execute(text("update login_session set seen_at = now()"))
    engine.dispose()
    # Three hours later the log has an entry, and the clock is right again.
    made_at = dump.made_at(tmp_path / "copy")
    assert abs(made_at - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    monkeypatch.setattr(dump, "made_at", lambda _file: made_at - dt.timedelta(hours=3))
    other = WithdrawalLog(tmp_path / "other", log.key)
    other.mark_done(other.write(people["still"], Kind.WITHDREW, made_at - dt.timedelta(hours=2)))
    other.note_day(made_at.date())

    done = run(runner, machine, empty, "restore", str(tmp_path / "copy"), "--yes", "--withdrawals", str(other.folder))

    assert done.exit_code == 0, done.output
    assert {row.audience for row in asleep(empty)[0] if row.id == people["still"]} == {"nobody"}


def test_a_log_of_another_machine_that_ends_too_early_is_refused(runner, machine, taken_back, log, empty, tmp_path):
    other = WithdrawalLog(tmp_path / "other", log.key)
    other.note_day(NOW.date() - dt.timedelta(days=9))

    done = run(runner, machine, empty, "restore", str(taken_back), "--yes", "--withdrawals", str(other.folder))

    assert done.exit_code == 1
    assert f"The withdrawal log in {other.folder} ends before" in " ".join(done.output.split())


@pytest.mark.parametrize("days_ago", [3, 40])
def test_never_restores_by_a_log_that_begins_after_the_backup_was_made(
    runner, machine, taken_back, empty, tmp_path, monkeypatch, days_ago
):
    """That of a machine that was set up since, or whose days from then have expired: it does not know who hid."""
    fresh = Config(state=tmp_path / "state")
    shutil.copytree(machine.state / "keys", fresh.state / "keys")
    WithdrawalLog.of(fresh).note_day(NOW.date())
    monkeypatch.setattr(dump, "made_at", lambda _file: NOW - dt.timedelta(days=days_ago))

    done = run(runner, fresh, empty, "restore", str(taken_back), "--yes")

    assert done.exit_code == 1
    assert "begins after this backup was made" in " ".join(done.output.split())


def test_a_restore_over_people_is_refused(runner, machine, source, taken_back):
    done = run(runner, machine, source, "restore", str(taken_back), "--yes")

    assert done.exit_code == 1
    assert "create a new, empty one" in done.output


def test_a_restore_with_other_keys_is_refused_in_words(runner, machine, source, taken_back, empty, tmp_path):
    engine = db.new_engine(source, timeouts=False)
    startup_checks.check_keys_in(machine, engine)
    engine.dispose()
    assert run(runner, machine, source, "backup", str(tmp_path / "copy")).exit_code == 0

    other = run(runner, Config(state=tmp_path / "elsewhere"), empty, "restore", str(tmp_path / "copy"), "--yes")

    assert other.exit_code == 1
    assert "secret_key of this machine" in other.output
    # What is half put back is not served.
    refused = run(runner, machine, empty, "load")
    assert "A restore into this database was interrupted" in refused.output


def test_without_the_log_a_restore_is_refused_unless_everybody_is_hidden(runner, machine, source, taken_back, tmp_path,
                                                                         empty, server):  # fmt: skip
    lost = Config(state=tmp_path / "state")
    shutil.copytree(machine.state / "keys", lost.state / "keys")

    done = run(runner, lost, empty, "restore", str(taken_back), "--yes")
    assert done.exit_code == 1
    assert "run this with --hide-everybody" in done.output

    with database.clone(server, embedded.DATABASE) as name:
        other = embedded.url(server, embedded.OWNER, name)
        assert run(runner, lost, other, "restore", str(taken_back), "--yes", "--hide-everybody").exit_code == 0
        rows = asleep(other)[0]
        assert {row.audience for row in rows} == {"nobody"}
        assert all(row.review_since for row in rows)


def test_a_backup_is_for_its_owner_alone_and_never_written_over_another(runner, machine, source, taken_back, tmp_path):
    assert taken_back.stat().st_mode & 0o777 == 0o600
    keys = [path.read_text().strip() for path in (machine.state / "keys").iterdir()]
    assert keys
    assert not any(bytes.fromhex(key) in taken_back.read_bytes() for key in keys)

    done = run(runner, machine, source, "backup", str(taken_back))
    assert done.exit_code == 1
    assert "choose another name" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused(runner, machine, empty, tmp_path):
    (tmp_path / "note").write_text("Dear operator")

    done = run(runner, machine, empty, "restore", str(tmp_path / "note"), "--yes")

    assert done.exit_code == 1
    assert "no backup of a database" in done.output


def test_an_upgrade_backs_up_and_says_how_to_go_back(runner, machine, source, taken_back):
    engine = db.new_engine(source, timeouts=False)
    with db.transaction(engine) as session:
        session.execute(delete(KeyFingerprint))

    done = run(runner, machine, source, "upgrade")

    assert done.exit_code == 0, done.output
    with db.transaction(engine) as session:
        assert set(session.scalars(select(KeyFingerprint.name))) == set(startup_checks.OF_PAGES)
    engine.dispose()
    (file,) = dump.folder(machine).glob("before-upgrade-*.dump")
    assert f"mapservice restore {file}" in done.output
    assert file.stat().st_mode & 0o777 == 0o600

    os.utime(file, (0, 0))
    assert dump.delete_old(machine, NOW) == 1
    assert not file.exists()
