"""Forms that our pages never made are refused in words: too large, made up, with a field twice."""

import uuid
from urllib.parse import quote_plus

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from testing.accounts import csrf_token, fill_in, post
from testing.routes import FORMS, people, send, unsafe
from tests.web.site.roles import app

__all__ = ["app"]

ALL = "/conditions/acute-lymphoblastic-leukaemia"


@pytest.mark.parametrize("body", ["a=" + "x" * 5_000_000, "&".join(["a=b"] * 1_000_000), "a" * 5_000_000])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_what_is_too_large_is_a_kind_413(as_bob, body, kind):
    answer = as_bob.post(f"{ALL}/join", data=body, content_type=kind)

    assert answer.status_code == 413
    assert "too large" in answer.text
    assert "Nothing was changed" in answer.text


def test_a_file_is_not_taken(as_bob):
    import io

    fields = {"csrf_token": csrf_token(as_bob.application), "zone": (io.BytesIO(b"x"), "zone.txt")}

    assert as_bob.post(f"{ALL}/place", data=fields).status_code == 422


class TestForgedForms:
    """Forms that our pages never made."""

    @pytest.mark.parametrize("page", ["join", "leave", "hide", "place"])
    def test_a_condition_that_does_not_exist_is_a_404(self, as_bob, page):
        fields = FORMS[{"join": "memberships.join", "place": "place.save"}.get(page, "place.hide")]

        answer = post(as_bob, f"/conditions/no-such/{page}", {**fields, "operation": str(uuid.uuid4())})

        assert answer.status_code == 404
        assert "no-such" not in answer.text

    @pytest.mark.parametrize("operation", [None, "", "made-up", "0" * 31, "{" * 40])
    @pytest.mark.parametrize("endpoint", ["memberships.join", "place.save"])
    def test_a_form_without_an_operation_is_a_400(self, app, connection, as_bob, endpoint, operation):
        rule = next(candidate for candidate, _ in unsafe(app) if candidate.endpoint == endpoint)
        before = people(connection)

        answer = send(as_bob, rule, {**FORMS[endpoint], **({} if operation is None else {"operation": operation})})

        assert answer.status_code == 400
        assert "Nothing was changed" in answer.text
        assert people(connection) == before

    @pytest.mark.parametrize("audience", ["", "everyone", "MEMBERS", None])
    def test_an_audience_that_does_not_exist_is_refused(self, session, as_bob, audience):
        fields = {"zone": "DE", "operation": str(uuid.uuid4()), **({"audience": audience} if audience else {})}

        assert post(as_bob, f"{ALL}/place", fields).status_code == 422
        assert session.scalars(select(Membership.audience)).all() == ["condition"]

    def test_a_zone_of_another_country_must_be_said_to_be_a_move(self, connection, session, as_bob, bob):
        from tests.counts import count_rows, true_rows

        before = people(connection)
        fields = {"zone": "IS", "audience": "members", "operation": str(uuid.uuid4())}
        answer = post(as_bob, f"{ALL}/place", fields)

        # On the first day a wrong choice can be corrected; what is stored stays in step either way.
        assert answer.status_code in {303, 422}
        assert (people(connection) == before) is (answer.status_code == 422)
        assert count_rows(session) == true_rows(session)

    @pytest.mark.parametrize("field", ["zone", "audience", "operation", "csrf_token", "role"])
    def test_a_field_that_comes_twice_is_refused(self, connection, as_bob, field):
        before = people(connection)
        page, endpoint = ("join", "memberships.join") if field == "role" else ("place", "place.save")
        pairs = {"csrf_token": csrf_token(as_bob.application), **FORMS[endpoint], "operation": str(uuid.uuid4())}
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in [*pairs.items(), (field, pairs[field])])

        answer = as_bob.post(f"{ALL}/{page}", data=body, content_type="application/x-www-form-urlencoded")

        assert answer.status_code == 422
        assert people(connection) == before

    @pytest.mark.parametrize("query", ["role=person&role=researcher", "in=DE&in=FR", "page=1&page=2"])
    def test_a_parameter_that_comes_twice_is_refused(self, as_bob, query):
        assert as_bob.get(f"{ALL}/map?{query}").status_code == 422

    def test_a_refused_form_never_repeats_its_values(self, as_bob):
        fields = {"zone": "canary-zone", "audience": "canary-audience", "canary-field": "canary-value"}

        answer = post(as_bob, f"{ALL}/place", {**fields, "operation": "canary-operation"})

        assert answer.status_code == 422
        assert "canary" not in answer.text


def test_a_very_long_password_is_only_wrong(client, bob):
    answer = fill_in(client, "/sign-in", email="bob@example.org", password="x" * 100_000)

    assert answer.status_code == 422
    assert "Wrong e-mail address or password" in answer.text
