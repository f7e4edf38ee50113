"""Only POST changes anything: whoever opens a page, or a program that opens all links of an e-mail, leaves no trace."""

import os
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from mapservice import create_app
from mapservice.db import get_session
from mapservice.privacy.deletion import Fate
from mapservice.store.accounts import email_changes, sign_ups
from mapservice.store.across.subjects import PLAN
from mapservice.store.tables import LoginSession, Mail, Member, Membership
from mapservice.web.accounts import access, email_change
from mapservice.web.accounts.login import read_link
from mapservice.web.site.browser_session import token_hash
from testing.accounts import CHEAP, member_by_email, sign_in
from testing.combinations import EVERY
from testing.members_map import cell_of
from testing.releasing import put_figures
from testing.routes import QUERIES, VALUES, address, policy, rows_written, rules
from tests.factor import give_phone
from tests.links import live_tokens

METHODS = ("GET", "HEAD", "OPTIONS")
ROLES = ("visitor", "member", "staff")

#: Tables that looking may write, each with the reason; sessions are compared but for what is named below.
EXCEPT = {
    "allowance": "counts how often something is asked for",
    "ledger_entry": "records what staff looked at, as promised to members",
    "count_bucket": "the role of the pages can neither read nor write it",
    "remembered_bucket": "the role of the pages can neither read nor write it",
    "login_session": "see SESSION",
}

#: What of a session is compared: not when it was last used, nor what an open form needs. A visitor's is nothing else.
SESSION = (
    "(token_hash, member_id, started_at,"
    " data - 'csrf_token' - '_flashes' - 'sealed_factor' - 'passkey_challenge')::text as line"
    " from login_session where member_id is not null"
)

#: A value of each parameter of an address; one that has the name of a part of an address has its value.
VALUES_OF_QUERIES = {
    **VALUES,
    **{
        "q": "all",
        "letter": "A",
        "page": "1",
        "role": "person",
        "in": "DE",
        "country": "DE",
        "next": "/me",
        "tiles": "0/0/0",
        "language": "en",
        "looking_for": "nearby",
        "duration": "1-5",
        "order": "thanks",
        "quote": str(VALUES["text_id"]),
    },
    **{"release": "1", "before": "1", "after": "1", "condition": VALUES["slug"]},
}


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture(autouse=True)
def released(session, condition):
    """A release, so that pages of figures have something to show."""
    put_figures(session, condition, 1, {"world": 210, "DE": 85, "DE.3": 25})


@pytest.fixture
def browsers(app, session, bob, carol, dan) -> dict[str, FlaskClient]:
    """A browser for each role; the member is Bob, and the staff has a second factor."""
    clients = {role: app.test_client() for role in ROLES}
    sign_in(clients["member"], bob)
    give_phone(clients["staff"], session, dan)
    sign_in(clients["staff"], dan)
    return clients


def dump(connection: Connection) -> dict[str, str]:
    """What the tables of people hold, by a digest of each."""
    names = [entry.table for entry in PLAN if entry.fate is not Fate.STAYS and entry.table not in EXCEPT]
    lines = {name: f"row_::text as line from {name} as row_" for name in names} | {"login_session": SESSION}
    digests = [
        f"select '{name}', md5(string_agg(line, E'\\n' order by line)) from (select {line}) as lines"
        for name, line in lines.items()
    ]
    return dict(map(tuple, connection.execute(text(" union all ".join(digests).replace("::", r"\:\:")))))


def addresses(app: Flask, session: Session, bob: Member, who: str | None = None) -> Iterator[str]:
    """Every address that can be opened, with arguments that lead somewhere and each parameter that is for a role."""
    tokens = live_tokens(app, session, bob.email)
    card = session.scalars(select(Membership.public_id).where(Membership.member_id == bob.id)).one()
    for rule in rules(app):
        if "GET" not in (rule.methods or ()) and EVERY not in os.environ:
            continue
        needed = role_of(policy(app, rule) or "")
        # To staff, the pages of members are what they are to members.
        if who == "staff" != needed and EVERY not in os.environ:
            continue
        values = {"token": tokens.get(rule.endpoint, "made-up"), "public_id": card, "cell": cell_of(session, card)}
        path = address(app, rule, **values)
        yield path
        if who in {None, needed} or EVERY in os.environ:
            yield from (f"{path}?{name}={VALUES_OF_QUERIES[name]}" for name in QUERIES.get(rule.endpoint, ()))


