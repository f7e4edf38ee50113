"""The database goes away under a request and is back a moment later: nobody notices, and nothing happens twice."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from flask import Flask, flash
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from mapservice import create_app, db
from mapservice.db import outages, stall
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Mail, Member
from mapservice.web.accounts.access import public
from mapservice.web.site import error_pages, retries
from testing.accounts import CHEAP, csrf_token, post, version_at
from testing.locations import put
from testing.routes import WITH_OPERATION, policy, unsafe
from tests.web.site.committed import ALL, as_eve, eve, joining, of, own_engine, real_app, showing

__all__ = ["as_eve", "eve", "own_engine", "real_app"]

KILL = text("select pg_terminate_backend(pg_backend_pid())")


@contextmanager
def answers_lost(engine: Engine, killer: Engine, *, at: int) -> Iterator[list[int]]:
    """Lose the answer to a commit that happened: the one of this number. Yields the numbers of those that were sent."""
    original = engine.dialect.do_commit
    seen: list[int] = []

    def do_commit(connection):
        original(connection)
        seen.append(len(seen) + 1)
        if len(seen) == at:
            with db.transaction(killer) as session:
                pid = connection.driver_connection.info.backend_pid
                session.execute(text("select pg_terminate_backend(:pid, 2000)"), {"pid": pid})
            connection.driver_connection.execute("select 1")

    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        del engine.dialect.do_commit


def filled(client: FlaskClient, path: str, form: dict[str, str]) -> dict[str, str | None]:
    """A form with what its page gives it to carry."""
    return {"csrf_token": csrf_token(client.application), "version": version_at(client, path), **form}


def leaving() -> dict[str, str]:
    return {"sure": "yes"}


def add(app: Flask, view: Callable[[], str], *, method: str = "GET") -> str:
    """A page that is planted."""
    app.add_url_rule("/planted", "planted", public(view), methods=[method])
    return "/planted"


def test_a_page_whose_connection_is_cut_is_answered_again(real_app, as_eve):
    tries = []

    def view():
        tries.append(1)
        if len(tries) < 3:
            db.get_session().execute(KILL)
        return "answered"

    assert as_eve.get(add(real_app, view)).text == "answered"
    assert len(tries) == 3


def test_a_page_that_went_on_without_the_database_is_answered_again_too(real_app, as_eve):
    """Or a member would be shown as a stranger, or counted as nobody."""
    tries = []

    def view():
        tries.append(1)
        if len(tries) < 2:
            with pytest.raises(DBAPIError):
                db.get_session().execute(KILL)
            return "a page for strangers"
        return "a page for members"

    assert as_eve.get(add(real_app, view)).text == "a page for members"


def test_a_page_that_ends_the_database_each_time_is_given_up(real_app, as_eve):
    tries = []

    def view():
        tries.append(1)
        db.get_session().execute(KILL)

    answer = as_eve.get(add(real_app, view))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert str(error_pages.WORDS[503]) in answer.text
    assert len(tries) == retries.MAX_TRIES


@pytest.mark.parametrize("leaves", ["a session that is kept", "nothing"])
def test_a_connection_that_is_cut_once_the_answer_is_made_harms_nobody(real_app, as_eve, engine, leaves):
    tries = []

    def view():
        tries.append(1)
        pid = db.get_session().scalar(text("select pg_backend_pid()"))
        if leaves != "nothing":
            flash("kept in the session")
        if len(tries) == 1:
            with db.transaction(engine) as session:
                session.execute(text("select pg_terminate_backend(:pid, 2000)"), {"pid": pid})
        return "answered"

    real_app.config["PROPAGATE_EXCEPTIONS"] = True

    assert as_eve.get(add(real_app, view)).text == "answered"


def test_an_error_that_is_no_loss_is_answered_once(real_app, as_eve):
    tries = []

    def view():
        tries.append(1)
        db.get_session().execute(text("select 1/0"))

    assert as_eve.get(add(real_app, view)).status_code == 500
    assert len(tries) == 1


@pytest.mark.parametrize("is_marked", [True, False])
def test_a_write_of_which_nobody_knows_whether_it_happened_is_repeated_only_where_that_is_safe(
    real_app, own_engine, engine, as_eve, is_marked
):
    recipient, tries = f"{uuid.uuid4()}@example.org", []

    def view():
        tries.append(1)
        db.get_session().add(Mail(recipient=recipient, subject="", body=""))
        db.get_session().commit()
        return "done"

    path = add(real_app, retries.idempotent(view) if is_marked else view, method="POST")
    assert post(as_eve, path).text == "done"

    # Looking up the session needs no commit.
    fields = filled(as_eve, path, {})
    with answers_lost(own_engine, engine, at=1):
        answer = as_eve.post(path, data=fields)

    with db.transaction(engine) as session:
        assert session.query(Mail).filter_by(recipient=recipient).delete() == len(tries)
    if is_marked:
        assert (answer.text, len(tries)) == ("done", 3)
    else:
        assert (answer.status_code, len(tries)) == (503, 2)
        assert str(error_pages.WORDS_OF_UNKNOWN_OUTCOME) in answer.text
        assert "Nothing was changed" not in answer.text


def test_a_write_that_was_not_committed_is_repeated_whoever_made_it(real_app, own_engine, engine, as_eve):
    recipient, tries = f"{uuid.uuid4()}@example.org", []

    def view():
        tries.append(1)
        db.get_session().add(Mail(recipient=recipient, subject="", body=""))
        if len(tries) == 1:
            db.get_session().execute(KILL)
        db.get_session().commit()
        return "done"

    assert post(as_eve, add(real_app, view, method="POST")).text == "done"

    with db.transaction(engine) as session:
        assert session.query(Mail).filter_by(recipient=recipient).delete() == 1


@pytest.mark.parametrize(
    ("step", "form", "earlier_steps"),
    [
        ("join", joining, ()),
        ("place", showing, ("join",)),
        ("hide", dict, ("join", "place")),
        ("leave", leaving, ("join", "place")),
        ("count", lambda: {"counted": "yes"}, ("join",)),
    ],
)
def test_never_loses_doubles_or_denies_a_write_whichever_of_its_commits_gets_no_answer(
    own_engine, engine, as_eve, eve, step, form, earlier_steps
):
    forms = {"join": joining, "place": showing}
    with db.open_session(engine) as session:
        # Elsewhere they stay, so that the place is known and is not chosen anew each time.
        other = conditions.get(session, "marfan-syndrome")
        put(session, session.get(Member, eve.id), other, "DE", level=Level.COUNTRY, audience=Audience.MEMBERS)
    results, at = [], 0
    while True:
        post(as_eve, f"{ALL}/leave", leaving())
        for kind in earlier_steps:
            post(as_eve, f"{ALL}/{kind}", forms[kind]())
        before = of(engine, eve)
        fields = filled(as_eve, f"{ALL}/{step}", form())
        with answers_lost(own_engine, engine, at=at) as sent:
            assert as_eve.post(f"{ALL}/{step}", data=fields).status_code == 303, at
        after = of(engine, eve)
        results.append({name: after[name] - before[name] for name in after if name != "consent"})
        if at > len(sent):
            break
        at += 1

    assert len(results) >= 4, "none, the write, keeping the words about it, and one more than there are"
    assert all(result == results[0] for result in results)


def test_every_form_either_happens_once_or_says_that_it_may_have_happened(app):
    """What is neither marked nor carries an operation id is never repeated after a commit without an answer."""
    marked = {
        rule.endpoint
        for rule, _method in unsafe(app)
        if getattr(app.view_functions[rule.endpoint], "is_idempotent", False)
    }

    assert {"place.hide", "place.forget", "memberships.leave", "consents.revoke", "consents.count"} <= marked
    assert not marked & WITH_OPERATION
    assert not {rule.endpoint for rule, _method in unsafe(app) if policy(app, rule) is None}


@pytest.mark.parametrize(("is_stalled", "status"), [(False, 200), (True, 503)])
def test_a_database_that_cuts_connections_is_tried_for_longer_than_one_that_says_nothing(
    real_app, as_eve, monkeypatch, is_stalled, status
):
    now, tries = time.monotonic(), []
    monkeypatch.setattr(retries, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(stall, "is_stalled", lambda: is_stalled)

    def view():
        nonlocal now
        tries.append(1)
        if len(tries) <= 3:
            now += 2.6
            db.get_session().execute(KILL)
        return "answered"

    assert as_eve.get(add(real_app, view)).status_code == status
    assert len(tries) == (4 if status == 200 else 2)


def test_a_database_that_stays_away_is_waited_for_once(config, monkeypatch, own_engine):
    """And not by every visitor for seconds: the second gets the answer at once."""
    waits = []
    monkeypatch.setattr(retries, "TIMEOUT_S", 0.3)
    app = create_app(config, engine=own_engine, LIMITS=False, **CHEAP)
    client = app.test_client()
    assert client.get("/search?q=all").status_code == 200
    sleep = outages.time.sleep
    monkeypatch.setattr(outages.time, "sleep", lambda seconds: (waits.append(seconds), sleep(seconds)))

    def refuse(*_arguments):
        raise own_engine.dialect.loaded_dbapi.OperationalError("connection refused")

    own_engine.dispose()
    event.listen(own_engine, "do_connect", refuse)
    first = client.get("/search?q=all")
    assert (first.status_code, first.headers["Retry-After"]) == (503, "5")
    assert waits
    waits.clear()
    assert client.get("/search?q=all").status_code == 503
    assert not waits

    event.remove(own_engine, "do_connect", refuse)
    assert client.get("/search?q=all").status_code == 200
