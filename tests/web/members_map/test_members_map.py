import html
import json
import re

import pytest
from sqlalchemy import func, select

from mapservice import create_app, db
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Membership
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.locations import put

ALL = "/conditions/acute-lymphoblastic-leukaemia"


def tile_of_bob(session, zoom=10):
    lng, lat = session.execute(select(func.st_x(Membership.pin), func.st_y(Membership.pin))).one()
    tile = tile_at(lng, lat, zoom)
    return f"{tile.z}/{tile.x}/{tile.y}"


def content(client, tile, **query):
    """What a viewer is sent of one tile."""
    answer = client.get(f"{ALL}/clusters", query_string={"tiles": tile} | query)
    assert set(answer.json) == {tile}
    return answer.json[tile]


def test_a_member_sees_a_pin_and_its_card(session, as_bob):
    [pin] = content(as_bob, tile_of_bob(session))["pins"]

    card = as_bob.get(f"{ALL}/people/{pin[2]}", headers={"Accept": "application/json"}).json

    assert card["pseudonym"] == "Bob"
    assert card["zone_name"] == "Area around Freiburg"
    assert set(card) == {"pseudonym", "role", "role_name", "zone_name", "own", "words", "facts", "actions"}
    assert pin[5] is True


def test_who_hides_is_gone_from_tile_table_and_card(session, as_bob, bob):
    tile = tile_of_bob(session)
    [pin] = content(as_bob, tile)["pins"]

    post(as_bob, f"{ALL}/hide")

    assert content(as_bob, tile) == {"clusters": [], "badges": [], "pins": []}
    assert as_bob.get(f"{ALL}/people/{pin[2]}").status_code == 404
    assert "Nobody is on this map yet" in as_bob.get(f"{ALL}/map").text


def test_never_shows_a_person_of_the_condition_to_other_members(session, bob, as_neighbour):
    public_id = session.scalars(select(Membership.public_id)).one()

    assert content(as_neighbour, tile_of_bob(session))["pins"] == []
    assert as_neighbour.get(f"{ALL}/people/{public_id}").status_code == 404


@pytest.mark.parametrize("address", [f"{ALL}/map", f"{ALL}/clusters?tiles=0/0/0", f"{ALL}/people/anybody"])
def test_never_shows_people_to_a_stranger(client, bob, address):
    answer = client.get(address, headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert "Bob" not in answer.text


def test_the_condition_page_tells_a_stranger_no_number_of_people(client, bob):
    page = client.get(ALL).text

    assert "Bob" not in page
    assert "1 person" not in page
    assert "Freiburg" not in page


def test_the_table_leads_from_the_world_to_the_person_without_scripts(session, as_bob, freiburg):
    from mapservice.geo.zones import path

    page = as_bob.get(f"{ALL}/map")
    for zone in path(freiburg):
        assert f"in={zone}" in page.text
        page = as_bob.get(f"{ALL}/map?in={zone}")

    assert "1 person shows exactly this zone" in page.text
    assert "Bob" not in page.text, "names are on cards, fetched one at a time"


def test_a_role_that_nobody_has_empties_the_map(session, as_bob):
    assert content(as_bob, tile_of_bob(session), role="researcher")["pins"] == []
    assert len(content(as_bob, tile_of_bob(session), role="person")["pins"]) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{ALL}/clusters?tiles=12/0/0", 404),
        (f"{ALL}/clusters?tiles=1/2/0", 404),
        (f"{ALL}/clusters", 200),
        (f"{ALL}/clusters?tiles=", 422),
        (f"{ALL}/clusters?tiles=1/0", 422),
        (f"{ALL}/clusters?tiles=1/0/0.5", 422),
        (f"{ALL}/clusters?tiles=1/0/-1", 422),
        (f"{ALL}/clusters?tiles=1/0/0,", 422),
        (f"{ALL}/clusters?tiles=1/0/0,1/0/0", 422),
        (f"{ALL}/clusters?tiles=1/0/0,2/0/0", 422),
        (f"{ALL}/clusters?tiles=" + ",".join(f"7/{x}/0" for x in range(65)), 422),
        (f"{ALL}/clusters?tiles=0/0/0&role=king", 422),
        (f"{ALL}/clusters?tiles=0/0/0&bbox=1,2,3,4", 422),
        (f"{ALL}/map?in=ZZ.1", 422),
        (f"{ALL}/map?in=155", 422),
        ("/conditions/no-such/map", 404),
    ],
)
def test_bad_addresses_get_a_clear_answer(as_bob, address, status):
    assert as_bob.get(address).status_code == status


