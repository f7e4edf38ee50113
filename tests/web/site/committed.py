"""Eve, whose writes are committed over connections that may be cut: what tests of faults and of haste share."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from mapservice import create_app, db
from mapservice.hosting import embedded
from mapservice.store.accounts import login_sessions, members
from mapservice.store.tables import Consent, HomeZone, Member, Membership, Operation
from testing.accounts import CHEAP, new_member, sign_in
from tests.counts import count_rows

SLUG = "acute-lymphoblastic-leukaemia"
ALL = f"/conditions/{SLUG}"

THREADS = 8


@pytest.fixture
def own_engine(server, ground_database) -> Iterator[Engine]:
    """An engine whose connections may be cut."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database), pool_size=THREADS * 2)
    yield engine
    with db.transaction(engine) as session:
        login_sessions.end_every(session)
    engine.dispose()


@pytest.fixture
def real_app(config, own_engine) -> Flask:
    """The service as in production: each request on connections of its own."""
    return create_app(config, engine=own_engine, LIMITS=False, **CHEAP)


@pytest.fixture
def eve(engine) -> Iterator[Member]:
    """Somebody whose writes are real; erased after the test."""
    with db.open_session(engine) as session:
        member = new_member(session, f"{uuid.uuid4()}@example.org", pseudonym="Eve")
    yield member
    with db.transaction(engine) as session:
        kept = session.get(Member, member.id)
        if kept is not None:
            members.delete_account(session, kept)


@pytest.fixture
def as_eve(real_app, eve):
    client = real_app.test_client()
    sign_in(client, eve)
    return client


def of(engine: Engine, member: Member) -> dict[str, int]:
    """How many rows of each table are a member's, and how many people are counted in all."""
    with db.transaction(engine) as session:
        tables = (Membership, Consent, HomeZone, Operation)
        rows = {
            table.__tablename__: session.scalars(
                select(func.count()).select_from(table).where(table.member_id == member.id)
            ).one()
            for table in tables
        }
        return rows | {"counted": max([n for *_, n in count_rows(session)], default=0)}


def joining() -> dict[str, str]:
    return {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())}


def showing() -> dict[str, str]:
    return {"zone": "DE", "audience": "members", "operation": str(uuid.uuid4()), "finer": "yes"}
