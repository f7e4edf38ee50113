"""An answer that is given again before Flask does anything is the one that Flask gave, and only to visitors."""

import pytest
from flask import request
from flask import session as browser_session
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mapservice import create_app
from mapservice.store.across import page_versions
from mapservice.web.accounts.access import public
from mapservice.web.site.shared_pages import shared_page
from testing.accounts import CHEAP, sign_in
from testing.releasing import as_owner, put_figures
from tests.web.catalogue.test_condition_pages import LEUKAEMIA

REGIONS = f"{LEUKAEMIA}/figures/1/DE"


@pytest.fixture(autouse=True)
def released(session, condition):
    put_figures(session, condition, 1, {"world": 210, "DE": 85, "DE.3": 25})


@pytest.fixture
def asked(app):
    """The paths for which Flask was asked."""
    paths = []
    app.before_request(lambda: paths.append(request.path))
    return paths


def ask(app, path, **headers):
    return app.test_client().get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("path", [LEUKAEMIA, f"/es{LEUKAEMIA}", REGIONS])
def test_the_second_visitor_gets_the_same_answer_without_flask(app, asked, path, encoding):
    first = ask(app, path, Accept_Encoding=encoding)
    second = ask(app, path, Accept_Encoding=encoding)

    assert asked == [path]
    assert (second.status, list(second.headers), second.data) == (first.status, list(first.headers), first.data)


def test_a_copy_is_confirmed_with_the_headers_that_flask_would_confirm_it_with(app, asked, config, connection):
    mark = ask(app, LEUKAEMIA).headers["ETag"]
    other = create_app(config, engine=connection, TESTING=True, **CHEAP)

    by_memory, by_flask = (ask(each, LEUKAEMIA, If_None_Match=f'"old", {mark}') for each in (app, other))

    assert asked == [LEUKAEMIA]
    assert (by_memory.status_code, by_memory.data) == (by_flask.status_code, by_flask.data) == (304, b"")
    by_flask.headers.pop("Date")  # a web server adds it to each answer
    assert sorted(by_memory.headers) == sorted(by_flask.headers)
    assert ask(app, LEUKAEMIA, If_None_Match='"old"').status_code == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{LEUKAEMIA}?q=1", {}),
        (LEUKAEMIA, {"Cookie": "a=b"}),
        (LEUKAEMIA, {"Cookie": ""}),
        (LEUKAEMIA, {"If-Match": '"other"'}),
        (LEUKAEMIA, {"Accept-Language": "es"}),
        (LEUKAEMIA, {"Host": "other.example"}),
        ("/", {}),
    ],
)
def test_a_request_that_says_more_is_answered_by_flask(app, asked, path, headers):
    ask(app, LEUKAEMIA)
    asked.clear()

    for _ in range(2):
        app.test_client(use_cookies=False).get(path, headers=headers)

    assert len(asked) == (1 if headers.keys() & {"Accept-Language", "Host"} else 2)


def test_a_request_with_a_body_is_refused_by_flask(app):
    ask(app, LEUKAEMIA)

    assert app.test_client().get(LEUKAEMIA, json={"zone": "DE"}).status_code == 422


def test_a_request_for_the_headers_alone_is_answered_by_flask(app, asked):
    ask(app, LEUKAEMIA)

    answer = app.test_client().head(LEUKAEMIA)

    assert asked == [LEUKAEMIA] * 2
    assert (answer.status_code, answer.data) == (200, b"")


def test_never_gives_a_member_an_answer_from_memory(app, asked, bob):
    ask(app, LEUKAEMIA)
    member = app.test_client()
    sign_in(member, bob)

    answers = [member.get(LEUKAEMIA) for _ in range(2)]

    assert asked == [LEUKAEMIA] * 3
    assert all("Sign out" in answer.text and "ETag" not in answer.headers for answer in answers)


def test_never_keeps_an_answer_with_a_cookie(app, asked):
    """A page that tells its visitor something has a session, although its view asked for nothing to be kept."""

    def page():
        browser_session["greeted"] = True
        return "Hello"

    view = public(lambda: shared_page(lambda connection: str(connection.scalar(text("select 1"))), page))
    app.add_url_rule("/planted", "planted", view)

    for _ in range(2):
        assert "Set-Cookie" in ask(app, "/planted").headers
    assert asked == ["/planted"] * 2


def test_a_condition_that_is_gone_is_gone_at_once(app, session, condition):
    ask(app, LEUKAEMIA)
    with as_owner(session):
        condition.slug = "renamed"
        session.flush()

    assert ask(app, LEUKAEMIA).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"any"'}])
def test_a_version_that_cannot_be_read_is_asked_for_once(app, monkeypatch, headers):
    ask(app, LEUKAEMIA)
    tries = []

    class Gone:
        def __getattr__(self, name):
            tries.append(name)
            raise OperationalError("select 1", {}, Exception("gone"))

    monkeypatch.setattr(page_versions, "_VERSION", Gone())

    answer = app.test_client().get(LEUKAEMIA, headers=headers)

    assert answer.status_code == 503
    assert len(tries) == 1


def test_only_pages_that_are_kept_have_a_policy_without_a_nonce(app, bob):
    kept, other = ask(app, LEUKAEMIA), ask(app, "/")
    member = app.test_client()
    sign_in(member, bob)
    policies = [answer.headers["Content-Security-Policy"] for answer in (kept, other, member.get(LEUKAEMIA))]

    assert ["'nonce-" in policy for policy in policies] == [False, True, True]
    assert "script-src 'self' 'sha256-" in policies[0]
    assert "style-src 'self';" in policies[0]