def test_cards_are_limited_by_the_hour(config, engine):
    app = create_app(config, engine=engine, TESTING=True, **CHEAP)
    client = app.test_client()
    with db.open_session(engine) as session:
        member = new_member(session, "curious@example.org")
        sign_in(client, member)
        try:
            answers = [client.get(f"{ALL}/people/anybody").status_code for _ in range(config.card_limit_hour + 1)]
        finally:
            session.delete(member)
            session.commit()

    assert answers == [404] * config.card_limit_hour + [429]


def test_never_keeps_an_answer_that_knows_the_viewer(session, as_bob):
    for address in (f"{ALL}/map", f"{ALL}/clusters?tiles={tile_of_bob(session)}", "/me", f"{ALL}/place"):
        assert as_bob.get(address).headers["Cache-Control"] == "private, no-store", address


def test_the_page_says_what_one_is_shown_as(as_bob):
    page = as_bob.get(f"{ALL}/map").text

    assert "The members of this condition can see you: Person with the condition, Area around Freiburg" in page
    assert "with a pin somewhere in that zone" in page


@pytest.mark.parametrize(("level", "name"), [(Level.COUNTRY, "Germany"), (Level.REGION, "Baden-Württemberg")])
def test_who_shows_a_country_or_region_is_one_in_its_number(session, as_bob, bob, condition, freiburg, level, name):
    put(session, bob, condition, freiburg, level=level, audience=Audience.MEMBERS)

    page = as_bob.get(f"{ALL}/map").text

    assert f"All signed-in members can see you: Person with the condition, {name}, without a pin." in page


def first_view(client, query=""):
    """The settings of the script that has the first view, or asks for it."""
    page = client.get(f"{ALL}/map{query}").text
    return json.loads(html.unescape(re.findall(r"data-first-view='([^']*)'", page)[0]))


def test_the_page_has_the_world_for_a_member_who_is_not_on_the_map(app, session, bob, condition, as_neighbour):
    put(session, new_member(session, "seen@example.org"), condition, "IS", level=Level.COUNTRY,
        audience=Audience.MEMBERS)  # fmt: skip
    contents = first_view(as_neighbour)["contents"]
    tiles = ",".join(f"2/{x}/{y}" for x in range(4) for y in range(4))

    assert contents == as_neighbour.get(f"{ALL}/clusters?tiles={tiles}").json
    assert sum(row[2] for content in contents.values() for row in content["clusters"]) == 1
    nobody = first_view(as_neighbour, "?role=researcher")["contents"]
    assert sum(len(content["clusters"]) for content in nobody.values()) == 0


def test_the_page_asks_for_the_surroundings_of_a_member_who_is_on_the_map(as_bob):
    assert first_view(as_bob)["contents"] is None
    assert first_view(as_bob)["bounds"]


def test_never_has_somebody_in_the_page_who_is_not_shown_to_its_reader(bob, as_neighbour):
    """Bob is shown to members of the condition only."""
    assert not any(rows for content in first_view(as_neighbour)["contents"].values() for rows in content.values())


def test_the_filter_changes_the_table_with_the_map(as_bob):
    assert ">Germany</a>" in as_bob.get(f"{ALL}/map?role=person").text
    page = as_bob.get(f"{ALL}/map?role=researcher").text
    assert ">Germany</a>" not in page
    assert '"role": "researcher"' in page


def test_never_takes_a_place_to_look_at_from_the_address(as_bob):
    for query in ("lat=48", "lng=7", "zoom=9", "center=48,7"):
        assert as_bob.get(f"{ALL}/map?{query}").status_code == 422, query
