"""The cast: alice has no place yet, bob is on the map, carol is the only member in her country, dan is an admin.

A neighbour is a member who has joined nothing, and has no part but to look.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level, level_of
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, Member
from testing.accounts import new_member, sign_in
from testing.appointing import appoint
from testing.locations import put, zone_called


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


@pytest.fixture
def as_neighbour(app: Flask, session: Session) -> FlaskClient:
    client = app.test_client()
    sign_in(client, new_member(session, "neighbour@example.org"))
    return client
