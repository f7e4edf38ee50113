"""The migrations lead to the tables of the models, and back."""

import ast
import uuid

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import CheckConstraint, inspect
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.cli import provisioning
from mapservice.config import HOME
from mapservice.hosting import embedded
from mapservice.store.community import consent_rows
from mapservice.store.tables import Base
from testing import database

FILES = sorted(provisioning.VERSIONS.glob("*.py"))
WIDTH = 32  # of alembic_version.version_num
ID = uuid.UUID(int=7)


@pytest.fixture
def bare_engine(server):
    """An engine of the owner on a database without tables."""
    with database.clone(server, embedded.DATABASE) as name:
        engine = db.new_engine(embedded.url(server, embedded.OWNER, name), timeouts=False)
        yield engine
        engine.dispose()


def alembic(connection):
    config = AlembicConfig(toml_file=HOME / "pyproject.toml")
    config.attributes["connection"] = connection
    return config


def tables(connection):
    # Those of PostGIS belong to the superuser.
    return set(inspect(connection).get_table_names()) - {"spatial_ref_sys", "alembic_version"}


def differences(connection):
    context = MigrationContext.configure(
        connection,
        opts={"include_object": alembic_helpers.include_object, "compare_type": True, "target_metadata": Base.metadata},
    )
    return compare_metadata(context, Base.metadata)


def test_the_newest_migration_makes_the_tables_of_the_models(owner_connection):
    assert tables(owner_connection) == set(Base.metadata.tables)
    assert differences(owner_connection) == []


def test_a_missing_column_would_be_noticed(owner_connection):
    owner_connection.exec_driver_sql("alter table member drop column pseudonym")

    assert [difference[0] for difference in differences(owner_connection)] == ["add_column"]


def test_every_migration_goes_down_and_up_again(bare_engine):
    with bare_engine.connect() as connection:
        config = alembic(connection)
        for path in FILES:
            command.upgrade(config, path.stem)
            command.downgrade(config, "-1")
            command.upgrade(config, path.stem)
        assert tables(connection) == set(Base.metadata.tables)

        command.downgrade(config, "base")
        assert tables(connection) == set()


def test_buckets_that_are_there_already_get_their_renewals_evenly_and_keep_their_figures(bare_engine):
    with bare_engine.connect() as connection:
        config = alembic(connection)
        command.upgrade(config, "0003_release_guard")
        connection.exec_driver_sql("insert into condition (id, slug, name, summary) values (1, 'c', 'C', '')")
        connection.exec_driver_sql("insert into release values (30, '2026-11-22', 'default', 1)")
        connection.exec_driver_sql(
            "insert into count_bucket (condition_id, place, people, version, changes, waits_since, shown)"
            " select 1, 'X' || n, 40, 2, 1, 25, 40 from generate_series(1, 600) n"
        )

        command.upgrade(config, "0004_renewals")
        rows = connection.exec_driver_sql("select renewal, count(*), sum(shown) from count_bucket group by 1").all()
        assert {row[0] for row in rows} == set(range(12))
        assert all(30 <= count <= 75 and shown == 40 * count for _renewal, count, shown in rows)

        command.downgrade(config, "-1")
        assert connection.exec_driver_sql("select distinct waits_since from count_bucket").scalars().all() == [30]


def test_figures_below_the_new_threshold_are_published_no_more(bare_engine):
    with bare_engine.connect() as connection:
        config = alembic(connection)
        command.upgrade(config, "0003_release_guard")
        connection.exec_driver_sql("insert into condition (id, slug, name, summary) values (1, 'c', 'C', '')")
        connection.exec_driver_sql("insert into release values (30, '2026-11-22', 'default', 1)")
        connection.exec_driver_sql("insert into released_count values (30, 1, 'DE', 10), (30, 1, 'FR', 15)")
        connection.exec_driver_sql(
            "insert into count_bucket (condition_id, place, people, version, changes, waits_since, shown)"
            " values (1, 'DE', 11, 2, 0, 25, 10), (1, 'FR', 14, 2, 0, 25, 15), (1, 'NL', 3, 2, 0, 25, null)"
        )

        command.upgrade(config, "0004_renewals")

        buckets = connection.exec_driver_sql("select place, shown, people, version from count_bucket order by 1").all()
        assert buckets == [("DE", None, 11, 2), ("FR", 15, 14, 2), ("NL", None, 3, 2)]
        # What was published is never written anew.
        assert connection.exec_driver_sql("select shown from released_count order by place").scalars().all() == [10, 15]


