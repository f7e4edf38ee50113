"""What a member does is written with the condition named by equality: a distributed database asks one server for it."""

import re

import pytest
from sqlalchemy import text

from mapservice import create_app
from mapservice.store.tables import Base
from testing import routes
from testing.accounts import CHEAP, sign_in
from testing.releasing import as_owner
from tests.statements import statements
from tests.store.test_condition_keys import EXCEPTIONS, keys

#: The tables that are distributed: those of communities, but for keys with a reason and for the catalogue, which is
#: the same on every server.
CATALOGUE = {"condition_name", "condition_code"}
DISTRIBUTED = {table for table, _key in keys(Base.metadata)} - {table for table, _key in EXCEPTIONS} - CATALOGUE

#: Writes for all conditions of one member, by kind and table, and why they may be: all of them are rare.
OF_A_MEMBER = {
    ("update", "counted_member"): "whose location is deleted: from then on they count for the world only",
    ("delete from", "membership"): "whose account is deleted",
    ("delete from", "counted_member"): "whose account is deleted",
    ("delete from", "block"): "whose account is deleted",
    ("delete from", "block_elsewhere"): "whose account is deleted",
    ("delete from", "text_thanks"): "whose account is deleted",
}

#: What a member's acts write.
EXPECTED = {
    ("insert into", "membership"),
    ("update", "membership"),
    ("delete from", "membership"),
    ("delete from", "counted_member"),
    ("insert into", "zone_count_change"),
}

_WRITE = re.compile(rf"\b(insert into|update|delete from)\s+({'|'.join(sorted(DISTRIBUTED))})\b(.*)", re.I | re.S)
_COLUMNS = re.compile(r"\s*(?:as\s+\w+\s*)?\(([^)]*)\)\s*values\b", re.I)
_BY_CONDITION = re.compile(r"\bwhere\b.*\bcondition_id\s*=\s*%\(", re.I | re.S)
_BY_MEMBER = re.compile(r"\bwhere\b.*\bmember_id\s*=\s*%\(", re.I | re.S)

#: What somebody does first who is a member already, and last.
FIRST = ("memberships.leave", "memberships.join", "place.save")
LAST = ("place.forget", "memberships.leave", "settings.delete")


def writes(seen):
    """The kind, the table and the rest of each statement that writes to a distributed table."""
    for statement in seen:
        if match := _WRITE.search(statement):
            yield match[1].lower(), match[2].lower(), match[3]


def names_one_condition(kind, rest):
    if kind == "insert into":
        columns = _COLUMNS.match(rest)
        return bool(columns) and "condition_id" in columns[1].replace(" ", "").split(",")
    return bool(_BY_CONDITION.search(rest))


def wrong(seen):
    """Writes that name neither one condition nor, where that has a reason, one member."""
    return [
        (kind, table)
        for kind, table, rest in writes(seen)
        if not names_one_condition(kind, rest) and not ((kind, table) in OF_A_MEMBER and _BY_MEMBER.search(rest))
    ]


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


def test_every_write_of_a_member_names_one_condition(app, connection, session, bob, condition):
    """Bob sends every form that there is for members."""
    with as_owner(session):
        row = {"condition": condition.id, "member": bob.id}
        session.execute(
            text("insert into counted_member (condition_id, member_id, changed_on)"
                 " values (:condition, :member, current_date)"), row
        )  # fmt: skip
        session.commit()
    client = app.test_client()
    sign_in(client, bob)
    rules = {rule.endpoint: rule for rule, _ in routes.unsafe(app) if routes.policy(app, rule) in {"member", "fresh"}}

    with statements(connection) as seen:
        for endpoint in (*FIRST, *sorted(rules.keys() - {*FIRST, *LAST}), *LAST):
            routes.send(client, rules[endpoint])

    assert wrong(seen) == []
    found = list(writes(seen))
    assert {(kind, table) for kind, table, _rest in found} >= EXPECTED
    assert {(kind, table) for kind, table, rest in found if not names_one_condition(kind, rest)} == set(OF_A_MEMBER)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update membership set role = %(role)s where member_id = %(member)s", [("update", "membership")]),
        ("update membership set role = 'x' where condition_id = any(%(ids)s)", [("update", "membership")]),
        ("delete from zone_count where condition_id in (select 1)", [("delete from", "zone_count")]),
        ("insert into zone_count (condition_id, n) select condition_id, 1 from a", [("insert into", "zone_count")]),
        ("with a as (delete from count_bucket returning *) select 1", [("delete from", "count_bucket")]),
        ("INSERT INTO membership (member_id, role) VALUES (%(a)s, %(b)s)", [("insert into", "membership")]),
        ("UPDATE membership SET role=%(role)s WHERE membership.condition_id = %(id)s AND member_id = %(m)s", []),
        ("INSERT INTO membership (condition_id, member_id) VALUES (%(a)s, %(b)s)", []),
        ("delete from membership where member_id = %(member)s", []),
        ("select 1 from membership where member_id = %(member)s for update", []),
    ],
)  # fmt: skip
def test_a_write_that_leaves_the_condition_open_is_found(statement, found):
    assert wrong([statement]) == found
