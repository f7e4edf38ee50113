"""A border is marked by nobody who changes their place: two corrections, and forgetting makes nothing free."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from mapservice.geo.zones import Level
from mapservice.store.places import home_zones
from mapservice.store.tables import HomeZone, Member
from testing.accounts import post
from testing.locations import zone_called
from tests.web.places.place_forms import ALL, join, save

LATER = "You can choose another one from"


@pytest.fixture
def berlin(session):
    return zone_called(session, "Berlin", Level.AREA, "DE")


def kept(session, member):
    columns = Member.home_changed_on, Member.home_corrections
    return tuple(session.execute(select(*columns).where(Member.id == member.id)).one())


def today():
    return dt.datetime.now(dt.UTC).date()


def ago(session, days):
    session.execute(update(HomeZone).values(since=dt.datetime.now(dt.UTC) - dt.timedelta(days=days)))
    session.commit()


def test_a_choice_can_be_corrected_twice_and_then_waits(session, as_bob, bob, freiburg, berlin):
    for zone in (berlin, freiburg):
        assert save(as_bob, zone, finer="yes").status_code == 303

    answer = save(as_bob, berlin, finer="yes", moved="yes")

    assert (answer.status_code, LATER in answer.text) == (422, True)
    assert session.get(HomeZone, bob.id, populate_existing=True).zone_id == freiburg


ERASERS = {
    "forgetting": ("/me/place/forget", {}),
    "no place": (f"{ALL}/place", {"zone": "", "audience": "nobody", "operation": "1f" * 16}),
    "leaving": (f"{ALL}/leave", {"sure": "yes"}),
}


@pytest.mark.parametrize("way", ERASERS)
@pytest.mark.parametrize("days", [30, 0])
def test_never_makes_the_next_choice_free_by_erasing_the_place(session, as_bob, bob, freiburg, berlin, way, days):
    ago(session, days)
    if days == 0:
        for zone in (berlin, freiburg):
            save(as_bob, zone, finer="yes")
    address, fields = ERASERS[way]
    post(as_bob, address, fields)
    join(as_bob)
    assert kept(session, bob) == (today() - dt.timedelta(days=days), 2 if days == 0 else 0)

    for zone in (berlin, freiburg, "DE"):
        answer = save(as_bob, zone, finer="yes", moved="yes")
        assert (answer.status_code, LATER in answer.text) == (422, True)
    assert "You can choose one again from" in as_bob.get(f"{ALL}/place").text
    assert session.get(HomeZone, bob.id, populate_existing=True) is None


def test_a_correction_that_is_left_is_used_after_forgetting(session, as_bob, bob, freiburg, berlin):
    for zone in (berlin, freiburg):
        post(as_bob, "/me/place/forget")
        assert save(as_bob, zone, finer="yes").status_code == 303
    assert kept(session, bob) == (None, 0)

    post(as_bob, "/me/place/forget")

    assert save(as_bob, berlin, finer="yes").status_code == 422


def test_after_the_rest_a_place_may_be_chosen_again_and_the_day_is_erased(session, as_bob, bob, freiburg):
    ago(session, 89)
    post(as_bob, "/me/place/forget")
    assert home_zones.forget_old_changes(session) == 0
    session.execute(update(Member).values(home_changed_on=today() - dt.timedelta(days=90)))
    session.commit()

    assert save(as_bob, freiburg, finer="yes").status_code == 303

    post(as_bob, "/me/place/forget")
    session.execute(update(Member).values(home_changed_on=today() - dt.timedelta(days=90)))
    assert home_zones.forget_old_changes(session) == 1
    assert kept(session, bob) == (None, 0)


def test_the_page_says_before_forgetting_from_when_one_may_choose_again(session, as_bob):
    ago(session, 10)
    assert "choose a location again from" in as_bob.get("/me/place/forget").text

    ago(session, 200)
    assert "choose a location again from" not in as_bob.get("/me/place/forget").text


def test_never_keeps_a_zone_with_the_day(session, as_bob, bob):
    post(as_bob, "/me/place/forget")

    session.expire_all()
    row = {column.name: getattr(session.get(Member, bob.id), column.name) for column in Member.__table__.columns}
    assert "DE" not in str({name: value for name, value in row.items() if name not in {"password", "security_stamp"}})
