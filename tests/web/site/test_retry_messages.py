"""Who has to wait is told until when in words, and what else can be done."""

import pytest

from mapservice.errors import TooManyRequestsError
from mapservice.web.site import retry_messages
from testing.accounts import fill_in
from tests.limiting import use_up


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "You can try again in about a minute."),
        (60, "You can try again in about a minute."),
        (61, "You can try again in about two minutes."),
        (12 * 60, "You can try again in about twelve minutes."),
        (12 * 60 + 1, "You can try again in about 13 minutes."),
        (90 * 60, "You can try again in about 90 minutes."),
        (90 * 60 + 1, "You can try again in about two hours."),
        (4 * 3600, "You can try again in about four hours."),
        (36 * 3600, "You can try again in about 36 hours."),
        (36 * 3600 + 1, "You can try again in about two days."),
    ],
)
def test_when_to_come_back_is_said_in_words(app, seconds, words):
    with app.test_request_context():
        assert retry_messages.when(seconds) == words


@pytest.mark.parametrize("purpose", ["sign_in", "sign_in_device", "account", "step_up", "code", "account_codes"])
def test_who_must_wait_is_told_what_else_they_can_do(app, purpose):
    with app.test_request_context():
        assert retry_messages.alternatives(purpose)
        assert retry_messages.sentence(TooManyRequestsError(7200, purpose)).endswith(
            "You can try again in about two hours."
        )


def test_the_page_says_it_all(app):
    client = app.test_client()
    answers = [fill_in(client, "/sign-in", email="alice@example.org", password="x") for _ in range(11)]

    page = answers[-1]
    assert page.status_code == 429
    assert "There have been many attempts to sign in to this account from your network." in page.text
    assert "You can try again in about a minute." in page.text
    assert 'href="/forgot"' in page.text
    assert "You can hide or delete there without a password" in page.text


def test_a_program_is_told_in_words_too(app):
    use_up(app, "interface", "127.0.0.1")

    answer = app.test_client().get("/api/v1/conditions")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_every_limit_has_words_for_its_reason_or_needs_none(app):
    from dataclasses import fields

    from mapservice.config import Config

    named = {field.name.removeprefix("limit_") for field in fields(Config) if field.name.startswith("limit_")}
    assert named - set(retry_messages._REASONS) == {"pages", "interface", "files", "exports"}
