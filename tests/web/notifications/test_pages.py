"""A member chooses how often news comes by e-mail, and stops it by the link in one without signing in."""

import pytest

from mapservice.privacy.notifications import NotificationFrequency
from mapservice.store.notifications import notifications
from mapservice.store.tables.notifications import NotificationSetting, PendingNotification
from testing.accounts import post

PAGE = "/account/e-mails"


@pytest.fixture
def off(session, alice) -> str:
    """The address of the link in an e-mail that Alice got."""
    token = notifications.note_mailed(session, alice)
    session.commit()
    return f"/e-mails/off/{token}"


def chosen(session, member) -> NotificationFrequency:
    session.expire_all()
    return notifications.frequency(session, member)


def test_they_come_once_a_day_unless_a_member_chooses_something_else(session, alice, as_alice):
    assert 'value="daily" checked' in as_alice.get(PAGE).text

    answer = post(as_alice, PAGE, {"frequency": "hourly"}, follow_redirects=True)

    assert "Your choice has been saved." in answer.text
    assert chosen(session, alice) is NotificationFrequency.HOURLY
    assert 'value="hourly" checked' in as_alice.get(PAGE).text


def test_an_impossible_choice_is_refused(session, alice, as_alice):
    assert post(as_alice, PAGE, {"frequency": "always"}).status_code == 422

    assert chosen(session, alice) is NotificationFrequency.DAILY


def test_the_link_stops_them_without_signing_in(session, alice, client, off):
    notifications.add(session, alice.id, "toy")
    session.commit()
    page = client.get(off)
    assert "Stop these e-mails" in page.text
    assert chosen(session, alice) is NotificationFrequency.DAILY, "opening a link changes nothing"

    assert "E-mail notifications are off" in client.post(off).text

    assert chosen(session, alice) is NotificationFrequency.NEVER
    assert session.get(PendingNotification, (alice.id, "toy")) is None
    assert client.post(off).status_code == 200, "a link may be used twice"


def test_the_button_of_a_mail_program_stops_them(session, alice, app, off):
    elsewhere = app.test_client()

    answer = elsewhere.post(
        off, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example", "Cookie": ""}
    )

    assert answer.status_code == 200
    assert chosen(session, alice) is NotificationFrequency.NEVER


def test_never_stops_those_of_another_member(session, alice, bob, client, off):
    notifications.note_mailed(session, bob)
    session.commit()

    client.post(off)

    assert chosen(session, bob) is NotificationFrequency.DAILY


def test_a_made_up_link_stops_nothing_and_says_what_to_do(session, client, off):
    for answer in (client.get("/e-mails/off/made-up"), client.post("/e-mails/off/made-up")):
        assert answer.status_code == 404
        assert "This link no longer works" in answer.text


def test_old_links_do_nothing_once_they_are_switched_on_again(session, alice, as_alice, client, off):
    client.post(off)
    post(as_alice, PAGE, {"frequency": "daily"})

    assert client.post(off).status_code == 404
    assert chosen(session, alice) is NotificationFrequency.DAILY


def test_never_shows_the_token_of_the_link_to_anybody(session, alice, as_alice, off):
    token = session.get(NotificationSetting, alice.id).off_token

    for path in (PAGE, "/account", "/me/data"):
        assert token not in as_alice.get(path).text


def test_the_account_leads_to_the_choice(as_alice):
    assert f'href="{PAGE}"' in as_alice.get("/account").text
