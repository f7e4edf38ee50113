"""People whose pins are in one cell are one mark with their number; who they are is listed page by page."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from mapservice.geo.cells import cell_name, tile_of_cell
from mapservice.geo.tiles import Tile, tile_at
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.places import homes
from mapservice.store.tables import Member, Membership
from mapservice.web.members_map import stacks
from testing.accounts import new_member, sign_in
from testing.locations import put_at
from testing.members_map import people_behind, tile_content

ALL = "/conditions/acute-lymphoblastic-leukaemia"

WEST, EAST = (7.83, 48.0), (7.855, 48.001)

CELL = tile_at(*WEST, 13)


@pytest.fixture
def reader(session):
    """A member who has joined nothing."""
    return new_member(session, "reader@example.org")


@pytest.fixture
def as_reader(app, reader) -> FlaskClient:
    client = app.test_client()
    sign_in(client, reader)
    return client


@pytest.fixture
def stacked(session, condition) -> list[Membership]:
    """Two people in one cell."""
    assert tile_at(*EAST, 13) == CELL
    return [
        put_at(session, new_member(session, f"{name}@example.org", pseudonym=name.title()), condition, *point)
        for name, point in (("fay", WEST), ("gus", EAST))
    ]


def browser_of(app, session, membership: Membership) -> FlaskClient:
    client = app.test_client()
    sign_in(client, session.get_one(Member, membership.member_id))
    return client


def crowd(session, condition, count: int) -> list[str]:
    """So many people more in the cell; their public ids."""
    return [
        put_at(session, new_member(session, f"crowd-{at}@example.org"), condition, *WEST).public_id
        for at in range(count)
    ]


def pins(client: FlaskClient, tile: Tile | None = None, role: str = "") -> list[list]:
    content = tile_content(client, ALL, tile or tile_of_cell(CELL), role)
    assert content is not None
    return content["pins"]


def listed(client: FlaskClient, query: str = "", cell: Tile = CELL) -> dict:
    return client.get(f"{ALL}/stacks/{cell_name(cell)}{query}", headers={"Accept": "application/json"}).get_json()


def test_people_in_one_cell_are_one_point_with_their_number(as_reader, stacked):
    assert pins(as_reader) == [[*WEST, cell_name(CELL), 2, "person", False]]


@pytest.mark.parametrize("zoom", [10, 11])
def test_a_viewer_finds_themselves_among_several_people(app, session, condition, stacked, zoom):
    other = put_at(session, new_member(session, "other@example.org"), condition, *EAST)
    tile = tile_of_cell(tile_at(*EAST, zoom + 3))

    marked = {
        membership: [own for *_row, n, _role, own in pins(browser_of(app, session, membership), tile) if n > 1]
        for membership in (*stacked, other)
    }

    west, east = stacked
    assert marked == {west: [zoom == 10], east: [True], other: [True]}


def test_never_marks_somebody_else_alone_as_the_viewers_own(app, session, condition, stacked):
    """Of two people in one cell a filter leaves the other one."""
    stacked[0].role = Role.CAREGIVER
    session.commit()
    client = browser_of(app, session, stacked[1])

    assert [pin[-1] for pin in pins(client, role="caregiver")] == [False]
    assert [pin[-1] for pin in pins(client, role="person")] == [True]
    assert [pin[-1] for pin in pins(client)] == [True]


def test_somebody_alone_in_a_cell_has_a_pin_of_their_own(session, as_reader, stacked):
    homes.hide(session, stacked[0])
    session.commit()

    assert pins(as_reader) == [[*EAST, stacked[1].public_id, 1, "person", False]]


def test_nearer_at_hand_people_of_one_cell_part(as_reader, stacked):
    west, east = (tile_at(*point, 14) for point in (WEST, EAST))
    assert west != east

    names = {name for *_point, name, n, _role, _own in pins(as_reader, tile_of_cell(west)) if n == 1}

    assert names == {membership.public_id for membership in stacked}


def test_people_of_different_roles_have_none_together(session, as_reader, stacked):
    stacked[0].role = Role.CAREGIVER
    session.commit()

    [pin] = pins(as_reader)
    [caregiver] = pins(as_reader, role="caregiver")

    assert pin[3:5] == [2, None]
    assert caregiver[2:5] == [stacked[0].public_id, 1, "caregiver"]
    assert listed(as_reader, "?role=caregiver")["people"] == [stacked[0].public_id]


def test_people_are_listed_page_by_page_in_an_order_that_says_nothing(session, as_reader, condition):
    people = crowd(session, condition, 2 * stacks.PAGE + 1)
    [pin] = pins(as_reader)

    pages = [listed(as_reader, f"?page={number}") for number in (1, 2, 3)]

    assert [len(page["people"]) for page in pages] == [stacks.PAGE, stacks.PAGE, 1]
    assert {(page["n"], page["size"]) for page in pages} == {(len(people), stacks.PAGE)}
    assert [public_id for page in pages for public_id in page["people"]] == sorted(people)
    assert people_behind(as_reader, ALL, pin) == sorted(people)
    assert len(str(pin)) < 80, "however many they are"


def test_the_page_lists_them_without_scripts_and_names_nobody(session, as_reader, condition, stacked):
    crowd(session, condition, stacks.PAGE)

    first, second = (as_reader.get(f"{ALL}/stacks/{cell_name(CELL)}?page={number}").text for number in (1, 2))

    links = [re.findall(r'href="[^"]+/people/([\w-]+)"', page) for page in (first, second)]
    assert [len(public_ids) for public_ids in links] == [stacks.PAGE, 2]
    assert f"{stacks.PAGE + 2} people visible to you" in first
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert "Fay" not in first + second, "names are on cards, fetched one at a time"
    assert [as_reader.get(f"{ALL}/people/{public_id}").status_code for public_id in links[1]] == [200, 200]


def test_a_list_of_one_role_says_so(as_reader, stacked):
    page = as_reader.get(f"{ALL}/stacks/{cell_name(CELL)}?role=person").text

    assert "Showing only: Person with the condition" in page
    assert f'href="{ALL}/stacks/{cell_name(CELL)}">Show everyone</a>' in page


def test_never_lists_more_people_than_the_viewer_may_see(app, session, client, as_reader, stacked):
    session.execute(update(Membership).values(audience=Audience.CONDITION))
    session.commit()
    inside = browser_of(app, session, stacked[0])

    assert listed(as_reader) == {"n": 0, "page": 1, "size": stacks.PAGE, "people": []}
    assert listed(inside)["n"] == 2
    answer = client.get(f"{ALL}/stacks/{cell_name(CELL)}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": "sign_in"})


def test_never_lists_who_has_hidden(session, as_reader, stacked):
    hidden, other = stacked
    homes.hide(session, hidden)
    session.commit()

    page = as_reader.get(f"{ALL}/stacks/{cell_name(CELL)}").text

    assert listed(as_reader)["people"] == [other.public_id]
    assert hidden.public_id not in page
    assert "1 person visible to you" in page


def test_never_lists_people_of_another_condition_or_cell(session, as_reader, stacked):
    elsewhere = "/conditions/multiple-sclerosis/stacks"

    for address in (f"{elsewhere}/{cell_name(CELL)}", f"{ALL}/stacks/{cell_name(Tile(13, CELL.x + 1, CELL.y))}"):
        page = as_reader.get(address)
        assert page.status_code == 200
        assert "No one visible to you is at this point" in page.text
        assert not re.search(r"/people/", page.text)


def test_never_says_whether_anybody_has_ever_been_at_a_point(session, as_reader, stacked):
    """A point from which all have gone reads as one at which nobody was."""
    for membership in stacked:
        homes.hide(session, membership)
    session.commit()

    left, empty = (listed(as_reader, cell=cell) for cell in (CELL, Tile(13, 1, 1)))

    assert left == empty


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("12-2137-1423", 404),
        ("15-17098-11388", 404),
        ("13-8192-0", 404),
        ("13-0-8192", 404),
        ("99-0-0", 404),
        ("2-0-0", 404),
        ("13-1.5-0", 404),
        ("13--1-0", 404),
        ("13-01-0", 404),
        ("13/1/0", 404),
        ("anything", 404),
        ("13-1-1?role=king", 422),
        ("13-1-1?lat=48", 422),
        ("13-1-1?tiles=0/0/0", 422),
        ("14-16383-16383", 200),
        ("13-1-1?page=9", 200),
    ],
)
def test_bad_addresses_get_a_clear_answer(as_reader, address, status):
    assert as_reader.get(f"{ALL}/stacks/{address}").status_code == status


def test_never_keeps_a_list_of_people(session, as_reader, stacked):
    for accept in ("application/json", "text/html"):
        answer = as_reader.get(f"{ALL}/stacks/{cell_name(CELL)}", headers={"Accept": accept})
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())


def test_a_list_counts_as_a_page_does(app):
    """It is no tile, and nothing is withdrawn by it."""
    assert not getattr(app.view_functions["stacks.show"], "is_unlimited", False)
    assert app.view_functions["stacks.show"].policy == "member"


def test_the_list_of_the_viewers_own_point_marks_them(app, session, stacked):
    client = browser_of(app, session, stacked[0])

    page = client.get(f"{ALL}/stacks/{cell_name(CELL)}").text

    assert len(re.findall(r'<span class="tag">You</span>', page)) == 1
