"""Erased means erased: what was deleted is in no file of the data folder any more."""

import datetime as dt
import os

import psycopg
import pytest

from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import erasing
from mapservice.mail import outbox
from mapservice.store.across.subjects import ENTRIES
from mapservice.store.tables import Mail
from testing import clusters
from testing.accounts import post as submit
from tests.hosting.rewriting import files_with

CANARY = "canary-7c1e@example.org"


@pytest.fixture(scope="module")
def private():
    """The settings of a service with a database of its own, in which the tables of people stand as they are."""
    with clusters.empty() as folder:
        yield Config(state=folder)


def owner(private: Config) -> psycopg.Connection:
    return psycopg.connect(embedded.url(private.state, embedded.OWNER).replace("+psycopg", ""), autocommit=True)


def put_and_delete(private: Config) -> None:
    with owner(private) as db:
        for number in range(400):
            db.execute(
                "insert into member (id, email, password, pseudonym, active, security_stamp) values "
                "(gen_random_uuid(), %s, %s, %s, true, %s)",
                [f"{number}{CANARY}", f"hash of {CANARY}", f"Name {CANARY}", f"{number} stamp"],
            )
        db.execute("analyze member")
        db.execute("delete from member")
        db.execute("vacuum member")


def test_never_leaves_what_was_deleted_in_a_file_of_the_database(private, monkeypatch):
    monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 60_000)  # however busy this machine is
    put_and_delete(private)
    left = files_with(private, CANARY)
    assert any(name.startswith("data/pg_wal") for name in left), "the check sees what is there"

    done = erasing.erase_private(private, pause_s=0)

    assert not done.too_large
    assert "member" in done.rewritten
    assert files_with(private, CANARY) == []


def test_statistics_of_the_planner_would_be_found(private):
    with owner(private) as db:
        db.execute(
            "insert into member (id, email, pseudonym, active, security_stamp) "
            "select gen_random_uuid(), n || %s, 'N', true, n || ' stamp' from generate_series(1, 300) n", [CANARY],
        )  # fmt: skip
        db.execute("analyze member")
        kept = db.execute(
            "select histogram_bounds::text from pg_stats where tablename = 'member' and attname = 'email'"
        )
        assert CANARY in str(kept.fetchone())
        db.execute("delete from member")


def test_never_holds_anybody_up_for_longer_than_a_second(private, monkeypatch):
    """What cannot be had at once, or written in time, is left for another night."""
    assert erasing.TIMEOUT_LOCK_MS + erasing.TIMEOUT_REWRITE_MS < 1000
    done = erasing.Erased()
    with owner(private) as reader, owner(private) as db:
        with reader.transaction():
            reader.execute("select from member")
            erasing._rewrite(db, "member", done)
        assert (done.in_use, done.rewritten) == (["member"], [])

        monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 60_000)
        erasing._rewrite(db, "member", done)
        assert done.rewritten == ["member"]
        assert db.execute("show statement_timeout").fetchone() == ("0",)


def test_what_takes_too_long_is_broken_off_and_stays_as_it_was(private, monkeypatch):
    monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 1)
    done = erasing.Erased()
    with owner(private) as db:
        db.execute("create table large as select md5(n::text) as words from generate_series(1, 100000) n")

        erasing._rewrite(db, "large", done)

        assert done.too_large == ["large"]
        assert db.execute("select count(*) from large").fetchone() == (100_000,)

        monkeypatch.setattr(erasing, "TIMEOUT_REWRITE_MS", 800)
        monkeypatch.setattr(erasing, "MAX_BYTES", 1000)
        erasing._rewrite(db, "large", done)
        assert done.rewritten == []


def test_every_table_of_the_plan_that_ever_loses_something_of_people_is_written_anew():
    assert set(erasing.TABLES) >= {name for name, entry in ENTRIES.items() if entry.person}
    assert "zone" not in erasing.TABLES


@pytest.mark.parametrize(
    ("setting", "value"), [("wal_recycle", "off"), ("wal_init_zero", "on"), ("min_wal_size", "32MB")]
)
def test_never_uses_a_segment_of_the_log_again_with_people_in_it(private, setting, value):
    with owner(private) as db:
        assert db.execute(f"show {setting}").fetchone() == (value,)


def test_it_is_due_once_in_the_quiet_hour_or_when_that_was_missed(config):
    config.state.mkdir()
    night = dt.datetime(2026, 11, 27, erasing.QUIET_HOUR, 10, tzinfo=dt.UTC)
    assert not erasing.due(config, night)
    assert (config.state / "erased").exists()

    def done(at: dt.datetime) -> None:
        erasing.record_done(config, erasing.Erased())
        os.utime(config.state / "erased", (at.timestamp(),) * 2)

    done(night)
    assert not erasing.due(config, night + dt.timedelta(minutes=20))
    assert not erasing.due(config, night + dt.timedelta(hours=20))
    assert erasing.due(config, night + dt.timedelta(days=1)) == erasing.TABLES
    done(night + dt.timedelta(hours=9))
    assert not erasing.due(config, night + dt.timedelta(hours=20))
    assert erasing.due(config, night + dt.timedelta(hours=36)) == erasing.TABLES


def test_tables_in_use_are_tried_again_the_same_night_and_all_of_them_the_next(config):
    config.state.mkdir()
    night = dt.datetime(2026, 11, 27, erasing.QUIET_HOUR, 10, tzinfo=dt.UTC)
    first, second = erasing.TABLES[:2]

    def done(at: dt.datetime, in_use: list[str], tables=erasing.TABLES) -> None:
        erasing.record_done(config, erasing.Erased(in_use=in_use), tables)
        for file in config.state.glob("erased_in_use" if tables != erasing.TABLES else "erased*"):
            os.utime(file, (at.timestamp(),) * 2)

    done(night, [first, second])
    assert not erasing.due(config, night + dt.timedelta(minutes=5))
    assert erasing.due(config, night + dt.timedelta(minutes=11)) == [first, second]
    done(night + dt.timedelta(minutes=11), [second], [first, second])
    assert not erasing.due(config, night + dt.timedelta(minutes=15))
    assert erasing.due(config, night + dt.timedelta(minutes=22)) == [second]
    assert erasing.due(config, night + dt.timedelta(days=1)) == erasing.TABLES
    done(night + dt.timedelta(minutes=22), [], [second])
    assert not erasing.due(config, night + dt.timedelta(hours=5))


# The outbox folder.


def write(config: Config, recipient: str) -> None:
    mail = Mail(
        id=os.urandom(16) and __import__("uuid").uuid4(),
        recipient=recipient,
        subject="A link",
        body="in it",
        due_at=dt.datetime.now(dt.UTC),
    )
    outbox.write(outbox.folder(config), mail, config.mail_from)


def test_emails_of_the_outbox_are_gone_after_an_hour(config):
    write(config, "alice@example.org")
    assert outbox.delete_expired(config) == 0

    for path in outbox.folder(config).iterdir():
        os.utime(path, (0, 0))
    assert outbox.delete_expired(config) == 2
    assert list(outbox.folder(config).iterdir()) == []


def test_emails_of_the_outbox_go_with_the_account_and_no_others(app, config, session, alice, as_alice):
    write(config, "alice@example.org")
    write(config, "bob@example.org")

    submit(as_alice, "/account/delete", {"sure": "yes"})

    left = [path.read_text() for path in outbox.folder(config).iterdir()]
    assert len(left) == 2
    assert not any("alice" in text for text in left)
