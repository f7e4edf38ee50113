"""The same form sent from eight tabs at the same moment has one effect, and none of them fails."""

import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from mapservice import db
from mapservice.store.accounts import members, sign_ups
from mapservice.store.tables import Consent, Member
from mapservice.web.site.browser_session import token_hash
from testing.accounts import post, sign_in
from tests.counts import count_rows, true_rows
from tests.web.site.committed import ALL, THREADS, as_eve, eve, joining, of, own_engine, real_app, showing

__all__ = ["as_eve", "eve", "own_engine", "real_app"]


def at_once(app: Flask, member: Member, path: str, form) -> list[int]:
    """Send a form from many threads at the same moment, each a tab of the same person; ``form`` makes each its own."""
    barrier = threading.Barrier(THREADS)
    clients = [app.test_client() for _ in range(THREADS)]
    for client in clients:
        sign_in(client, member)

    def send(client) -> int:
        data = form()
        barrier.wait()
        return post(client, path, data).status_code

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(send, clients))


@pytest.mark.parametrize("is_repeated", [True, False], ids=["one operation", "several operations"])
def test_joining_and_showing_from_eight_threads_has_one_effect(real_app, engine, eve, is_repeated):
    join, show = joining(), showing()

    answers = at_once(real_app, eve, f"{ALL}/join", (lambda: join) if is_repeated else joining)
    answers += at_once(real_app, eve, f"{ALL}/place", (lambda: show) if is_repeated else showing)

    # Of forms that were made from the same state the first is taken, and the others are told to look again.
    assert set(answers) <= ({303} if is_repeated else {303, 409})
    counts = of(engine, eve)
    assert (counts["membership"], counts["home_zone"], counts["counted"]) == (1, 1, 1)
    assert counts["operation"] == (2 if is_repeated else answers.count(303))
    with db.transaction(engine) as session:
        unrevoked = select(Consent.kind).where(Consent.member_id == eve.id, Consent.revoked_at.is_(None))
        assert sorted(session.scalars(unrevoked)) == ["joined", "shown"]


def test_tabs_that_do_different_things_at_once_never_wait_for_each_other(real_app, engine, as_eve, eve):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())
    pages = [("join", joining), ("place", showing), ("hide", dict), ("join", joining)] * 2
    clients = [real_app.test_client() for _ in pages]
    for client in clients:
        sign_in(client, eve)

    def work(client, page, form) -> list[int]:
        return [post(client, f"{ALL}/{page}", form()).status_code for _ in range(5)]

    with ThreadPoolExecutor(THREADS) as threads:
        tries = [threads.submit(work, client, *page) for client, page in zip(clients, pages, strict=True)]
        answers = [answer for attempt in tries for answer in attempt.result()]

    assert set(answers) <= {303, 409}
    with db.transaction(engine) as session:
        assert count_rows(session) == true_rows(session)


@pytest.mark.parametrize("path", [f"{ALL}/hide", f"{ALL}/leave", "/me/place/forget"])
def test_stepping_back_from_eight_threads_is_said_yes_to_by_all(real_app, engine, as_eve, eve, path):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())

    sure = {"sure": "yes"} if path.endswith("/leave") else {}
    assert at_once(real_app, eve, path, sure.copy) == [303] * THREADS

    assert of(engine, eve)["counted"] == 0


def test_deleting_the_account_from_eight_threads_never_fails(real_app, engine, as_eve, eve):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())

    answers = at_once(real_app, eve, "/account/delete", lambda: {"sure": "yes"})

    # Whoever came too late is nobody any more: signed out, or told to try again.
    assert set(answers) <= {303, 400, 409}
    assert 303 in answers
    assert of(engine, eve) == {"membership": 0, "consent": 0, "home_zone": 0, "operation": 0, "counted": 0}


def test_signing_up_from_eight_threads_makes_one_account(real_app, engine):
    email = f"{uuid.uuid4()}@example.org"
    form = {"pseudonym": "Eve", "age": "adult", "password": "seven green kettles sing", "taking_part": "y"}
    links = [secrets.token_urlsafe() for _ in range(THREADS)]
    with db.transaction(engine) as session:
        for link in links:
            sign_ups.begin(session, token_hash(link), email=email, condition=None)
    page = real_app.test_client()
    token = page.get(f"/confirm/{links[0]}").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = page.get_cookie("__Host-mapservice").value

    def send(number: int) -> int:
        client = real_app.test_client()
        client.set_cookie("__Host-mapservice", cookie, secure=True)
        # Each link is used by two.
        return client.post(f"/confirm/{links[number // 2]}", data={"csrf_token": token, **form}).status_code

    try:
        with ThreadPoolExecutor(THREADS) as threads:
            answers = list(threads.map(send, range(THREADS)))
        with db.transaction(engine) as session:
            assert session.scalar(select(func.count()).select_from(Member).where(Member.email == email)) == 1
    finally:
        with db.transaction(engine) as session:
            members.delete_account(session, session.scalars(select(Member).where(Member.email == email)).one())
    assert answers.count(303) == 1
    # Whoever came too late used a link, or a form of a browser, that is no more.
    assert set(answers) <= {303, 400, 404, 409}
