"""Passwords: which are taken, and what is said of one that is refused."""

import pytest
from zxcvbn import matching

from mapservice.web.accounts import password_strength
from tests.frontdoor import app, complete, enter, link_in, queued_emails, sign_up, signed_up

__all__ = ["app"]


@pytest.mark.parametrize(
    "password",
    [
        "too short today",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "123456789012345678",
        "qwertyuiopasdfghjkl",
        "correct horse battery staple",
        "passwordpassword",
        "Password 1234567",
        "alice@example.org",
        "mapservice-alice",
        "ab ab ab ab ab ab ab",
        "AliceMapservice2026",
        "M4pserv1ce Alice 1",
        "Alice, Alice, Alice!",
        "my password is alice",
        "azertyuiopqsdfgh",
        "2026-11-27 2026-11-27",
        "summer2026summer2026",
        "leave me alone please",
        "fifteen letters",
        "password" * 16,
        "x" * 129,
        "x" * 5000,
    ],
)
def test_passwords_that_are_refused(client, session, password):
    if password == "too short today":
        password = password[:14]

    sign_up(client)
    page = complete(client, link_in(queued_emails(session)[-1]), password=password)

    assert page.status_code == 422
    assert 'id="password-error"' in page.text


@pytest.mark.parametrize(
    "password",
    [
        "vier stille worte",
        "ночь улица фонарь аптека",
        "x7!Kq9#Lm2$Pw5%",
        "🌊 sea, 🏔 hill, 🌲 tree",
        "three quiet rivers",
        "a" * 60 + " with four quiet words behind them",
        "seven words about a boat and rain, " * 3,
        "4@8({[<69!1|7$5+0%23" * 6,
    ],
)
def test_passwords_that_are_taken(app, password):
    with app.test_request_context():
        assert password_strength.problem(password, "alice@example.org", "Mapservice") is None


def test_what_looks_the_same_is_the_same_password(client, session):
    signed_up(client, session, password="cafe\u0301 in the early morning")

    assert enter(client, password="café in the early morning").status_code == 303


def test_the_person_is_told_which_words_are_their_own(app):
    known = ("alice.miller@example.org", "Quiet Heron", "Mapservice")
    with app.test_request_context():
        own, repeated, common = (
            str(password_strength.problem(text, *known))
            for text in ("quiet-heron-1975", "abcabcabcabcabcabc", "leave me alone please")
        )

    assert "your name, your e-mail address" in own
    assert "Repeated" in repeated
    assert "Add one or two more words" in common


def test_never_does_much_work_to_judge_a_password(app, monkeypatch):
    # What zxcvbn tries for each of these grows with every sign that can stand for several letters.
    tried = []
    real = matching.dictionary_match
    monkeypatch.setattr(matching, "dictionary_match", lambda *given, **named: tried.append(1) or real(*given, **named))
    with app.test_request_context():
        password_strength.problem("4@8({[<69!1|7$5+0%23abcxz" * 5)

    assert 0 < len(tried) <= 500
