"""Every table with a person in it stands in the deletion plan, and of who leaves nothing is left."""

import re
import uuid

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, Uuid, select, text

from mapservice import create_app, db
from mapservice.config import HOME
from mapservice.hosting.embedded import erasing
from mapservice.mail import outbox
from mapservice.privacy.deletion import FILES, Fate, personal
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.home_changes import COOLDOWN
from mapservice.store.accounts import email_changes, second_factors, sign_ups
from mapservice.store.across import after_restore, rights
from mapservice.store.across.subjects import ENTRIES, PLAN
from mapservice.store.figures import audit_log
from mapservice.store.places import count_rollup
from mapservice.store.site import mail_queue, rate_limits
from mapservice.store.tables import (
    Allowance,
    Base,
    EmailChange,
    LoginSession,
    Membership,
    PendingSignUp,
)
from mapservice.web.site import rate_limits as limits
from mapservice.withdrawal_log import RETENTION
from testing.accounts import CHEAP, post, sign_in
from testing.routes import of_every_subject
from tests.counts import count_rows
from tests.frontdoor import signed_up

ALL = "/conditions/acute-lymphoblastic-leukaemia"
EMAIL, NAME, OTHER_NAME = "leaver.canary@example.org", "Leavercanary", "Othercanary"
OTHER_EMAIL = "other.canary@example.org"

#: Columns of these names hold a person.
_OF_PERSON = re.compile(
    r"(^|_)(member|person|people_id|user|account|author|sender|recipient|owner|email|pseudonym|nickname|phone|ip)(_|$)"
)


@pytest.fixture
def connection(owner_connection):
    """With the rights of who makes releases, so that a test can count somebody."""
    return owner_connection


def test_every_table_has_a_line_in_the_list_of_rights():
    assert set(rights.RIGHTS) == {*Base.metadata.tables, "alembic_version"}


def test_never_brings_logins_mails_or_links_back_with_a_backup():
    ended = {"login_session", "known_device", "mail", "operation", "allowance", "pending_sign_up"}

    assert ended <= set(after_restore.EMPTIED)
    assert not {"member", "membership", "home_zone", "consent", "ledger_entry"} & set(after_restore.EMPTIED)


def test_each_table_of_people_says_whether_a_backup_brings_it_back():
    with pytest.raises(TypeError, match="comes_back"):
        personal("toy", "toys", "the row itself")


def of_persons(metadata: MetaData) -> set[str]:
    """The tables with a key to a member, be it over other tables, or with a column named like a person's."""
    tables = {"member"} | {
        table.name
        for table in metadata.tables.values()
        if any(_OF_PERSON.search(column.name) for column in table.columns)
    }
    more = True
    while more:
        new = {
            table.name
            for table in metadata.tables.values()
            if any(key.column.table.name in tables for key in table.foreign_keys)
        } - tables
        tables |= new
        more = bool(new)
    return tables


def unplanned(metadata: MetaData) -> set[str]:
    """The tables that nobody thought about, and those with a person that the plan says have none."""
    forgotten = set(metadata.tables) - set(ENTRIES)
    return forgotten | {name for name in of_persons(metadata) & set(ENTRIES) if not ENTRIES[name].person}


def test_every_table_stands_in_the_plan():
    assert unplanned(Base.metadata) == set()
    assert set(ENTRIES) == set(Base.metadata.tables)
    assert len(ENTRIES) == len(PLAN)


@pytest.mark.parametrize(
    "column",
    [Column("who", ForeignKey("member.id")), Column("asker", ForeignKey("consent.id")), Column("sender_email", Text),
     Column("recipient", Text)],
    ids=lambda column: column.name,
)  # fmt: skip
def test_a_new_table_with_a_person_is_found(column):
    metadata = MetaData()
    Table("member", metadata, Column("id", Uuid, primary_key=True))
    Table("consent", metadata, Column("id", Uuid, primary_key=True), Column("member_id", ForeignKey("member.id")))
    Table("planted", metadata, column)

    assert of_persons(metadata) == {"member", "consent", "planted"}
    assert unplanned(metadata) == {"planted"}


def test_a_person_in_a_table_that_had_none_is_found():
    metadata = MetaData()
    Table("member", metadata, Column("id", Uuid, primary_key=True))
    Table("zone_count", metadata, Column("member_id", ForeignKey("member.id")))

    assert unplanned(metadata) == {"zone_count"}


def test_every_column_that_the_plan_names_is_there():
    for entry in PLAN:
        columns = set(Base.metadata.tables[entry.table].columns.keys())
        assert entry.secret | ({entry.person} - {""}) <= columns
        assert (entry.fate is Fate.DELETED) is bool(entry.person)
        assert entry.holds
        assert entry.why


def test_what_goes_with_the_member_goes_in_the_database_itself():
    for entry in PLAN:
        if entry.person == "member_id":
            keys = [key for key in Base.metadata.tables[entry.table].foreign_keys if key.parent.name == "member_id"]
            assert [key.ondelete for key in keys] == ["CASCADE"], entry.table


def traces(connection, needles: list[str]) -> list[tuple[str, str]]:
    """In which tables of a whole dump one of the texts stands, also as the hex of bytes.

    What was written before the test began, such as the ground, cannot hold the member, and is passed over by its age.
    """
    with db.open_session(connection) as session:
        count_rollup.roll_up(session)  # the worker does it a moment later
        session.commit()
    names = connection.scalars(text("select tablename from pg_tables where schemaname = current_schema()")).all()
    every = [needle.lower() for text in needles for needle in (text, text.encode().hex())]
    assert set(Base.metadata.tables) <= set(names)
    began = connection.scalar(text("select mod(pg_current_xact_id()::text::numeric, 4294967296)::bigint"))
    return [
        (name, needle)
        for name in names
        for row in connection.scalars(
            text(f"select lower(line::text) from {name} as line where xmin::text::bigint >= :began"), {"began": began}
        )
        for needle in every
        if needle in row
    ]


