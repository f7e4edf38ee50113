"""A private database is put back in one step, or stays as it was."""

from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from mapservice import db
from mapservice.cli import main, provisioning
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import dump
from mapservice.store.across import rights
from mapservice.store.tables import Member
from mapservice.withdrawal_log import WithdrawalLog
from testing import clusters
from tests.cli.restores import NOW


@pytest.fixture
def private(monkeypatch):
    """A service with a database of its own, in which one member stands."""
    monkeypatch.setattr(provisioning, "LOADERS", {})
    with clusters.empty() as folder:
        engine = db.new_engine(embedded.url(folder, embedded.OWNER), timeouts=False)
        add(engine, "before@example.org")
        engine.dispose()
        yield Config(state=folder)


def add(engine, email):
    with db.transaction(engine) as session:
        session.add(Member(email=email, pseudonym="Somebody", password="hash"))


@contextmanager
def pages_of(private):
    """A session of the pages on the private database."""
    engine = db.new_engine(embedded.url(private.state), timeouts=False)
    with db.open_session(engine) as session:
        yield session
    engine.dispose()


def test_a_private_database_is_put_back_in_one_step_and_the_one_before_is_copied(runner, private, monkeypatch):
    for name in ("DATABASE_URL", "MAPSERVICE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    there = {"MAPSERVICE_STATE": str(private.state)}
    file = private.state / "copies" / "one.dump"
    assert runner.invoke(main, ["backup", str(file)], env=there).exit_code == 0
    engine = db.new_engine(embedded.url(private.state, embedded.OWNER), timeouts=False)
    add(engine, "after@example.org")
    engine.dispose()
    WithdrawalLog.of(private).note_day(NOW.date())

    for _ in range(2):
        done = runner.invoke(main, ["restore", str(file), "--yes"], env=there)
        assert done.exit_code == 0, done.output

        with pages_of(private) as session:
            assert session.scalars(select(Member.email)).all() == ["before@example.org"]
            assert session.scalar(text("select current_user")) == embedded.RUNTIME
            assert rights.differences(session, embedded.RUNTIME) == []
            names = session.scalars(text("select datname from pg_database where not datistemplate order by 1")).all()
        # Neither the one before nor one half done is left behind.
        assert names == ["mapservice", "postgres"]
    assert "before-restore-" in done.output
    assert list(dump.folder(private).glob("before-restore-*.dump"))


def test_a_restore_that_fails_leaves_the_private_database_as_it_was(runner, private, monkeypatch):
    for name in ("DATABASE_URL", "MAPSERVICE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    there = {"MAPSERVICE_STATE": str(private.state)}
    file = private.state / "copies" / "one.dump"
    assert runner.invoke(main, ["backup", str(file)], env=there).exit_code == 0

    # There is no log.
    done = runner.invoke(main, ["restore", str(file), "--yes"], env=there)

    assert done.exit_code == 1
    with pages_of(private) as session:
        assert session.scalars(select(Member.email)).all() == ["before@example.org"]
        assert "restoring" not in session.scalars(text("select datname from pg_database")).all()
