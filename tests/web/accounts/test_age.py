"""Members of 16 and 17: they say in which month they turn 18, and until then nothing finer than a region is shown."""

import datetime as dt

import pytest
from sqlalchemy import select

from mapservice import create_app
from mapservice.config import Config
from mapservice.geo.zones import Level, level_of
from mapservice.i18n.dates import today
from mapservice.store.tables import Member, Membership
from mapservice.web.accounts import age
from testing.accounts import CHEAP, new_member, sign_in
from testing.accounts import post as send
from tests.counts import count_rows, true_rows
from tests.frontdoor import ALICE, app, complete, link_in, queued_emails, sign_up

__all__ = ["app"]


def month(ahead: int) -> dt.date:
    """The first day of a month from now."""
    return age.months(today(), from_age=16)[ahead]


def text_of(day: dt.date) -> str:
    return day.isoformat()[:7]


@pytest.mark.parametrize("ahead", [0, 1, 24])
def test_who_is_16_or_17_says_the_month_and_nothing_else_is_kept(client, session, ahead):
    sign_up(client)

    answer = complete(client, link_in(queued_emails(session)[0]), age="minor", turns_18=text_of(month(ahead)))

    assert answer.status_code == 303
    assert session.scalars(select(Member.minor_until)).one() == month(ahead)


def test_of_an_adult_nothing_is_kept(client, session):
    sign_up(client)

    complete(client, link_in(queued_emails(session)[0]), age="adult", turns_18=text_of(month(3)))

    assert session.scalars(select(Member.minor_until)).one() is None


@pytest.mark.parametrize("turns_18", ["", "2020-01", "2099-01", "2027-13", "no month", "2027-01-05"])
def test_a_month_that_cannot_be_is_asked_for_again(client, session, turns_18):
    sign_up(client)

    page = complete(client, link_in(queued_emails(session)[0]), age="minor", turns_18=turns_18)

    assert page.status_code == 422
    assert "Choose the month you turn 18." in page.text
    assert session.scalars(select(Member)).all() == []


@pytest.mark.parametrize(
    ("minimum", "words"),
    [
        (13, ["I am 18 or older", "I am 13 to 17"]),
        (16, ["I am 18 or older", "I am 16 or 17"]),
        (17, ["I am 18 or older", "I am 17"]),
        (18, ["I am 18 or older"]),
        (21, ["I am 21 or older"]),
    ],
)
def test_the_question_follows_the_minimum_age(tmp_path, connection, session, minimum, words):
    config = Config(state=tmp_path, secret_key="5e" * 32, anchor_key="a0" * 32, minimum_age=minimum)
    client = create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP).test_client()
    sign_up(client)

    page = client.get(link_in(queued_emails(session)[0])).text

    assert page.count('name="age"') == len(words)
    assert all(f">{word}<" in page for word in words)
    assert ("In which month" in page) is (minimum < 18)


def test_who_says_so_later_is_taken_back_to_the_region_at_once(app, session, bob):
    client = app.test_client()
    sign_in(client, bob, is_fresh=False)

    assert send(client, "/account/age", {"turns_18": text_of(month(7))}).location == "/account"

    session.expire_all()
    membership = session.scalars(select(Membership).where(Membership.member_id == bob.id)).one()
    assert bob.minor_until == month(7)
    assert level_of(membership.shown_zone) is Level.REGION
    assert membership.pin is None
    assert count_rows(session) == true_rows(session)


@pytest.mark.parametrize(("ahead", "status"), [(6, 422), (7, 303), (8, 303)])
def test_only_a_later_month_can_be_chosen_afterwards(client, session, ahead, status):
    member = new_member(session, ALICE)
    member.minor_until = month(7)
    session.commit()
    sign_in(client, member)

    assert send(client, "/account/age", {"turns_18": text_of(month(ahead))}).status_code == status

    session.expire_all()
    assert member.minor_until == month(max(ahead, 7))


def test_never_becomes_an_adult_by_a_form(client, session):
    member = new_member(session, ALICE)
    member.minor_until = month(7)
    session.commit()
    sign_in(client, member)

    for fields in ({"turns_18": ""}, {"turns_18": "adult"}, {"turns_18": text_of(month(0))}):
        assert send(client, "/account/age", fields).status_code == 422
    assert send(client, "/account/age", {"turns_18": text_of(month(9)), "age": "adult"}).status_code == 422

    session.expire_all()
    assert member.minor_until == month(7)


def test_the_account_page_says_until_when(client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    assert "I am under 18" in client.get("/account").text

    member.minor_until = month(3)
    session.commit()

    assert "You turn 18 in" in client.get("/account").text
