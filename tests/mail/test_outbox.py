"""Without a mail server each e-mail that is due becomes a file, which only the service reads."""

import datetime as dt
import email
import email.policy
import re
import stat

from mapservice.mail import mailer, outbox
from mapservice.store.tables import Mail
from tests.mail.queued import failures, put, waiting


def test_an_email_becomes_a_file_that_only_the_service_reads(session, connection, config):
    put(session)

    assert mailer.deliver_due(connection, config) == 1

    files = sorted(path.name for path in outbox.folder(config).iterdir())
    assert len(files) == 2
    assert files[1] == "latest.eml"
    assert re.fullmatch(r"\d{8}T\d{12}Z-[0-9a-f]{12}\.eml", files[0])
    for path in outbox.folder(config).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert message["To"] == "a1@example.org"
        assert message.get_content().splitlines() == ["Bonjour à tous"]
    assert stat.S_IMODE(outbox.folder(config).stat().st_mode) == 0o700
    assert waiting(session) == []


def test_an_email_written_again_after_a_crash_is_the_same_file(session, config):
    queued = put(session)

    for _ in range(2):
        outbox.write(outbox.folder(config), queued, "us@example.org")

    assert len(list(outbox.folder(config).iterdir())) == 2


def test_nothing_leaves_before_its_time(session, connection, config):
    put(session, due_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))

    assert mailer.deliver_due(connection, config) == 0
    assert len(waiting(session)) == 1


def test_a_recipient_that_cannot_be_written_in_ascii_is_given_up_at_once(session, connection, config):
    session.add(Mail(recipient="anna@\u0378.example", subject="Hello", body=""))
    session.commit()

    mailer.deliver_due(connection, config)

    assert failures(session) == [("", "refused", 1)]


def test_one_bad_email_does_not_hold_up_the_others(session, connection, config):
    put(session, 1).subject = "two\nlines"
    put(session, 2)
    session.commit()

    assert mailer.deliver_due(connection, config) == 1
