"""A service of its own for an attack: pages and database on one connection, undone in the end."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bench.attacks.table import Context
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.geo.zones import Level, ZoneId
from mapservice.privacy.deletion import PUBLIC_SOURCES
from mapservice.privacy.visibility import Audience
from mapservice.store.across.subjects import PLAN
from mapservice.store.catalogue import conditions
from mapservice.store.places import count_rollup
from mapservice.store.tables import Base, Condition, Member, Membership
from mapservice.web.members_map.members_map import PAGE as PAGE_SIZE
from testing.accounts import CHEAP, new_member, sign_in
from testing.locations import put, zone_called
from testing.observing import limit_requests, observe

#: The pages, a session and the connection below both.
Stage = tuple[Flask, Session, Connection]

SLUG = "acute-lymphoblastic-leukaemia"
PAGE = f"/conditions/{SLUG}"

#: Tables of the ground, of the catalogue and of the facts about conditions: no person ever enters them.
_OF_NOBODY = {"loaded", *(entry.table for entry in PLAN if entry.why == PUBLIC_SOURCES)}

#: What is new each time and says nothing: random ids, tokens, moments.
_MASKS = (
    (re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\\\\x([0-9a-f]{64}|[0-9a-f]{32})"), "<hash>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+\d\d"), "<moment>"),
    (re.compile(r'(nonce|csrf_token" value|operation" value)="[^"]*"'), r"\1"),
    (re.compile(r"(nonce-|ImNz|\"Ij)[\w.\-=+/]+"), "<token>"),
    (re.compile(r'"hidden/[0-9a-f]{32}": [\d.]+'), "<act and moment>"),
    (re.compile(r'"security_stamp": "[^"]+"|"authenticated_at": [\d.]+|"operation": "[^"]+"'), "<session>"),
    # The sum of the numbers of all changes of one map's counts: whoever made them, and also those that were undone.
    (re.compile(r"^(zone_count_version\t\d+\t\w+\t)\d+$", re.MULTILINE), r"\1<version>"),
)


@contextmanager
def service(context: Context, **settings: Any) -> Iterator[Stage]:
    """The service on a connection with the rights of the pages, whose transaction is undone; without limits."""
    with context.engine.connect() as connection, connection.begin() as undone, TemporaryDirectory() as folder:
        # A superuser lends the rights of the pages, and can make a release in between.
        observe(connection)
        config = Config(state=Path(folder) / "state", secret_key="5e" * 32, anchor_key="a0" * 32)
        app = create_app(config, engine=connection, TESTING=True, **{"LIMITS": False, **CHEAP, **settings})
        limit_requests(app, connection)
        with db.open_session(connection) as session:
            yield app, session, connection
        undone.rollback()


def condition(session: Session) -> Condition:
    """The condition that the attacks look at."""
    return conditions.get(session, SLUG)


def freiburg(session: Session) -> ZoneId:
    """An area with towns in it."""
    return zone_called(session, "Freiburg", Level.AREA, "DE")


def browser(app: Flask, member: Member) -> FlaskClient:
    """Somebody's browser, signed in just now."""
    client = app.test_client()
    sign_in(client, member)
    return client


def crowd(session: Session, zones: list[tuple[str, Level]], *, prefix: str = "crowd") -> list[Membership]:
    """Members shown to all others in some zones."""
    return [
        put(session, new_member(session, f"{prefix}-{at}@example.org", pseudonym=f"{prefix} {at}"),
            condition(session), zone, level=level, audience=Audience.MEMBERS)
        for at, (zone, level) in enumerate(zones)
    ]  # fmt: skip


def listed(client: FlaskClient, slug: str, zone: str) -> list[str]:
    """The public ids that the list of a zone shows, page after page."""
    path, public_ids = f"/conditions/{slug}/map?in={zone}&page=", list[str]()
    while new := re.findall(r'people/([\w-]+)"', client.get(f"{path}{len(public_ids) // PAGE_SIZE + 1}").text):
        # After the last page the last one is shown again.
        if len(new) < PAGE_SIZE or new[0] in public_ids:
            return public_ids + (new if new[0] not in public_ids else [])
        public_ids += new
    return public_ids


def analyze(connection: Connection) -> None:
    """Let the planner know how many people there are, as autovacuum does in a service that runs.

    Without it, it takes each community for one of a single member, and reads all of them to find one.
    """
    tables = sorted(set(Base.metadata.tables) - _OF_NOBODY)
    connection.exec_driver_sql("reset role")
    connection.exec_driver_sql(f"analyze {', '.join(tables)}")
    observe(connection)


def taken(answer: TestResponse) -> TestResponse:
    """The answer to a form that did what it asked for; an attack on what nobody can do would measure nothing."""
    assert answer.status_code == 303, (answer.request.path, answer.status_code)
    return answer


def dump(connection: Connection) -> str:
    """All rows of all tables that know a person, as COPY writes them, but for those that the pages cannot even read.

    The changes of the counts, which know nobody, are added up before, as the worker does four times a second.
    """
    with db.open_session(connection) as session:
        count_rollup.roll_up(session)
        session.commit()
    lines = []
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        for table in sorted(set(Base.metadata.tables) - _OF_NOBODY):
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            if not cursor.fetchone()[0]:
                continue
            with cursor.copy(f"copy (select * from {table}) to stdout") as copy:
                rows = sorted(bytes(block).decode() for block in copy)
            lines += [f"{table}\t{row}" for row in rows]
    return "".join(lines)


def masked(text: str, *own: str) -> str:
    """A text without ids, tokens and moments; ``own`` are ids of random letters."""
    for own_text in own:
        text = text.replace(own_text, "<own>")
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text.replace(str(dt.datetime.now(dt.UTC).date()), "<today>")