def role_of(needed: str) -> str:
    """Who opens a route with each of its parameters: to everybody else it answers the same with and without them."""
    return {"public": "visitor"}.get(needed, "staff" if needed.startswith("staff") else "member")


def methods_for(app: Flask, path: str, number: int) -> list[str]:
    """The methods with which an address is asked: HEAD where a view that acts on POST may take it for that."""
    if EVERY in os.environ:
        return list(METHODS)
    path, _, query = path.partition("?")
    may_act = "POST" in app.url_map.bind("localhost").allowed_methods(path)
    # No view sees OPTIONS: the service answers them all in the same place.
    return ["GET", *(["HEAD"] if may_act else []), *(["OPTIONS"] if not query and number % 8 == 0 else [])]


def changed_by_looking(client: FlaskClient, connection: Connection, paths: Iterable[str]) -> list[str]:
    """The addresses that left something else behind."""
    changed, before, written = [], dump(connection), rows_written(connection)
    for number, path in enumerate(paths):
        for method in methods_for(client.application, path, number):
            client.open(path, method=method).close()
        if rows_written(connection) == written:
            continue
        after, written = dump(connection), rows_written(connection)
        if after != before:
            changed.append(path)
            before = after
    return changed


@pytest.mark.parametrize("role", ROLES)
def test_never_changes_anything_by_looking(app, browsers, connection, session, bob, role):
    assert changed_by_looking(browsers[role], connection, list(addresses(app, session, bob, role))) == []


def test_the_links_of_this_test_work(app, session, browsers, bob):
    """Else it would prove nothing that they change nothing."""
    tokens = live_tokens(app, session, bob.email)

    for rule in rules(app):
        if rule.endpoint in tokens:
            assert browsers["member"].get(address(app, rule, token=tokens[rule.endpoint])).status_code == 200
    assert {rule.endpoint for rule in rules(app) if "token" in rule.arguments} == set(tokens)


def test_every_table_of_people_is_compared(connection):
    planned = {entry.table for entry in PLAN if entry.person}

    assert planned <= set(dump(connection)) | set(EXCEPT)


def _put_mail() -> str:
    get_session().add(Mail(recipient="a@example.org", subject="", body=""))
    get_session().commit()
    return ""


def _confirm_by_head(token: str = "") -> str:
    """As it was: a view that takes whatever is not GET for the button."""
    if request.method == "GET":
        return ""
    change = read_link(email_change.CONFIRM, token, email_change.MAX_AGE)
    assert change is not None
    bob = member_by_email(get_session(), "bob@example.org")
    for waiting in email_changes.waiting(get_session(), bob):
        email_changes.confirm(get_session(), bob, waiting)
    get_session().commit()
    return ""


def _end_sign_ups() -> str:
    sign_ups.end(get_session(), "newcomer@example.org")
    get_session().commit()
    return ""


@pytest.mark.parametrize("bad", [_put_mail, _end_sign_ups])
def test_a_page_that_writes_when_it_is_looked_at_is_found(app, browsers, connection, session, bob, bad):
    app.add_url_rule("/planted", "planted", access.public(bad))

    live_tokens(app, session, bob.email)

    assert changed_by_looking(browsers["visitor"], connection, ["/", "/planted", "/sign-in"]) == ["/planted"]


def test_a_link_that_acts_on_head_is_found(app, browsers, connection, session, bob):
    app.view_functions["email_change.confirm"] = access.public(_confirm_by_head)
    paths = [path for path in addresses(app, session, bob) if path.startswith("/account/email")]

    (path,) = changed_by_looking(browsers["visitor"], connection, paths)

    assert path.startswith("/account/email/confirm/")


def test_never_signs_out_by_looking(app, browsers, connection):
    for path in ("/sign-out", "/account/sessions/end", "/account/delete"):
        for method in METHODS:
            browsers["member"].open(path, method=method)

    assert browsers["member"].get("/me").status_code == 200
    assert connection.scalar(select(LoginSession.token_hash).where(LoginSession.token_hash == token_hash("x"))) is None
