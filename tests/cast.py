"""The cast: alice has no place yet, bob is on the map, carol is the only member in her country, dan is an admin."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level, level_of
from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.visibility import Audience, Role
from mapservice.store import tables
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import homes
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from tests.accounts import new_member, sign_in
from tests.appointing import appoint

ANCHOR_KEY = bytes.fromhex("a0" * 32)


def zone_called(session: Session, name: str, level: Level, country: str) -> str:
    """The id of the zone that people know by a name."""
    wanted = select(tables.Zone.id).where(
        tables.Zone.name == name, tables.Zone.level == level, tables.Zone.country == country
    )
    return session.scalars(wanted).one()


def put(
    session: Session, member: Member, condition: Condition, home: str, *, level: Level, audience: Audience
) -> Membership:
    """Join a member to a condition and show them there, as the pages do."""
    membership = memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)
    shown = tree.get(session, coarsen(home, level))
    masked = MaskedPlace(
        home, {condition.id: jitter(shown, member.id, condition.id, salt=membership.salt, key=ANCHOR_KEY)}
    )
    homes.save(session, member, masked, since=dt.datetime.now(dt.UTC))
    homes.show_to(session, membership, audience)
    session.commit()
    return membership


@pytest.fixture
def condition(session: Session) -> Condition:
    return conditions.get(session, "acute-lymphoblastic-leukaemia")


@pytest.fixture
def freiburg(session: Session) -> str:
    area = zone_called(session, "Freiburg", Level.AREA, "DE")
    assert level_of(area) is Level.AREA
    return area


@pytest.fixture
def alice(session: Session) -> Member:
    return new_member(session, "alice@example.org", pseudonym="Alice")


@pytest.fixture
def bob(session: Session, condition: Condition, freiburg: str) -> Member:
    member = new_member(session, "bob@example.org", pseudonym="Bob")
    put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
    return member


@pytest.fixture
def carol(session: Session, condition: Condition) -> Member:
    member = new_member(session, "carol@example.org", pseudonym="Carol")
    put(session, member, condition, "IS", level=Level.COUNTRY, audience=Audience.MEMBERS)
    return member


@pytest.fixture
def dan(session: Session) -> Member:
    member = new_member(session, "dan@example.org", pseudonym="Dan")
    appoint(session, member, staff.ADMIN)
    session.commit()
    return member


@pytest.fixture
def as_alice(app: Flask, alice: Member) -> FlaskClient:
    client = app.test_client()
    sign_in(client, alice)
    return client


@pytest.fixture
def as_bob(app: Flask, bob: Member) -> FlaskClient:
    client = app.test_client()
    sign_in(client, bob)
    return client