@pytest.fixture
def leaver(client, session, condition, freiburg):
    """Somebody of whom something stands in every table that can hold a person; and what would tell of them."""
    member = signed_up(client, session, EMAIL, pseudonym=NAME)
    sign_in(client, member)
    form = {"role": "person", "consent": "yes", "counted": "yes", "pseudonym": OTHER_NAME}
    post(client, f"{ALL}/join", form | {"operation": str(uuid.uuid4())})
    post(client, f"{ALL}/place", {"zone": freiburg, "audience": "condition", "finer": "yes",
                                  "operation": str(uuid.uuid4())})  # fmt: skip
    post(client, f"{ALL}/hide")
    post(client, f"{ALL}/show-again")
    membership = session.scalars(select(Membership).where(Membership.member_id == member.id)).one()
    session.execute(text("insert into staff_role values ('leavers', '') on conflict do nothing"))
    session.execute(text("insert into member_staff_role values (:id, 'leavers')"), {"id": member.id})
    second_factors.set_up(session, member, sealed=b"sealed", step=1, codes=[b"code"])
    # As it may stand for a moment, where two links are used at once.
    session.add(PendingSignUp(token_hash=b"leaver", email=EMAIL, condition_id=condition.id))
    session.add(EmailChange(member_id=member.id, old_email=EMAIL, new_email=OTHER_EMAIL))
    mail_queue.enqueue(session, EMAIL, "An e-mail", f"Dear {NAME}")
    for leave_traces in of_every_subject("leave_traces"):
        leave_traces(session, member, condition)
    session.commit()
    tokens = [row.hex() for row in session.scalars(select(LoginSession.token_hash).where(LoginSession.member_id == member.id))]  # noqa: E501 # fmt: skip
    assert tokens
    return member, [
        str(member.id), member.id.hex, EMAIL, OTHER_EMAIL, NAME, OTHER_NAME, membership.public_id,
        member.security_stamp, *tokens,
    ]  # fmt: skip


def test_never_keeps_anything_of_who_deleted_the_account(client, connection, leaver):
    assert {table for table, _needle in traces(connection, leaver[1])} == {
        entry.table for entry in PLAN if entry.person
    }

    assert post(client, "/account/delete", {"sure": "yes"}).status_code == 303

    assert traces(connection, leaver[1]) == []


def test_never_counts_who_deleted_the_account(client, session, leaver):
    assert count_rows(session) != []

    post(client, "/account/delete", {"sure": "yes"})

    session.expire_all()
    assert count_rows(session) == []


@pytest.mark.parametrize("bad", ["id", "hex", "email"])
def test_a_row_that_is_left_behind_is_found(client, connection, session, leaver, bad):
    member, needles = leaver
    left = {"id": str(member.id), "hex": f"about {EMAIL.encode().hex()}", "email": EMAIL}[bad]
    post(client, "/account/delete", {"sure": "yes"})

    session.execute(text("insert into loaded values ('planted', :left)"), {"left": left})
    session.commit()

    assert {table for table, _needle in traces(connection, needles)} == {"loaded"}


def test_never_keys_an_allowance_by_who_somebody_is(app, config, session, connection):
    with app.app_context():
        key = limits.bucket_key(limits.limit("account"), EMAIL)
    rate_limits.consume(session, key, capacity=5, seconds=60)
    session.commit()

    assert traces(connection, [EMAIL]) == []
    with create_app(config.__class__(state=config.state, secret_key="77" * 32, anchor_key="a0" * 32),
                    engine=connection, **CHEAP).app_context():  # fmt: skip
        assert limits.bucket_key(limits.limit("account"), EMAIL) != key


def test_an_allowance_is_forgotten_after_its_deadline(session):
    rate_limits.consume(session, b"planted", capacity=5, seconds=60)
    assert ENTRIES["allowance"].deadline == "1 day"

    session.execute(text("update allowance set filled_at = now() - interval '25 hours' where key = 'planted'"))
    rate_limits.delete_full(session)

    assert session.get(Allowance, b"planted") is None


def test_files_beside_the_tables_stand_in_the_plan_too():
    assert {entry.table for entry in FILES} >= {"withdrawals", "backups"}
    assert not {entry.table for entry in FILES} & set(ENTRIES)
    assert ENTRIES["member"].fate is Fate.DELETED
    assert {entry.deadline for entry in FILES if entry.table in {"withdrawals", "backups"}} == {
        f"{RETENTION.days} days"
    }


def test_operators_read_until_when_backups_are_kept():
    assert "Delete backups after 35 days" in (HOME / "docs" / "operators.md").read_text()


def test_the_words_about_the_account_name_the_times_that_the_code_keeps():
    words = ENTRIES["member"].holds

    assert f"{COOLDOWN.days} days" in words
    assert f"{DEFAULT.months_uncounted} months" in words


def test_the_plan_names_the_times_that_the_code_keeps():
    files = {entry.table: entry for entry in FILES}

    assert ENTRIES["ledger_entry"].deadline == f"{audit_log.RETENTION.days // 365} years"
    assert ENTRIES["mail_failure"].deadline == f"{mail_queue.FAILURE_RETENTION.days} days"
    assert f"after {sign_ups.RETENTION.days} days at the latest" in ENTRIES["pending_sign_up"].why
    assert email_changes.FREEZE.days == 7
    assert "in the last seven days" in ENTRIES["email_change"].holds
    assert files["database"].deadline == f"{erasing.MAX_AGE_H} hours"
    assert files["outbox"].deadline == f"{outbox.RETENTION_S // 3600} hour"
