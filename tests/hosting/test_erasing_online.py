"""Tables too large to be rewritten at once are rewritten while they are in use, and nobody has to wait."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import namedtuple
from contextlib import suppress

import psycopg
from click.testing import CliRunner

from mapservice import db
from mapservice.cli import erase
from mapservice.config import HOME
from mapservice.hosting import embedded
from mapservice.hosting.embedded import dump, erasing, exclusion, leftovers, online
from mapservice.hosting.embedded.online import RewriteOutcome
from mapservice.store.across import rights
from mapservice.store.tables import Base
from tests.hosting.rewriting import (
    HIDES,
    PEOPLE,
    broken_off,
    connect,
    files_with,
    has_given_up,
    hiding,
    is_at_work,
    join,
    private,
    rewriter,
    superuser,
    traces,
    wait_until,
)

__all__ = ["private", "rewriter", "superuser"]

CANARY = "canary-online-5d0b@example.org"

DiskUsage = namedtuple("DiskUsage", "total used free")


def test_never_leaves_what_was_deleted_in_a_table_too_large_to_be_rewritten_at_once(
    private, rewriter, superuser, monkeypatch
):
    monkeypatch.setattr(erasing, "MAX_BYTES_AT_ONCE", 0)
    monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 60_000)  # of the statistics, however busy this machine is
    with connect(private.state, embedded.OWNER) as owner:
        join(owner, CANARY, 300)
        owner.execute("analyze")
        owner.execute("delete from member where email like '%canary%'")
        owner.execute("vacuum")
        superuser.execute("checkpoint")
        version = owner.execute("select sum(version) from membership").fetchone()
        left = {"/".join(name.split("/")[:2]) for name in files_with(private, CANARY)}
        assert "data/base" in left, "the check sees what is there"
        with hiding(private) as written:
            done = erasing.erase_private(private, tables=PEOPLE, pause_s=0)

        assert done.rewritten == [*PEOPLE, "pg_statistic"]
        assert done.left == []
        assert files_with(private, CANARY) == []
        assert traces(superuser) == []
        now = owner.execute("select audience from membership where public_id = %s", [HIDES]).fetchone()
        assert now == (written[-1],)
        assert owner.execute("select sum(version) from membership").fetchone()[0] == version[0] + len(written)
        for table in PEOPLE:
            assert owner.execute(f"select count(*) from {table}").fetchone()[0] >= 20


def test_never_holds_others_up_at_the_beginning_where_a_table_is_in_use(private, rewriter, superuser):
    with connect(private.state, embedded.RUNTIME) as reader, reader.transaction():
        reader.execute("select from member")
        assert rewriter.rewrite("member") is RewriteOutcome.IN_USE
        reader.execute("update member set pseudonym = pseudonym where false")
    assert traces(superuser) == []


def test_never_holds_others_up_at_the_end_where_a_table_is_in_use(private, rewriter, superuser):
    before = superuser.execute("select pg_relation_filenode('member')").fetchone()
    outcome = []
    with connect(private.state, embedded.RUNTIME) as reader:
        with connect(private.state, embedded.RUNTIME) as older, older.transaction():
            older.execute("select from condition")
            thread = threading.Thread(target=lambda: outcome.append(rewriter.rewrite("member")))
            thread.start()
            wait_until(lambda: any(name.startswith("table_") for name in traces(superuser)))
            reader.execute("begin")
            reader.execute("select from member")
        # Its traces can be removed once the reader has ended; until then it goes on trying, and others get in between.
        wait_until(lambda: has_given_up(superuser))
        superuser.execute("update member set pseudonym = pseudonym where false")
        reader.execute("rollback")
        thread.join()
    assert outcome == [RewriteOutcome.IN_USE]
    assert traces(superuser) == []
    assert superuser.execute("select pg_relation_filenode('member')").fetchone() == before


def test_what_a_killed_rewrite_left_goes_at_the_next_round_and_changes_made_meanwhile_stay(
    private, rewriter, superuser
):
    with broken_off(rewriter, superuser, private) as process:
        process.kill()
        process.wait()
    assert {"extension", "repack_trigger"} < set(traces(superuser))
    with connect(private.state, embedded.RUNTIME) as pages:
        pages.execute("update member set pseudonym = 'Changed' where email = '3stays@example.org'")

    erasing.clean_up_private(private)

    assert traces(superuser) == []
    changed = superuser.execute("select email from member where pseudonym = 'Changed'").fetchall()
    assert changed == [("3stays@example.org",)]
    assert rewriter.rewrite("member") is RewriteOutcome.REWRITTEN


def test_a_rewrite_that_is_under_way_is_not_taken_for_a_broken_one(private, rewriter, superuser):
    with (
        broken_off(rewriter, superuser, private) as process,
        connect(private.state, embedded.OWNER) as eraser,
        exclusion.swap_lock(eraser) as alone,
    ):
        assert alone
        erasing.clean_up_private(private)
        assert "repack_trigger" in traces(superuser)
        assert process.poll() is None
    erasing.clean_up_private(private)
    assert traces(superuser) == []


def test_never_puts_what_a_rewrite_keeps_into_a_backup(private, rewriter, superuser, tmp_path):
    with broken_off(rewriter, superuser, private):
        file = tmp_path / "copy.dump"
        dump.save(embedded.url(private.state, embedded.OWNER), file)
    assert not [line for line in dump.contents(file) if "repack" in line]
    fresh = embedded.new_database(private.state, "copy")
    try:
        dump.restore(fresh, file)
        with online.connect(fresh) as copy:
            assert copy.execute("select count(*) from member").fetchone() == (20,)
    finally:
        embedded.drop_database(private.state, "copy")
    erasing.clean_up_private(private)


def test_never_gives_the_pages_a_right_while_a_table_is_rewritten(private, rewriter, superuser):
    engine = db.new_engine(embedded.url(private.state, embedded.OWNER), timeouts=False)
    with broken_off(rewriter, superuser, private):
        assert "repack_trigger" in traces(superuser)
        with db.transaction(engine) as session:
            assert rights.differences(session, embedded.RUNTIME) == []
        may = superuser.execute(f"select has_schema_privilege('{embedded.RUNTIME}', 'repack', 'usage')").fetchone()
        assert may == (False,)
    engine.dispose()
    erasing.clean_up_private(private)


def test_never_exchanges_files_while_a_backup_is_made(private):
    with connect(private.state, embedded.OWNER) as copier, exclusion.backup_lock(copier):
        done = erasing.erase_private(private, tables=PEOPLE, pause_s=0)
    assert done.in_use == list(PEOPLE)


def test_a_full_disk_is_said_before_anything_is_written(private, rewriter, superuser, monkeypatch):
    monkeypatch.setattr(erasing, "MAX_BYTES_AT_ONCE", 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: DiskUsage(10**9, 10**9, 10**8))

    done = erasing.erase_private(private, tables=["member"], pause_s=0)

    assert done.no_room == ["member"]
    assert traces(superuser) == []


def test_without_pg_repack_small_tables_are_rewritten_and_the_package_is_named(private, monkeypatch):
    monkeypatch.setattr(online.binaries, "program", lambda _name, _version: None)
    monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 60_000)
    monkeypatch.setattr(erasing, "PAUSE_S", 0)
    assert "member" in erasing.erase_private(private, tables=PEOPLE, pause_s=0).rewritten

    monkeypatch.setattr(erasing, "MAX_BYTES", 0)
    done = erasing.erase_private(private, tables=PEOPLE, pause_s=0)

    assert done.too_large[:4] == list(PEOPLE)
    assert "postgresql-" in " ".join(erase.summary(done))
    assert "-repack" in " ".join(erase.summary(done))


def test_without_a_superuser_it_says_that_one_is_needed(private, monkeypatch):
    monkeypatch.setattr(erasing, "MAX_BYTES", 0)
    done = erasing.erase(embedded.url(private.state, embedded.OWNER), tables=["member"], pause_s=0)
    assert done.too_large == ["member"]
    assert "superuser" in done.wanting


def test_as_a_superuser_another_database_is_erased_like_the_private_one(private, rewriter, monkeypatch):
    monkeypatch.setattr(erasing, "MAX_BYTES_AT_ONCE", 0)
    done = erasing.erase(embedded.url(private.state, embedded.SUPERUSER), tables=["member"], pause_s=0)
    assert "member" in done.rewritten


def test_the_command_names_what_is_left_and_why():
    done = erasing.Erased(
        rewritten=["member"], too_large=["consent"], in_use=["mail"], no_room=["home_zone"], failed=["operation"],
        wanting="install the package postgresql-15-repack",
    )  # fmt: skip
    words = " ".join(erase.summary(done))
    assert all(table in words for table in ("member", "consent", "mail", "home_zone", "operation"))
    assert "postgresql-15-repack" in words
    assert CliRunner().invoke(erase.erase, ["--help"]).exit_code == 0


def test_a_server_that_starts_again_removes_what_a_rewrite_left(private, rewriter):
    with connect(private.state, embedded.SUPERUSER) as superuser:
        with broken_off(rewriter, superuser, private):
            pass
        assert "repack_trigger" in traces(superuser)
    embedded.stop(private.state)
    embedded.start(private.state, fsync="off")
    with connect(private.state, embedded.SUPERUSER) as superuser:
        assert traces(superuser) == []


def test_a_rewrite_ends_when_its_process_is_killed(private, rewriter, superuser):
    with connect(private.state, embedded.RUNTIME) as older, older.transaction():
        older.execute("select from condition")
        superuser.execute("create extension pg_repack")
        code = "import sys; from mapservice.hosting.embedded.online import *; " \
               "Rewriter(Path(sys.argv[1]), sys.argv[2]).start('public.member').wait()"  # fmt: skip
        eraser = subprocess.Popen([sys.executable, "-c", code, str(rewriter.program), rewriter.url], cwd=HOME)
        wait_until(lambda: any(name.startswith("table_") for name in traces(superuser)))
        eraser.kill()
        eraser.wait()
        # It also cleans up, unless it is interrupted too; the next round does it in any case.
        wait_until(lambda: not is_at_work(superuser))
    erasing.clean_up_private(private)
    assert traces(superuser) == []


def test_never_leaves_the_files_of_what_a_killed_server_did_not_finish(private):
    with connect(private.state, embedded.OWNER) as owner:
        owner.execute("create table kept as select 'kept-' || n as words from generate_series(1, 9) n")
    with suppress(psycopg.OperationalError), connect(private.state, embedded.OWNER) as owner:
        owner.execute("begin")
        owner.execute(f"create table unfinished as select '{CANARY}' as words")
        with connect(private.state, embedded.SUPERUSER) as superuser:
            superuser.execute("checkpoint")
        data_folder = private.state / "postgres" / "server" / "data"
        # First the one at work, which would clean up when it sees that the server is gone.
        for process in (owner.info.backend_pid, (data_folder / "postmaster.pid").read_text().split()[0]):
            os.kill(int(process), signal.SIGKILL)
    embedded.start(private.state, fsync="off")
    left = [name for name in files_with(private, CANARY) if name.startswith("data/base")]
    assert left, "the check sees what is there"
    with connect(private.state, embedded.SUPERUSER) as superuser:
        assert leftovers.remove(superuser) == 0, "what was written just now may be of somebody who is at work"
        for name in left:
            os.utime(private.state / "postgres" / "server" / name, (0, 0))
        with connect(private.state, embedded.OWNER) as busy, busy.transaction():
            busy.execute("create table unfinished_too as select 'at work' as words")
            assert leftovers.remove(superuser) == len(left)
        assert superuser.execute("select count(*) from kept").fetchone() == (9,)
        assert superuser.execute("select words from unfinished_too").fetchall() == [("at work",)]
        superuser.execute("drop table kept, unfinished_too")
    assert not [name for name in files_with(private, CANARY) if name.startswith("data/base")]


def test_every_table_that_is_erased_has_the_key_that_its_rewrite_needs():
    assert not [name for name in erasing.TABLES if not Base.metadata.tables[name].primary_key.columns]
