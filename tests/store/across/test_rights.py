"""What the role of the pages may do: exactly the list, however a database came to be."""

import pytest

from mapservice import db
from mapservice.cli import provisioning
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.store.across import rights
from testing import database

ROLE = embedded.RUNTIME


@pytest.fixture(scope="module")
def own_database(server):
    """The name of a loaded database of this file's own, whose rights may be changed for good."""
    with database.clone(server, database.ground_template(server)) as name:
        yield name


@pytest.fixture
def owner(server, own_database):
    """A session of the owner; what a test did is undone by the list at its end."""
    engine = db.new_engine(embedded.url(server, embedded.OWNER, own_database), timeouts=False)
    with db.open_session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def superuser(server, own_database):
    """A session that may do anything in that database; undone in the end."""
    engine = db.new_engine(embedded.url(server, embedded.SUPERUSER, own_database))
    with db.open_session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


def test_a_new_database_gives_the_pages_the_rights_of_the_list(owner):
    assert rights.differences(owner, ROLE) == []
    assert rights.apply(owner, ROLE) is False


def test_never_lets_the_pages_write_ground_releases_the_audit_log_or_who_is_staff(engine):
    for table, columns in (
        ("zone", "name = name"),
        ("alembic_version", "version_num = version_num"),
        ("condition", "name = name"),
        ("release", "profile = profile"),
        ("released_count", "shown = 1"),
        ("count_bucket", "people = 1"),
        ("ledger_entry", "actor = ''"),
        ("member_staff_role", "staff_role = 'admin'"),
        ("staff_role", "description = ''"),
        ("consent_wording", "wording = ''"),
    ):
        for statement in (f"update {table} set {columns}", f"delete from {table}", f"truncate {table} cascade"):
            with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
                connection.exec_driver_sql(statement)


PLANTED = (
    ("grant update on zone to mapservice", "it may update zone"),
    ("grant update (name) on zone to mapservice", "it may update zone (name)"),
    ("grant select on count_bucket to mapservice", "it may select count_bucket"),
    ("grant select (people) on count_bucket to mapservice", "it may select count_bucket (people)"),
    ("grant insert on member_staff_role to mapservice", "it may insert member_staff_role"),
    ("grant insert (made_at) on ledger_entry to mapservice", "it may insert ledger_entry (made_at)"),
    ("grant delete on ledger_entry to mapservice", "it may delete ledger_entry"),
    ("grant insert on counted_member to mapservice", "it may insert counted_member"),
    ("grant truncate on member to mapservice", "it may truncate member"),
    ("grant references on member to mapservice", "it may references member"),
    ("grant trigger on member to mapservice", "it may trigger member"),
    ("grant select on member to mapservice with grant option", "it may select member, and let others do so"),
    ("grant select on membership to public", "everybody may select membership"),
    ("grant update (pin) on membership to public", "everybody may update membership"),
    ("grant update on alembic_version to public", "everybody may update alembic_version"),
    ("revoke insert on mail from mapservice", "it may not insert mail"),
    ("grant create on schema public to public", "it may make tables in the schema public"),
    ("create schema extra; grant all on schema extra to mapservice", "it may make tables in the schema extra"),
    ("create view seen as select * from count_bucket; grant select on seen to mapservice", "it may select seen"),
    (
        "create schema extra; create table extra.kept (id int); grant usage on schema extra to mapservice; "
        "grant select on extra.kept to mapservice",
        "it may select extra.kept",
    ),
    ("create sequence tally; grant usage on sequence tally to mapservice", "it may usage tally"),
    (
        "create function peek() returns bigint language sql security definer as 'select count(*) from count_bucket'",
        "it may run peek() with the rights of its owner",
    ),
    ("create procedure poke() language sql as 'select 1'", "it may run poke()"),
    (
        "alter default privileges in schema public grant all on tables to mapservice",
        "new tables of mapservice_owner are open to it",
    ),
    (
        "alter default privileges grant select on tables to public",
        "new tables of mapservice_owner are open to everybody",
    ),
    ("alter table message disable row level security", "all rows of message are open to it"),
    ("alter table member enable row level security", "no row of member is open to it"),
    ("drop policy read_own on message", "the policy read_own of message is missing"),
    ("create policy everything on message using (true)", "there is a policy everything of message"),
    ("alter policy read_own on message using (true)", "the policy read_own of message is another one"),
    ("alter policy begin on conversation with check (true)", "the policy begin of conversation is another one"),
    ("alter policy read_own on draft to mapservice_owner", "the policy read_own of draft is another one"),
)


@pytest.mark.parametrize(("plant", "words"), PLANTED, ids=[words for _, words in PLANTED])
def test_never_leaves_a_right_that_is_not_in_the_list(owner, plant, words):
    for statement in plant.split("; "):
        owner.connection().exec_driver_sql(statement)

    assert words in rights.differences(owner, ROLE)
    with pytest.raises(SetupError, match="mapservice load"):
        rights.check(owner, ROLE)

    assert rights.apply(owner, ROLE) is True
    assert rights.differences(owner, ROLE) == []


BY_SUPERUSERS = (
    ("alter role mapservice createrole", "it may make roles"),
    (
        "grant execute on function pg_read_file(text) to mapservice",
        "it was given rights on function pg_read_file(text)",
    ),
    ("grant select on pg_authid to mapservice", "it was given rights on table pg_authid"),
    (
        "select lo_create(4711); grant select on large object 4711 to mapservice",
        "it was given rights on large object 4711",
    ),
    ("alter role mapservice createdb", "it may make databases"),
    ("alter role mapservice bypassrls", "it passes row security by"),
    ("alter role mapservice replication", "it may copy the whole server"),
    ("alter role mapservice superuser", "it is a superuser"),
    ("grant mapservice_owner to mapservice", "it is a member of the role mapservice_owner"),
    ("grant pg_read_all_data to mapservice", "it is a member of the role pg_read_all_data"),
    ("alter table zone owner to mapservice", "it owns table zone"),
    ("grant update on spatial_ref_sys to mapservice", "it may update spatial_ref_sys"),
    ("grant mapservice_owner to mapservice; alter role mapservice noinherit", "it is a member of the role"),
    ("grant create on database {database} to mapservice", "it may make schemas"),
    ("create table left_behind (id int); grant select on left_behind to mapservice", "it may select left_behind"),
)


@pytest.mark.parametrize(("plant", "words"), BY_SUPERUSERS, ids=[plant for plant, _ in BY_SUPERUSERS])
def test_never_passes_over_what_only_a_superuser_could_have_given(superuser, own_database, plant, words):
    for statement in plant.split("; "):
        superuser.connection().exec_driver_sql(statement.format(database=own_database))

    problems = rights.differences(superuser, ROLE)

    assert any(words in problem for problem in problems), problems


def test_tables_that_were_made_anew_get_the_same_rights(server):
    with database.clone(server, database.ground_template(server)) as name:
        engine = db.new_engine(embedded.url(server, embedded.OWNER, name), timeouts=False)
        with engine.begin() as connection:
            connection.exec_driver_sql("create table again (like ledger_entry including all)")
            connection.exec_driver_sql("drop table ledger_entry")
            connection.exec_driver_sql("alter table again rename to ledger_entry")
        with db.transaction(engine) as session:
            assert rights.differences(session, ROLE) != []

        assert provisioning.load(engine) == ["rights of the pages"]

        with db.transaction(engine) as session:
            assert rights.differences(session, ROLE) == []
        assert provisioning.load(engine) == []
        engine.dispose()


def test_a_role_that_is_missing_is_named(owner):
    assert rights.differences(owner, "nobody_here") == ["there is no such role"]
