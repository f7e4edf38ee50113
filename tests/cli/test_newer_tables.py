"""A machine with an older version starts on tables of a newer one where it can use them, and changes nothing there."""

import pytest
from sqlalchemy import text

from mapservice import db
from mapservice.cli import main, provisioning, serve
from mapservice.cli.connection import DatabaseUrls
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from tests.cli.terminal import given_database, pages_database

__all__ = ["given_database", "pages_database"]

FUTURE = "9999_future"


@pytest.fixture
def owner(given_database):
    engine = db.new_engine(given_database, timeouts=False)
    yield engine
    engine.dispose()


def update_to_newer_version(owner, oldest):
    """Do what a newer version did: a table and a right that this one does not know, and other data."""
    with db.transaction(owner) as session:
        session.execute(text("create table future (id integer primary key)"))
        session.execute(text(f"grant select on future to {embedded.RUNTIME}"))
        session.execute(text("alter table member add column future text"))
        session.execute(text("update loaded set digest = 'of newer data'"))
        session.execute(text(f"update alembic_version set version_num = '{FUTURE}'"))
        comment = "null" if oldest is None else f"'{oldest}'"
        session.execute(text(f"comment on table alembic_version is {comment}"))


def stored(owner):
    """What an older version must leave as it is."""
    with owner.connect() as connection:
        return (
            connection.scalars(text("select digest from loaded")).all(),
            connection.scalar(text(f"select has_table_privilege('{embedded.RUNTIME}', 'future', 'select')")),
            connection.scalar(text("select version_num from alembic_version")),
        )


def start(given_database, pages_database, tmp_path):
    serve.prepare(Config(state=tmp_path), DatabaseUrls(given_database, pages_database), empty=True)


def test_it_starts_with_a_warning_where_the_newer_version_says_that_it_can(
    owner, given_database, pages_database, tmp_path, capsys
):
    update_to_newer_version(owner, provisioning.newest_revision())
    before = stored(owner)

    start(given_database, pages_database, tmp_path)

    assert f"Warning: A newer version of the service has updated the database ({FUTURE})." in capsys.readouterr().err
    assert stored(owner) == before


@pytest.mark.parametrize("oldest", [FUTURE, None])
def test_never_starts_on_tables_that_it_cannot_use(owner, given_database, pages_database, tmp_path, oldest):
    update_to_newer_version(owner, oldest)
    before = stored(owner)

    with pytest.raises(SetupError, match="This version cannot use it: install the newer version here"):
        start(given_database, pages_database, tmp_path)

    assert stored(owner) == before


@pytest.mark.parametrize("command", ["migrate", "load"])
def test_never_changes_tables_rights_or_data_of_a_newer_version(runner, owner, given_database, tmp_path, command):
    update_to_newer_version(owner, provisioning.newest_revision())
    before = stored(owner)

    done = runner.invoke(main, [command], env={"DATABASE_URL": given_database, "MAPSERVICE_STATE": str(tmp_path)})

    assert done.exit_code == 1
    assert f"updated the database ({FUTURE}). Install that version here" in done.output
    assert "Traceback" not in done.output
    assert stored(owner) == before


def test_on_its_own_tables_it_starts_without_a_warning(owner):
    assert provisioning.check_newer(owner) is None


def test_migrations_note_the_oldest_version_that_can_use_their_tables(owner, tmp_path):
    lines = {"0001_a": "", "0002_b": "NEEDS_THIS_VERSION = True", "0003_c": "NEEDS_THIS_VERSION = False"}
    for name, line in lines.items():
        (tmp_path / f"{name}.py").write_text(f'"""Why."""\n\n{line}\n')
    assert provisioning.oldest_revision(tmp_path) == "0002_b"

    with owner.connect() as connection:
        noted = connection.scalar(text("select obj_description('alembic_version'::regclass, 'pg_class')"))
    assert noted == provisioning.oldest_revision()
    assert noted <= provisioning.newest_revision()