def test_sessions_and_operations_forget_where_somebody_was_shown(bare_engine):
    with bare_engine.connect() as connection:
        config = alembic(connection)
        command.upgrade(config, "0006_ledger")
        connection.exec_driver_sql(
            "insert into login_session (token_hash, data) values ('a', "
            """'{"staff": false, "shown_before": {"marfan-syndrome": ["members", "DE.1.2.3"]}}')"""
        )

        connection.exec_driver_sql(
            "insert into member (id, email, pseudonym, fs_uniquifier, active) values (%s, 'a', 'A', 'a', true)", (ID,)
        )
        connection.exec_driver_sql(
            """insert into operation (id, member_id, result) values (%s, %s, '{"condition": "marfan-syndrome"}')""",
            (ID, ID),
        )

        command.upgrade(config, "0007_audience_before")

        assert connection.exec_driver_sql("select result from operation").scalars().all() == [{}]
        assert connection.exec_driver_sql("select data from login_session").scalars().all() == [{"staff": False}]


def test_the_figures_of_consents_go_out_of_their_words(bare_engine):
    words = (
        "I know: we expect %s with this condition in this zone. Somebody who knows the patients here can recognise me."
    )
    figures = [("about 1,234 people", None), ("about 1 person", None), ("fewer than 1 person", None)]
    figures += [("about 8 people", "2026-01-01")]
    with bare_engine.connect() as connection:
        config = alembic(connection)
        command.upgrade(config, "0013_restoring")
        for name in (
            connection.exec_driver_sql(
                "select column_name from information_schema.columns where table_name = 'zone' and is_nullable = 'NO'"
                " and column_name <> 'id'"
            )
            .scalars()
            .all()
        ):
            connection.exec_driver_sql(f"alter table zone alter column {name} drop not null")
        connection.exec_driver_sql("insert into zone (id) values ('DE')")
        connection.exec_driver_sql("insert into condition (id, slug, name, summary) values (1, 'c', 'C', '')")
        connection.exec_driver_sql(
            "insert into member (id, email, pseudonym, security_stamp, active, confirmed_at)"
            " values (%s, 'a', 'A', 'a', true, now())",
            (ID,),
        )
        connection.exec_driver_sql(
            "insert into membership (condition_id, member_id, public_id, role, audience, shown_zone, for_minor)"
            " values (1, %s, 'p', 'person', 'members', 'DE', true)",
            (ID,),
        )
        for at, (figure, revoked) in enumerate(figures):
            connection.exec_driver_sql(
                "insert into consent (id, member_id, condition_id, kind, wording, revoked_at)"
                " values (%s, %s, 1, 'finer', %s, %s)",
                (uuid.UUID(int=at), ID, words % figure, revoked),
            )

        command.upgrade(config, "0025_pin_tile")

        rows = connection.exec_driver_sql("select wording, zone_id, expected_people from consent order by id").all()
        assert [tuple(row[1:]) for row in rows] == [("DE", 1234), ("DE", 1), ("DE", 0), (None, None)]
        assert {row[0] for row in rows} == {(words % "{figure}").replace("this zone", "{zone}")}
        salt, name = connection.exec_driver_sql("select salt, pseudonym from membership").one()
        assert bytes(salt) == b"", "the pin stays where it is"
        assert name.startswith("Member ")


CONSENTS = (
    # kind, condition, wording, zone, people, given, revoked
    ("taking_part", None, "I take part.", None, None, "2026-01-01 10:00+00", None),
    ("joined", 1, "I join.", None, None, "2026-01-02 10:00+00", None),
    ("joined", 2, "I join.", None, None, "2026-01-02 10:00+00", None),
    ("finer", 1, "I know: {figure} in {zone}.", "DE", 0, "2026-01-02 10:00+00", None),
    ("shown", 1, "Me uno: {zone}.", None, None, "2026-01-02 10:00+00", "2026-02-03 10:00+00"),
)

