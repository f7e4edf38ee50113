"""E-mails say nothing to somebody who reads over a shoulder, and are written with the change they tell of."""

import re

from mapservice import db
from mapservice.mail import mailer, outbox
from mapservice.store.tables import Member
from mapservice.web.accounts import emails
from mapservice.web.accounts import login as identity
from tests.mail.queued import waiting

HEALTH = re.compile(
    r"disease|condition|patient|diagnos|health|illness|symptom|syndrome|medical|chronic|rare|cancer|treatment|therapy|"
    r"community|map\b",
    re.IGNORECASE,
)


def write_all(member: Member) -> None:
    """Write every e-mail there is."""
    emails.sign_up("new@example.org", "token")
    emails.already(member, {"already"})
    emails.closed(member, {"closed"})
    emails.reset(member, identity.reset_token(member))
    emails.confirm_email("new@example.org", "token")
    emails.email_change_asked(member, "token")
    emails.email_changed("old@example.org", "token")
    emails.password_changed(member)
    emails.new_device(member)
    emails.factor_changed(member)
    emails.passkey_added(member)
    emails.passkey_removed(member)


def test_never_holds_a_word_about_health(app, session, alice):
    with app.test_request_context("/", base_url="http://evil.example"):
        write_all(session.merge(alice))
        db.get_session().commit()

    written = waiting(session)

    names = {name for name in vars(emails) if is_email(name)}
    assert {email.kind for email in written} == names
    assert len(written) == len(names)
    for email in written:
        assert not HEALTH.search(email.subject)
        assert not HEALTH.search(re.sub(r"https?://\S+", "", email.body))
        assert alice.email not in email.subject + email.body
        assert alice.pseudonym not in email.subject + email.body
        assert set(re.findall(r"https?://[^/\s]+", email.body)) == {"http://localhost:8000"}


def is_email(name: str) -> bool:
    """Whether a name of the module writes an e-mail."""
    function = getattr(emails, name)
    return not name.startswith("_") and getattr(function, "__module__", None) == emails.__name__


def test_the_check_for_health_words_can_fail():
    assert HEALTH.search("Your symptoms")


def test_an_email_is_undone_with_the_write(app, session, alice):
    with app.test_request_context():
        emails.password_changed(alice)
        db.get_session().flush()
        db.get_session().rollback()

    assert waiting(session) == []


def test_an_e_mail_to_nobody_leaves_no_trace(app, session, connection, config):
    with app.test_request_context():
        emails.reset(None, identity.reset_token(None))
        db.get_session().commit()

    assert mailer.deliver_due(connection, config) == 0
    assert waiting(session) == []
    assert not outbox.folder(config).exists()
