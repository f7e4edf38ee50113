"""What pages tell beside what they mean to tell: dates, numbers of rows, marks of copies."""

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from mapservice import create_app
from mapservice.store.tables import Condition, HomeZone, Member, Membership
from testing.accounts import CHEAP, sign_in
from testing.members_map import cell_of
from testing.routes import address, policy, rules

#: A day on which nothing else happened, in a month and year of which nothing else tells.
DAY = dt.date(2019, 3, 17)
_DATE = re.compile(r"\b2019\b|\b0?3/(17/)?19\b|15529|T\d\d:\d\d")

#: Everything that a script reads, and every page about others.
OF_OTHERS = (
    *("map.", "stacks.", "conditions.", "privacy_page.", "zone_data.", "figures.", "embed.", "memberships.edit"),
    *("api.", "ogc.", "openapi."),
)

#: What is full of numbers that are nobody's.
OF_ZONE_DATA = ("zone_data.", "ogc.")


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def pages(app, session, alice, bob, carol, condition, freiburg):
    """What Alice reads of others and of the world, by path, when Bob and Carol joined on one known day."""
    session.execute(update(Membership).values(joined=DAY))
    session.execute(update(Member).where(Member.id != alice.id).values(joined=DAY, confirmed_at=DAY))
    session.execute(update(HomeZone).values(since=DAY))
    session.add(Membership(condition_id=condition.id, member_id=alice.id, role="person", audience="nobody"))
    session.commit()
    public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == bob.id)).one()
    client = app.test_client()
    sign_in(client, alice)
    pages_by_path = {}
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith(OF_OTHERS):
            path = address(app, rule, public_id=public_id, cell=cell_of(session, public_id))
            for query in ("", f"?in={freiburg}" if rule.endpoint == "map.show" else ""):
                with client.get(path + query) as answer:
                    pages_by_path[path + query] = (rule, answer.status_code, answer.headers, answer.data)
    return pages_by_path


def texts(pages):
    """The pages as text, without the moment at which one was made."""
    texts_by_path = {path: data.decode("utf-8", "replace") for path, (_rule, _status, _headers, data) in pages.items()}
    return {path: re.sub(r'"timeStamp":"[^"]*"', "", text) for path, text in texts_by_path.items()}


def test_never_tells_in_which_month_or_year_somebody_joined(pages):
    # The ground is full of numbers, and nobody's.
    read = {path: text for path, text in texts(pages).items() if not pages[path][0].endpoint.startswith(OF_ZONE_DATA)}

    assert any(">Bob" in text for text in read.values())
    assert {path: hit[0] for path, text in read.items() if (hit := _DATE.search(text))} == {}


@pytest.mark.parametrize("text", ["2019-03-17", "17 March 2019", "3/17/19", "2019-03", "3/19", "2026-11-22T20:15"])
def test_a_date_is_found(text):
    assert _DATE.search(text)


def test_never_numbers_a_person_or_a_condition_in_what_a_script_reads(pages, session, alice, bob, carol):
    number = session.scalars(select(Condition.id).where(Condition.slug == "acute-lymphoblastic-leukaemia")).one()
    for path, text in texts(pages).items():
        assert not re.search(rf"\b(condition|member|person|membership)(_id|Id)?\W{{1,4}}{number}\b", text), path
        for member in (alice, bob, carol):
            assert str(member.id) not in text, path
            assert member.id.hex not in text, path
            assert member.email not in text, path


def test_never_marks_a_page_about_people_so_that_a_copy_could_be_kept(app, pages):
    for path, (rule, _status, headers, _data) in pages.items():
        if policy(app, rule) != "public":
            assert headers["Cache-Control"] == "private, no-store", path
            assert "ETag" not in headers, path
            assert "Last-Modified" not in headers, path


def test_only_what_holds_no_person_may_be_kept(pages):
    kept = {
        rule.endpoint
        for rule, status, headers, _ in pages.values()
        if "no-store" not in headers["Cache-Control"] and status == 200
    }

    of_figures = ("zone_data.", "figures.", "api.", "ogc.", "openapi.")
    assert {endpoint for endpoint in kept if not endpoint.startswith(of_figures)} == {"embed.show"}
    assert {"zone_data.zones", "zone_data.tile", "ogc.list_places"} <= kept
