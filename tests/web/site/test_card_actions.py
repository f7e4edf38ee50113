"""What can be done with the profile card of somebody else: one list, on the page and in the card of the map."""

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from mapservice.web.site import card_actions
from mapservice.web.site.card_actions import CardAction
from testing.accounts import sign_in

ALL = "acute-lymphoblastic-leukaemia"


@pytest.fixture
def with_an_action(app):
    """The service, where one more subject has something to do with a card: here, to open it."""
    card_actions.add(app, CardAction("Wave", "map.card_shown"))
    return app


def public_id(session, member):
    return session.scalars(select(Membership.public_id).where(Membership.member_id == member.id)).one()


def test_the_page_of_a_card_and_its_script_have_the_same_actions(with_an_action, session, bob, carol):
    client, about = with_an_action.test_client(), public_id(session, carol)
    sign_in(client, bob)

    page = client.get(f"/conditions/{ALL}/people/{about}").text
    actions = client.get(f"/conditions/{ALL}/people/{about}", headers={"Accept": "application/json"}).json["actions"]

    assert ["Wave", f"/conditions/{ALL}/people/{about}/shown"] in actions
    for label, address in actions:
        assert f'href="{address}">{label}</a>' in page


def test_nobody_can_do_anything_with_their_own_card(with_an_action, session, bob):
    client, about = with_an_action.test_client(), public_id(session, bob)
    sign_in(client, bob)

    card = client.get(f"/conditions/{ALL}/people/{about}", headers={"Accept": "application/json"}).json

    assert card["own"]
    assert card["actions"] == []
    assert "Wave" not in client.get(f"/conditions/{ALL}/people/{about}").text
