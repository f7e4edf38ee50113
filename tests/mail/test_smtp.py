"""With a mail server each e-mail is sent once and encrypted; one that fails is tried again, or given up and counted."""

import datetime as dt
import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from mapservice import db
from mapservice.config import Config
from mapservice.mail import mailer, mime
from mapservice.store.site import mail_queue
from mapservice.store.tables import Mail, MailFailure
from tests.mail.queued import failures, put, waiting


class FakeServer:
    """Stands in for the mail server on the other side of the network."""

    sent: list
    problem: Exception | None = None

    def __init__(self, *args, **kwargs):
        self.calls = []
        FakeServer.last = self

    def starttls(self, **kwargs):
        self.calls.append("starttls")

    def login(self, user, password):
        self.calls.append((user, password))

    def send_message(self, message):
        if FakeServer.problem is not None:
            raise FakeServer.problem
        FakeServer.sent.append(message)

    def close(self):
        self.calls.append("close")


@pytest.fixture
def mail_server(monkeypatch):
    FakeServer.sent, FakeServer.problem = [], None
    monkeypatch.setattr(mailer.smtplib, "SMTP", FakeServer)
    monkeypatch.setattr(mailer.smtplib, "SMTP_SSL", FakeServer)
    return FakeServer


def smtp_config(tmp_path, url: str) -> Config:
    return Config(state=tmp_path, smtp_url=url, mail_from="Map <map@example.org>")


def test_an_email_is_sent_encrypted_and_signed_in(session, connection, tmp_path, mail_server):
    put(session)

    assert mailer.deliver_due(connection, smtp_config(tmp_path, "smtp://us%40x:p%3Aw@mail.example.org")) == 1

    assert mail_server.last.calls == ["starttls", ("us@x", "p:w"), "close"]
    (message,) = mail_server.sent
    assert message["From"] == "Map <map@example.org>"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"


def test_smtps_needs_no_starttls(session, connection, tmp_path, mail_server):
    put(session)

    mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org"))

    assert mail_server.last.calls == ["close"]


@pytest.mark.parametrize(
    "problem",
    [
        ConnectionRefusedError(),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPRecipientsRefused({"a1@example.org": (450, b"a1@example.org is busy")}),
        smtplib.SMTPDataError(451, b"try a1@example.org later"),
        smtplib.SMTPSenderRefused(550, b"not from you", "map@example.org"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        TimeoutError(),
    ],
)
def test_an_email_that_could_not_be_sent_is_tried_again_later(
    session, connection, tmp_path, mail_server, problem, capfd
):
    put(session)
    mail_server.problem = problem

    assert mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org")) == 0

    (email,) = waiting(session)
    assert email.tries == 1
    assert email.due_at > session.scalar(select(func.now()))
    assert "a1@" not in "".join(capfd.readouterr())


def test_an_email_is_given_up_and_counted_in_the_end(session, connection, tmp_path, mail_server):
    put(session, tries=mail_queue.MAX_TRIES - 1, kind="reset")
    mail_server.problem = TimeoutError()

    mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org"))

    assert waiting(session) == []
    assert failures(session) == [("reset", "tried", 1)]


@pytest.mark.parametrize(
    "problem",
    [
        smtplib.SMTPRecipientsRefused({"a1@example.org": (550, b"no a1@example.org here")}),
        smtplib.SMTPDataError(554, b"a1@example.org wants nothing from you"),
        smtplib.SMTPNotSupportedError("no SMTPUTF8 for a1@example.org"),
    ],
)
def test_an_email_that_is_refused_for_good_is_not_tried_again(
    session, connection, tmp_path, mail_server, problem, capfd
):
    for number in (1, 2):
        put(session, number, kind="reset")
    mail_server.problem = problem

    assert mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org")) == 0

    assert waiting(session) == []
    assert failures(session) == [("reset", "refused", 2)]
    assert "example.org" not in "".join(capfd.readouterr())


def test_a_mail_server_that_is_away_is_asked_once_a_round(session, connection, tmp_path, mail_server):
    for number in range(3):
        put(session, number)
    mail_server.problem = TimeoutError()

    mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org"))

    assert sorted(email.tries for email in waiting(session)) == [0, 0, 1]
    assert mail_queue.retried(session) == 1


def test_numbers_of_failures_expire(session):
    day = dt.datetime.now(dt.UTC).date()
    for age in (89, 92):
        session.add(MailFailure(day=day - dt.timedelta(days=age), kind="reset", reason="tried", emails=1))
    session.commit()

    assert mail_queue.delete_expired_failures(session) == 1
    assert len(mail_queue.failures(session)) == 1


@pytest.mark.parametrize(
    "sender", ["Karte <karte@müller.example>", "karte@müller.example", "karte@xn--mller-kva.example"]
)
def test_every_domain_goes_out_in_ascii(session, sender):
    email = Mail(recipient="anna@bücher.example", subject="Hello", body="")
    session.add(email)
    session.commit()

    message = mime.message(email, sender)

    assert message["To"] == "anna@xn--bcher-kva.example"
    assert message["From"].endswith("karte@xn--mller-kva.example>") or message["From"] == "karte@xn--mller-kva.example"
    assert message["Message-ID"].endswith("@xn--mller-kva.example>")
    assert bytes(message).isascii()


def test_two_workers_never_send_one_email_twice(engine, tmp_path, mail_server):
    with db.transaction(engine) as session:
        session.add_all(Mail(recipient=f"a{n}@example.org", subject="Hello", body="") for n in range(40))

    with ThreadPoolExecutor(4) as threads:
        config = smtp_config(tmp_path, "smtps://mail.example.org")
        delivered = list(threads.map(lambda _: mailer.deliver_due(engine, config), range(4)))

    assert sum(delivered) == 40
    assert len({message["To"] for message in mail_server.sent}) == 40
    assert len(mail_server.sent) == 40
