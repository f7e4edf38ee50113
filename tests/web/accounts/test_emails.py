"""Letters: they leave with the write they belong to, and say nothing to somebody who reads over a shoulder."""

import datetime as dt
import email
import email.policy
import re
import smtplib
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.mail import mailer
from mapservice.store.site import mail_queue
from mapservice.store.tables import Mail, MailFailure, Member
from mapservice.web.accounts import emails
from mapservice.web.accounts import login as identity
from testing.accounts import CHEAP, new_member

HEALTH = re.compile(
    r"disease|condition|patient|diagnos|health|illness|symptom|syndrome|medical|chronic|rare|cancer|treatment|therapy|"
    r"community|map\b",
    re.IGNORECASE,
)


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, **CHEAP)


@pytest.fixture
def alice(session) -> Member:
    return new_member(session, "alice@example.org")


def put(session, number: int = 1, **columns) -> Mail:
    letter = Mail(recipient=f"a{number}@example.org", subject="Hello", body="Bonjour à tous\n", **columns)
    session.add(letter)
    session.commit()
    return letter


def waiting(session) -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail)))


def write_all(member: Member) -> None:
    """Write every e-mail there is."""
    emails.sign_up("new@example.org", "token")
    emails.already(member)
    emails.closed(member)
    emails.reset(member.email, identity.reset_token(member))
    emails.confirm_email("new@example.org", "token")
    emails.email_change_asked(member, "token")
    emails.email_changed("old@example.org", "token")
    emails.password_changed(member)
    emails.factor_changed(member)


def test_never_holds_a_word_about_health(app, session, alice):
    with app.test_request_context("/", base_url="http://evil.example"):
        write_all(session.merge(alice))
        db.get_session().commit()

    written = waiting(session)

    names = {name for name in vars(emails) if is_letter(name)}
    assert {letter.kind for letter in written} == names
    assert len(written) == len(names)
    for letter in written:
        assert not HEALTH.search(letter.subject)
        assert not HEALTH.search(re.sub(r"https?://\S+", "", letter.body))
        assert alice.email not in letter.subject + letter.body
        assert alice.pseudonym not in letter.subject + letter.body
        assert set(re.findall(r"https?://[^/\s]+", letter.body)) == {"http://localhost:8000"}


def is_letter(name: str) -> bool:
    """Whether a name of the module writes an e-mail."""
    found = getattr(emails, name)
    return not name.startswith("_") and getattr(found, "__module__", None) == emails.__name__


def test_the_check_for_health_words_can_fail():
    assert HEALTH.search("Your symptoms")


def test_a_letter_is_undone_with_the_write(app, session, alice):
    with app.test_request_context():
        emails.password_changed(alice)
        db.get_session().flush()
        db.get_session().rollback()

    assert waiting(session) == []


def test_a_letter_becomes_a_file_that_only_the_service_reads(session, connection, config):
    put(session)

    assert mailer.deliver_due(connection, config) == 1

    files = sorted(each.name for each in mailer.outbox(config).iterdir())
    assert len(files) == 2
    assert files[1] == "latest.eml"
    assert re.fullmatch(r"\d{8}T\d{12}Z-[0-9a-f]{12}\.eml", files[0])
    for each in mailer.outbox(config).iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        letter = email.message_from_bytes(each.read_bytes(), policy=email.policy.default)
        assert letter["To"] == "a1@example.org"
        assert letter.get_content().splitlines() == ["Bonjour à tous"]
    assert stat.S_IMODE(mailer.outbox(config).stat().st_mode) == 0o700
    assert waiting(session) == []


def test_a_letter_written_again_after_a_crash_is_the_same_file(session, config):
    letter = put(session)

    for _ in range(2):
        mailer._write(mailer.outbox(config), letter, "us@example.org")

    assert len(list(mailer.outbox(config).iterdir())) == 2


def test_nothing_leaves_before_its_time(session, connection, config):
    put(session, due_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))

    assert mailer.deliver_due(connection, config) == 0
    assert len(waiting(session)) == 1


def test_an_e_mail_to_nobody_leaves_no_trace(app, session, connection, config):
    with app.test_request_context():
        emails.reset(emails.NOBODY, identity.reset_token(None))
        db.get_session().commit()

    assert mailer.deliver_due(connection, config) == 0
    assert waiting(session) == []
    assert not mailer.outbox(config).exists()


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


def test_a_letter_is_sent_encrypted_and_signed_in(session, connection, tmp_path, mail_server):
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
def test_a_letter_that_could_not_be_sent_is_tried_again_later(
    session, connection, tmp_path, mail_server, problem, capfd
):
    put(session)
    mail_server.problem = problem

    assert mailer.deliver_due(connection, smtp_config(tmp_path, "smtps://mail.example.org")) == 0

    (letter,) = waiting(session)
    assert letter.tries == 1
    assert letter.due_at > session.scalar(select(func.now()))
    assert "a1@" not in "".join(capfd.readouterr())


def failures(session) -> list[tuple[str, str, int]]:
    return [(row.kind, row.reason, row.emails) for row in mail_queue.failures(session)]


def test_a_letter_is_given_up_and_counted_in_the_end(session, connection, tmp_path, mail_server):
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
def test_a_letter_that_is_refused_for_good_is_not_tried_again(
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

    assert sorted(letter.tries for letter in waiting(session)) == [0, 0, 1]
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
    letter = Mail(recipient="anna@bücher.example", subject="Hello", body="")
    session.add(letter)
    session.commit()

    message = mailer.message(letter, sender)

    assert message["To"] == "anna@xn--bcher-kva.example"
    assert message["From"].endswith("karte@xn--mller-kva.example>") or message["From"] == "karte@xn--mller-kva.example"
    assert message["Message-ID"].endswith("@xn--mller-kva.example>")
    assert bytes(message).isascii()


def test_a_recipient_that_cannot_be_written_in_ascii_is_given_up_at_once(session, connection, config):
    session.add(Mail(recipient="anna@\u0378.example", subject="Hello", body=""))
    session.commit()

    mailer.deliver_due(connection, config)

    assert failures(session) == [("", "refused", 1)]


def test_one_bad_letter_does_not_hold_up_the_others(session, connection, config):
    put(session, 1).subject = "two\nlines"
    put(session, 2)
    session.commit()

    assert mailer.deliver_due(connection, config) == 1


def test_two_workers_never_send_one_letter_twice(engine, tmp_path, mail_server):
    with db.transaction(engine) as session:
        session.add_all(Mail(recipient=f"a{n}@example.org", subject="Hello", body="") for n in range(40))

    with ThreadPoolExecutor(4) as threads:
        config = smtp_config(tmp_path, "smtps://mail.example.org")
        delivered = list(threads.map(lambda _: mailer.deliver_due(engine, config), range(4)))

    assert sum(delivered) == 40
    assert len({message["To"] for message in mail_server.sent}) == 40
    assert len(mail_server.sent) == 40
