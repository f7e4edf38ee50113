"""E-mails that there is news say nothing else, come rarely, and stop with one click."""

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from mapservice import db
from mapservice.hosting import worker
from mapservice.i18n.languages import LANGUAGES
from mapservice.mail import mime, notifications
from mapservice.privacy.notifications import NotificationFrequency
from mapservice.store.accounts import members
from mapservice.store.across import subjects
from mapservice.store.notifications import notifications as stored
from mapservice.store.tables import ConditionName, LoginSession, Mail, Member
from mapservice.store.tables.notifications import NotificationSetting, PendingNotification
from mapservice.text.folding import fold
from tests.mail.queued import waiting

TOY = "toy"


@pytest.fixture(autouse=True)
def unread(monkeypatch):
    """Whether there is still news of a kind that no subject has, by default for everybody."""
    state = {"still": True}
    monkeypatch.setitem(subjects.NEWS, TOY, lambda _session, _member: state["still"])
    return state


def let_pass(session, **time) -> None:
    """Make everything as if this time had passed since."""
    past = dt.timedelta(**time)
    session.execute(
        update(PendingNotification).values(
            since=PendingNotification.since - past, due_at=PendingNotification.due_at - past
        )
    )
    session.execute(update(NotificationSetting).values(mailed_at=NotificationSetting.mailed_at - past))
    session.execute(update(LoginSession).values(seen_at=LoginSession.seen_at - past))
    session.execute(
        update(Member).values(
            confirmed_at=Member.confirmed_at - past, signed_in_on=func.date(Member.signed_in_on - past)
        )
    )
    session.commit()


@pytest.fixture
def told(session, connection, config):
    """Send what is due after some time; return what waits in the queue then."""

    def send(**time):
        let_pass(session, **time)
        notifications.send_due(connection, config)
        return waiting(session)

    return send


def test_news_is_collected_and_told_once(session, alice, told):
    stored.add(session, alice.id, TOY)
    stored.add(session, alice.id, TOY)
    assert told(minutes=1) == []

    [email] = told(hours=2)
    assert (email.recipient, email.kind) == (alice.email, "notification")
    assert told(days=3) == [email]
    assert session.scalars(select(PendingNotification)).all() == []


def test_never_comes_twice_within_a_day(session, alice, told):
    stored.add(session, alice.id, TOY)
    assert len(told(hours=2)) == 1

    stored.add(session, alice.id, TOY)
    assert len(told(hours=20)) == 1
    assert len(told(hours=5)) == 2


def test_comes_within_the_hour_for_members_who_chose_that(session, alice, told):
    stored.choose(session, alice, NotificationFrequency.HOURLY)
    stored.add(session, alice.id, TOY)

    assert len(told(minutes=11)) == 1


def test_never_comes_while_the_member_is_here(session, alice, as_alice, told):
    as_alice.get("/me")
    stored.add(session, alice.id, TOY)
    let_pass(session, hours=2)
    session.execute(update(LoginSession).values(seen_at=func.now()))
    session.commit()
    assert told() == []

    assert len(told(minutes=11)) == 1


@pytest.mark.parametrize(("absent", "expected"), [(85, 1), (91, 0)])
def test_never_comes_after_90_days_of_absence(session, alice, told, absent, expected):
    let_pass(session, days=absent)
    stored.add(session, alice.id, TOY)

    assert len(told(hours=2)) == expected
    assert session.scalars(select(PendingNotification)).all() == []


def test_never_comes_if_there_is_nothing_left_to_see(session, alice, told, unread):
    stored.add(session, alice.id, TOY)
    unread["still"] = False

    assert told(hours=2) == []
    assert session.get(NotificationSetting, alice.id) is None, "it counts as no e-mail"


def test_never_comes_to_a_closed_account(session, alice, told):
    stored.add(session, alice.id, TOY)
    alice.active = False
    session.commit()

    assert told(hours=2) == []


def test_never_comes_to_invented_people(session, alice, told):
    stored.add(session, alice.id, TOY)
    alice.synthetic = True
    session.commit()

    assert told(hours=2) == []


def test_news_of_a_kind_from_another_version_is_dropped(session, alice, told):
    stored.add(session, alice.id, "unheard-of")

    assert told(hours=2) == []
    assert session.scalars(select(PendingNotification)).all() == []


def test_never_has_a_name_of_a_condition_or_person(session, alice, told):
    names = session.scalars(select(ConditionName.folded)).all()
    assert len(names) > 5_000

    for language in LANGUAGES:
        alice.language = language
        stored.add(session, alice.id, TOY)
        text = told(days=2)[-1]
        words = f" {fold(re.sub(r'https?://[^ ]+', '', text.subject + ' ' + text.body))} "
        found = [name for name in names if f" {name} " in words]
        assert found == []
        assert fold(alice.pseudonym) not in words
        assert alice.email not in text.subject + text.body


def test_the_check_for_names_can_fail(session):
    names = session.scalars(select(ConditionName.folded)).all()

    assert any(f" {name} " in f" {fold('New in Marfan syndrome')} " for name in names)


def test_is_in_the_language_of_the_account(session, alice, told):
    alice.language = "es"
    stored.add(session, alice.id, TOY)

    [email] = told(hours=2)

    assert email.subject == "Hay algo nuevo para ti"


def test_has_a_button_that_stops_it(session, alice, told, config):
    stored.add(session, alice.id, TOY)
    [email] = told(hours=2)

    message = mime.message(email, config.mail_from)

    token = session.get(NotificationSetting, alice.id).off_token
    assert message["List-Unsubscribe"] == f"<{config.address}/e-mails/off/{token}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(alice.id) not in str(message)


@pytest.fixture
def twenty(engine) -> Iterator[list[str]]:
    """The addresses of twenty members with news that is due, real to every process; they are deleted in the end."""
    with db.transaction(engine) as session:
        created = [Member(email=f"news{n}@example.org", pseudonym=f"News {n}") for n in range(20)]
        session.add_all(created)
        session.flush()
        for member in created:
            stored.add(session, member.id, TOY)
        session.execute(update(PendingNotification).values(since=PendingNotification.since - dt.timedelta(hours=2)))
        ids = [member.id for member in created]
        session.execute(update(Member).where(Member.id.in_(ids)).values(confirmed_at=func.now() - dt.timedelta(days=1)))
    yield [member.email for member in created]
    with db.transaction(engine) as session:
        for member_id in ids:
            members.delete_account(session, session.get_one(Member, member_id))


def test_two_workers_never_tell_a_member_twice(engine, config, twenty):
    with ThreadPoolExecutor(4) as threads:
        told = sum(threads.map(lambda _: notifications.send_due(engine, config), range(4)))
    with db.transaction(engine) as session:
        recipients = [email.recipient for email in session.scalars(select(Mail)) if email.recipient in twenty]

    assert told == 20
    assert sorted(recipients) == sorted(twenty)


def test_the_worker_sends_them():
    assert any(job.run is notifications.send_due for job in worker.JOBS)