OF_CONSENTS = (
    "select kind, condition_id, wording, zone_id, expected_people,"
    " date_trunc('second', given_at)::text, revoked_at::text from consent {} order by 1, 2, 3"
)


def add_members_with_consents(connection):
    """Two members with the same consents, two of one kind at one moment."""
    connection.exec_driver_sql("set timezone = 'UTC'")
    connection.exec_driver_sql(
        "insert into zone (id, tree, level, codes, name, people, appears, opens, box, anchor, anchors) values"
        " ('DE', 1, 'country', '{}', 'Nowhere', 1, 0, 1, '{0,0,1,1}', st_setsrid(st_makepoint(0, 0), 4326), '')"
    )
    connection.exec_driver_sql(
        "insert into condition (id, slug, name, summary) values (1, 'c', 'C', ''), (2, 'd', 'D', '')"
    )
    for number in (1, 2):
        member = uuid.UUID(int=number)
        connection.exec_driver_sql(
            "insert into member (id, email, pseudonym, security_stamp, active) values (%s, %s, 'A', %s, true)",
            (member, str(number), str(number)),
        )
        for row in CONSENTS:
            connection.exec_driver_sql(
                "insert into consent (id, member_id, kind, condition_id, wording, zone_id, expected_people, given_at,"
                " revoked_at) values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s)",
                (member, *row),
            )


def consents_in(connection, joined=""):
    return [tuple(row) for row in connection.exec_driver_sql(OF_CONSENTS.format(joined)).all()]


def test_never_loses_a_consent_or_its_words_when_wordings_are_stored_once(bare_engine):
    with bare_engine.connect() as connection:
        config = alembic(connection)
        command.upgrade(config, "0025_pin_tile")
        add_members_with_consents(connection)
        before = consents_in(connection)
        assert len(before) == 2 * len(CONSENTS)

        command.upgrade(config, "0026_consent_wording")
        joined = "join consent_wording on consent_wording.id = wording_id"
        assert consents_in(connection, joined) == before
        moments = connection.exec_driver_sql(
            "select array_agg(extract(microseconds from given_at)::int order by given_at) from consent"
            " where kind = 'joined' group by member_id"
        )
        assert moments.scalars().all() == [[0, 1], [0, 1]], "the second a microsecond later"
        words = connection.exec_driver_sql("select id, wording from consent_wording").all()
        assert len(words) == 4
        with Session(connection) as session:
            for id_, wording in words:
                assert consent_rows.find_or_store_wording(session, wording) == id_

        command.downgrade(config, "-1")
        assert consents_in(connection) == before


def test_the_keys_and_checks_of_the_database_are_those_of_the_models(owner_connection):
    inspector = inspect(owner_connection)
    for name, table in Base.metadata.tables.items():
        key = [column.name for column in table.primary_key]
        assert inspector.get_pk_constraint(name)["constrained_columns"] == key, name
        checks = {check.name for check in table.constraints if isinstance(check, CheckConstraint)}
        assert {check["name"] for check in inspector.get_check_constraints(name)} == checks, name


def test_a_second_migrate_changes_nothing(bare_engine):
    assert provisioning.migrate(bare_engine) is True
    assert provisioning.migrate(bare_engine) is False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_is_named_after_its_id_and_says_why(path):
    tree = ast.parse(path.read_text())
    ids = [node.value.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "revision"]

    assert ids == [path.stem]
    assert len(path.stem) <= WIDTH
    assert path.stem[:4].isdigit()
    assert "Why:" in (ast.get_docstring(tree) or "")


@pytest.mark.parametrize("path", [path for path in FILES if path.stem >= "0026"], ids=lambda path: path.stem)
def test_a_migration_says_whether_the_previous_version_can_use_its_tables(path):
    """Add NEEDS_THIS_VERSION = False if it can: nothing that it reads or writes is renamed or gone."""
    tree = ast.parse(path.read_text())
    said = [
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "NEEDS_THIS_VERSION"
    ]

    assert said in ([True], [False])


def test_the_newest_revision_is_the_last_file():
    assert provisioning.newest_revision() == FILES[-1].stem
