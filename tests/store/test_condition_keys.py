"""Tables of communities can be distributed over several servers by their condition, and accounts be on another one."""

import re

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, delete, select, text
from sqlalchemy.exc import IntegrityError

from mapservice import db
from mapservice.config import HOME
from mapservice.geo.zones import Level
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.across import demo
from mapservice.store.community import consents
from mapservice.store.tables import Base, Consent, CountedMember, Member, Membership
from testing.locations import put

#: Keys that do not begin with the condition, and why they need not.
EXCEPTIONS = {
    ("consent", ("member_id", "kind", "given_at")): "the consent to take part has no condition, and shares the table",
    ("pending_sign_up", ("token_hash",)): "it belongs to an account to be; the condition is the page it came from",
    ("released_count", ("release", "condition_id", "place")): "a release is written and read whole, and never changes",
}


def keys(metadata):
    """The unique keys of the tables that have a condition."""
    for table in metadata.tables.values():
        if "condition_id" in table.columns:
            unique = [table.primary_key, *(key for key in table.constraints if isinstance(key, UniqueConstraint))]
            for key in (*unique, *(index for index in table.indexes if index.unique)):
                yield table.name, tuple(column.name for column in key.columns)


def test_every_unique_key_of_a_table_of_communities_begins_with_the_condition():
    wrong = {key for key in keys(Base.metadata) if key[1][0] != "condition_id"}

    assert wrong == set(EXCEPTIONS)
    assert len(list(keys(Base.metadata))) > 2 * len(EXCEPTIONS)


@pytest.mark.parametrize("kind", ["primary", "constraint", "index"])
def test_a_key_that_begins_with_something_else_is_found(kind):
    metadata = MetaData()
    rest = {
        "primary": [],
        "constraint": [UniqueConstraint("name", "condition_id")],
        "index": [Index("ix", "name", "condition_id", unique=True)],
    }[kind]
    names = [Column("name", Text, primary_key=kind == "primary"), Column("condition_id", Integer, primary_key=True)]
    Table("planted", metadata, *names, *rest)

    assert ("planted", ("name", "condition_id")) in set(keys(metadata))


@pytest.fixture
def session(owner_connection):
    """A session in a database that deletes nothing by itself in communities when an account is deleted."""
    found = owner_connection.execute(
        text("select conrelid::regclass::text, conname from pg_constraint where contype = 'f' and confdeltype = 'c'"
             " and confrelid = 'member'::regclass and conrelid in ('membership'::regclass, 'consent'::regclass)")
    ).all()  # fmt: skip
    assert len(found) == 2
    for table, name in found:
        owner_connection.execute(
            text(f"alter table {table} drop constraint {name}, "
                 f"add constraint {name} foreign key (member_id) references member (id)")
        )  # fmt: skip
    with db.open_session(owner_connection) as session:
        yield session


def settle(session, condition, zone, *, password):
    """Somebody invented, who is shown in a condition, has agreed to it and is counted."""
    member = Member(email="invented@example.org", password=password, pseudonym="Invented", synthetic=True)
    session.add(member)
    session.flush()
    put(session, member, condition, zone, level=Level.AREA, audience=Audience.MEMBERS)
    consents.agree(session, member, None, ConsentKind.TAKING_PART, "I take part.")
    consents.agree(session, member, condition.id, ConsentKind.SHOWN, "I agree: {zone}", zone_id=zone)
    session.add(CountedMember(condition_id=condition.id, member_id=member.id, changed_on=text("current_date")))
    session.commit()
    return member


@pytest.mark.parametrize(
    ("password", "remove"),
    [
        ("hash", members.delete_account),
        (None, lambda session, _member: demo.remove(session)),
        ("known", lambda session, _member: demo.remove_all(session)),
    ],
    ids=["account", "demo", "demo logins"],
)
def test_an_account_is_deleted_without_cascades_into_communities(session, alice, condition, freiburg, password, remove):
    member = settle(session, condition, freiburg, password=password)
    own = member.id

    remove(session, member)
    session.commit()

    assert session.scalars(select(Member.id)).all() == [alice.id]
    for table in (Membership, Consent, CountedMember):
        assert session.scalars(select(table.member_id).where(table.member_id == own)).all() == []


def test_a_deletion_that_relies_on_cascades_is_found(session, condition, freiburg):
    member = settle(session, condition, freiburg, password="hash")

    with pytest.raises(IntegrityError):
        session.execute(delete(Member).where(Member.id == member.id))


def test_accounts_are_deleted_in_two_modules_only():
    deletes = re.compile(r"delete\((tables\.)?Member\)|delete from member\b|session\.delete\(member\)")
    package = HOME / "mapservice"

    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if deletes.search(path.read_text())}

    assert found == {"store/accounts/members.py", "store/across/demo.py"}
