"""Carol writes to Bob: what tests of messages share."""

import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from testing.accounts import post, sign_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"
TEXT = "Would you like to talk about work one day?"


@pytest.fixture
def as_carol(app, carol):
    client = app.test_client()
    sign_in(client, carol)
    return client


def id_of(session, member):
    return session.scalars(select(Membership.public_id).where(Membership.member_id == member.id)).one()


def write(client, public_id, text=TEXT, **more):
    form = {"text": text, "operation": str(uuid.uuid4())} | more
    return post(client, f"{ALL}/people/{public_id}/write", form)


@pytest.fixture
def written(session, as_carol, bob):
    """The address of the conversation in which Carol wrote to Bob."""
    answer = write(as_carol, id_of(session, bob))
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def accepted(as_bob, written):
    assert post(as_bob, f"{written}/accept").status_code == 303
    return written


def reply(client, address, text):
    return post(client, f"{address}/reply", {"text": text, "operation": str(uuid.uuid4())})


def masked(page):
    """A page without what differs each time that it is rendered."""
    return re.sub(r'(csrf_token"?[^>]*value|nonce|name="operation" value)="[^"]*"', "", page)


def count_in_navigation(client):
    found = re.search(r'class="count">.*?</span> (\d+)<', client.get("/messages").text)
    return int(found[1]) if found else 0
