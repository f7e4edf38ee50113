"""Lists of people have a limit, which they share with cards and the map."""

import dataclasses
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from mapservice import create_app, db
from mapservice.geo.cells import cell_name
from mapservice.geo.tiles import tile_at
from mapservice.store.tables import HomeZone, Membership
from mapservice.web.site import people_limits
from testing.accounts import CHEAP, new_member, sign_in
from tests.web.near.settled import ALL, NEAR


@pytest.fixture
def limited(config, engine, freiburg):
    """A browser of somebody who may look at three people, lists or searches in an hour, on the real database."""
    app = create_app(dataclasses.replace(config, card_limit_hour=3), engine=engine, TESTING=True, **CHEAP)
    client = app.test_client()
    with db.open_session(engine) as session:
        member = new_member(session, "curious@example.org")
        session.add(HomeZone(member_id=member.id, zone_id=freiburg))
        session.commit()
        sign_in(client, member)
        yield client
        session.delete(member)
        session.commit()


def test_cards_lists_and_searches_share_one_limit(limited):
    addresses = [f"{ALL}/people/nobody", f"{NEAR}/area", f"{NEAR}?language=es", f"{NEAR}/district"]

    answers = [limited.get(address) for address in addresses]

    assert [answer.status_code for answer in answers] == [404, 200, 200, 429]
    assert "You have viewed many profiles" in answers[-1].text
    assert limited.get(f"{NEAR}/area").status_code == 200  # an open page asks for its list again
    assert limited.get(NEAR).status_code == 200  # numbers that the map has as well
    assert limited.get(f"{ALL}/people/nobody").status_code == 429


@pytest.mark.parametrize("address", ["/map/table?in={zone}", "/map?in={zone}", "/stacks/{cell}"])
def test_never_lists_people_on_the_map_without_the_limit(monkeypatch, session, as_bob, freiburg, address):
    lng, lat = session.execute(select(func.st_x(Membership.pin), func.st_y(Membership.pin))).one()
    cell = cell_name(tile_at(lng, lat, 13))
    pages_seen = []
    monkeypatch.setattr(people_limits, "consume", lambda member: pages_seen.append(member.id))

    assert as_bob.get(ALL + address.format(zone=freiburg, cell=cell)).status_code == 200

    assert len(pages_seen) == 1


def test_the_alarm_is_raised_once_and_names_nobody(limited, monkeypatch):
    raised = []
    log = SimpleNamespace(warning=lambda *words, **fields: raised.append((words, fields)))
    monkeypatch.setattr(people_limits, "log", log)

    for number in range(6):
        limited.get(f"{ALL}/people/nobody-{number}")

    assert raised == [(("people_limit",), {})]
