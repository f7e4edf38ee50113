"""Alice's browser, in which she showed herself and hid: what tests of hiding share."""

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from mapservice.web.places import hiding
from mapservice.web.site.browser_session import AUTHENTICATED_AT
from testing.accounts import post
from tests.web.places.place_forms import ALL, join, save

OTHER = "/conditions/marfan-syndrome"


@pytest.fixture
def hidden(as_alice, freiburg):
    """Alice's browser, after she showed herself to all members and then hid."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{ALL}/hide")
    return as_alice


@pytest.fixture
def in_two(as_alice, freiburg):
    """Alice's browser: shown in two conditions, to different people and in zones of different size."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{OTHER}/join", {"role": "person", "consent": "yes", "operation": "1f" * 16})
    post(as_alice, f"{OTHER}/place", {"zone": "DE", "audience": "condition", "finer": "yes", "operation": "2f" * 16})
    return as_alice


def make_stale(client, *, hidden_minutes_ago=0):
    """Let the password of a login be given an hour ago, and its acts of hiding be some minutes old."""
    with client.application.app_context(), client.session_transaction() as kept:
        kept[AUTHENTICATED_AT] = 0
        for name in [name for name in kept if name.startswith(hiding.ACT)]:
            kept[name] -= hidden_minutes_ago * 60


def act_of(session, member):
    """The act of hiding that a form carries."""
    return session.scalars(select(Membership.hidden_by).where(Membership.member_id == member.id)).first().hex
