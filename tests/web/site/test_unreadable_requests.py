"""Requests that no browser sends: refused in words, never with an error of ours."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mapservice import create_app
from mapservice.store.tables import Mail
from testing.accounts import CHEAP, csrf_token, new_member, sign_in
from testing.combinations import is_due

HOSTS = [
    *("a" * 64, "a" * 64 + ".example", "a..b", ".a", ".", "x" * 300, "xn--", "b.xn--", "xn--a", "XN--A.example"),
    *("xn--zzzzzzzzzzzz", "xn--0", "xn--" + "9" * 60, "xn--" + "-" * 20, "xn--\x80", "\xc3\xbc.example", "a b", "a/b"),
    *("[", "]", "[::1", "::1", "[::1]:x", "x:99999", "x:-1", "x:0:0", "a@b", "a,b", "a\x7f", "%00", "http://x"),
]

GARBAGE = [
    *("", "\xff", "=" * 50, ";;;;", '"', 'W/"a", b', "*;q=nan", "en;q=1e999", "en-" + "a" * 300, "9" * 400, ",,,,"),
    *("Thu, 99 Foo 0000 99:99:99 GMT", "Mon, 01 Jan 99999999 00:00:00 +9999", "bytes=9-1", "bytes=a", "http://["),
    *("http://[::1", "https://a:99999999", "Basic !!!", "charset*=x''%ff", "multipart/form-data", "null", "\x00"),
    *("multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=foo", "application/json"),
]

HEADERS = [
    *("REFERER", "ORIGIN", "X_FORWARDED_HOST", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "COOKIE", "ACCEPT_LANGUAGE"),
    *("ACCEPT", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "IF_RANGE", "RANGE", "USER_AGENT", "SEC_FETCH_SITE"),
    *("AUTHORIZATION", "X_REQUESTED_WITH", "EXPECT", "CONTENT_TYPE"),
]

PATHS = [("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/api/v1/conditions"), ("GET", "/static/icon.svg")]


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, LIMITS=False, **CHEAP)


def statuses(app: Flask, header: str, value: str, paths: Sequence[tuple[str, str]] = PATHS) -> list[int]:
    """What the paths answer to a header; a browser of the tests would itself stumble over some of them."""
    codes = []
    for method, path in paths:
        environ = EnvironBuilder(path, method=method).get_environ() | {header: value}
        _body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        codes.append(int(status.split()[0]))
    return codes


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_nobody_can_have_is_refused(app, host):
    assert statuses(app, "HTTP_HOST", host) == [400] * len(PATHS)


@pytest.mark.parametrize(
    "host", ["localhost", "[::1]:8000", "192.0.2.1", "a-b.example.", "xn--bcher-kva.example:1", ""]
)
def test_a_host_that_somebody_can_have_is_served(app, host):
    assert 200 in statuses(app, "HTTP_HOST", host)


@pytest.mark.parametrize("header", HEADERS)
def test_never_answers_a_broken_header_with_an_error_of_ours(app, header):
    name = header if header == "CONTENT_TYPE" else f"HTTP_{header}"
    for number, value in enumerate(GARBAGE, start=HEADERS.index(header)):
        paths = [path for path in PATHS if is_due(path, PATHS, number)]
        assert max(statuses(app, name, value, paths)) < 500, value


PARTS = ["form-data", "form-data; name", "form-data; name=", 'form-data; filename="a"', "attachment", "", ";;;"]


@pytest.mark.parametrize("head", PARTS)
@pytest.mark.parametrize("path", ["/forgot", "/account/delete", "/nothing", "/api/v1/conditions", "/me/hide"])
def test_a_field_without_a_name_is_refused(app, session, head, path):
    client = app.test_client()
    sign_in(client, new_member(session, "alice@example.org"))
    token = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{csrf_token(app)}\r\n'
    mine = '--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nalice@example.org\r\n'
    body = f"{token}{mine}--b\r\nContent-Disposition: {head}\r\n\r\nyes\r\n--b--\r\n"

    answer = client.post(path, data=body.encode(), content_type="multipart/form-data; boundary=b")

    assert answer.status_code in {400, 404, 405}
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_a_form_in_parts_that_breaks_off_is_not_acted_on(app, session):
    client = app.test_client()
    sign_in(client, new_member(session, "alice@example.org"))
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{csrf_token(app)}\r\n'
        '--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nalice@example.org\r\n'
    )

    def send(end: str) -> int:
        kind = "multipart/form-data; boundary=b"
        return client.post("/forgot", data=(body + end).encode(), content_type=kind).status_code

    assert [send(end) for end in ("", "--b", "--b\r\n", "--")] == [400] * 4
    assert send("--b--\r\n") == 303
