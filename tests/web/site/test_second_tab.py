"""Somebody signs in or out or leaves in one tab, and goes on in another."""

import pytest

from mapservice.store.accounts import login_sessions
from mapservice.web.site.browser_session import token_hash
from testing.accounts import post, sign_in
from testing.routes import people
from tests.web.site.roles import app

__all__ = ["app"]

ALL = "/conditions/acute-lymphoblastic-leukaemia"

OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


class TestTheSecondTab:
    def test_who_was_signed_out_meanwhile_signs_in_and_comes_back(self, app, connection, session, bob):
        client = app.test_client()
        token = sign_in(client, bob)
        login_sessions.end(session, token_hash(token))
        session.commit()
        before = people(connection)

        answer = post(client, f"{ALL}/hide", headers={**OWN, "Referer": f"http://localhost{ALL}/place"})

        assert answer.status_code == 303
        assert answer.location == f"/sign-in?next={ALL}/place"
        assert "Please sign in" in client.get(answer.location).text
        assert people(connection) == before

    @pytest.mark.parametrize(
        ("referrer", "back"),
        [
            (f"http://localhost{ALL}/place?in=DE", f"{ALL}/place"),
            (f"http://localhost{ALL}/hide", ALL),
            ("http://localhost/account/name", "/account"),
            ("http://localhost/account/sessions/end", "/account"),
            ("http://[", "/"),
            ("http://localhost/no/such/page", "/"),
        ],
    )
    def test_coming_back_leads_to_a_page_that_can_be_opened(self, app, as_bob, referrer, back):
        client = app.test_client()

        answer = client.post(f"{ALL}/hide", headers={**OWN, "Referer": referrer})

        assert answer.location == f"/sign-in?next={back}"
        assert as_bob.get(back).status_code == 200

    def test_a_form_from_before_signing_in_is_offered_again(self, app, client, bob):
        old = client.get("/forgot").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        sign_in(client, bob)

        answer = client.post("/forgot", data={"csrf_token": old, "email": "typed@example.org"}, headers=OWN)

        assert answer.status_code == 400
        assert "signed in or out in the meantime" in answer.text
        assert 'value="typed@example.org"' in answer.text
        new = answer.text.rpartition('name="csrf_token" value="')[2].partition('"')[0]
        again = client.post("/forgot", data={"csrf_token": new, "email": "typed@example.org"}, headers=OWN)
        assert again.status_code == 303

    def test_a_deleted_account_in_another_tab_is_signed_out(self, app, session, bob):
        client, other = app.test_client(), app.test_client()
        sign_in(client, bob)
        sign_in(other, bob)
        post(other, "/account/delete", {"sure": "yes"})

        answer = post(client, f"{ALL}/hide", headers={**OWN, "Referer": f"http://localhost{ALL}/place"})

        assert answer.location == f"/sign-in?next={ALL}/place"

    def test_who_left_in_another_tab_is_told_so(self, as_bob):
        post(as_bob, f"{ALL}/leave", {"sure": "yes"})

        answer = post(as_bob, f"{ALL}/hide")

        assert answer.status_code == 403
        assert "not joined" in answer.text
