"""Whatever comes in gets a clear answer: never a stack trace, never an echo, and nothing half saved."""

import re
import uuid
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from mapservice import create_app
from mapservice.store.accounts import login_sessions
from mapservice.store.tables import Membership
from mapservice.web.site.server_sessions import token_hash
from testing.accounts import CHEAP, csrf_token, fill_in, post, sign_in
from testing.routes import FORMS, QUERIES, address, form, is_interface, people, policy, questions, rules, send, unsafe
from tests.links import live_tokens

ALL = "/conditions/acute-lymphoblastic-leukaemia"

OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

#: As bytes of an address, because not all of them are text.
ODD = {
    "nothing": "",
    "NUL": quote("a\0b"),
    "lone surrogate and no UTF-8": "%ed%a0%80%ff%fe%c0%80",
    "turned around, on two lines": quote("\u202egro.elpmaxe\u202c\u2066\r\nSet-Cookie: b=c"),
    "ten thousand letters that grow": quote("\ufdfa" * 3_400 + "e" + "\u0301" * 2_000),
    "markup": quote("<script>alert(1)</script>\"' or 1=1; -- {{7*7}} ../../etc/passwd"),
}

OF_A_RELEASE = {"api.current_release", "api.show_release", "api.current_figures", "api.figures"}
OF_A_RELEASE |= {"ogc.list_figures", "ogc.show_figure"}

#: Where a number is expected.
ODD_NUMBERS = {
    "a number without end": "9" * 5_000,
    "a number beyond PostgreSQL": "9" * 21,
    "less than nothing": "-1",
}


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def as_carol(app, carol) -> FlaskClient:
    client = app.test_client()
    sign_in(client, carol)
    return client


@pytest.fixture
def as_dan(app, dan) -> FlaskClient:
    client = app.test_client()
    sign_in(client, dan)
    return client


def problems_of(answer) -> list[str]:
    """What is wrong with an answer to something odd."""
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code}")
    if b"<script>alert" in answer.data or b"Traceback" in answer.data:
        found.append("markup or a trace of the code")
    if "Set-Cookie: b=c" in str(answer.headers) or "\n" in answer.headers.get("Location", ""):
        found.append("header")
    return found


def urlencoded(client: FlaskClient, path: str, fields: dict[str, str], raw: dict[str, str]):
    """Send a form of which some fields are bytes of our own."""
    token = {"csrf_token": csrf_token(client.application)}
    pairs = [f"{name}={quote_plus(value)}" for name, value in {**token, **fields}.items() if name not in raw]
    pairs += [f"{name}={value}" for name, value in raw.items()]
    return client.post(path, data="&".join(pairs), content_type="application/x-www-form-urlencoded")


def is_for_staff(app: Flask, rule) -> bool:
    return (policy(app, rule) or "").startswith("staff")


def path_of(app: Flask, rule, session, member) -> str:
    """The path of a route that writes, with a link that works where it needs one."""
    return address(app, rule, token=live_tokens(app, session, member.email).get(rule.endpoint))


@pytest.mark.parametrize("odd", ODD)
def test_odd_characters_in_any_field_of_any_form_get_a_clear_answer(app, session, connection, as_bob, as_dan, bob, odd):
    found = []
    for rule, _method in unsafe(app):
        path, before = path_of(app, rule, session, bob), people(connection)
        for field in [*form(rule), "session", "csrf_token"]:
            if rule.endpoint == "account.delete" and field != "sure":
                continue  # that is how one leaves
            browser = as_dan if is_for_staff(app, rule) else as_bob
            answer = urlencoded(browser, path, form(rule), {field: ODD[odd]})
            found += [f"{rule.rule} {field}: {each}" for each in problems_of(answer)]
            if answer.status_code < 400:
                before = people(connection)
                sign_in(as_bob, bob)
        if people(connection) != before:
            found.append(f"{rule.rule}: what was refused was kept")
    assert found == []


@pytest.mark.parametrize("odd", ODD | ODD_NUMBERS)
def test_odd_characters_in_any_address_get_a_clear_answer(app, client, as_carol, as_dan, odd):
    text, found = (ODD | ODD_NUMBERS)[odd], []
    for rule in rules(app):
        browser = as_dan if is_for_staff(app, rule) else client if policy(app, rule) == "public" else as_carol
        if "GET" not in (rule.methods or ()):
            continue
        path = address(app, rule)
        asked = [each.rpartition("=")[0] for each in questions(app, rule)] if is_interface(rule) else []
        paths = [f"{path}?{each}={text}" for each in asked or QUERIES.get(rule.endpoint, ("q",))]
        for name in rule.arguments:
            # Numbers are put in as text, for the address of a visitor is not made by us.
            known = {each: "1" if each in {"z", "x", "y", "tree"} else "anything" for each in rule.arguments}
            pattern = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
            paths.append(pattern.format(**{**known, name: text}))
        for each in paths:
            answer = browser.get(each)
            found += [f"{each[:80]}: {problem}" for problem in problems_of(answer)]
            if answer.status_code not in {200, 302, 303, 307, 308, 404, 422, 400 if is_interface(rule) else 422}:
                found.append(f"{each[:80]}: {answer.status_code}")
            answer.close()
    assert found == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cookie", '__Host-mapservice="\\377\\000"; a=b; ;;=\x80'),
        ("Cookie", "__Host-mapservice=" + "x" * 5_000),
        ("Referer", "http://["),
        ("Origin", "http://[::1"),
        ("Host", "["),
        ("Host", "a b"),
        ("Host", "localhost:99999999"),
        ("Accept", "\xff;q=x, */*;q=-1"),
        ("Accept-Language", "de-\xff;q=2, *-*"),
        ("Accept-Encoding", "gzip;q=NaN"),
        ("Content-Length", "-5"),
        ("Content-Type", "multipart/form-data"),
        ("Content-Type", "multipart/form-data; boundary=" + "x" * 500),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"),
        ("Content-Type", "\xff/\xff; ="),
        ("X-Forwarded-For", "a, b\x7f"),
        ("X-Operation-Id", "\xff" * 50),
        ("If-Modified-Since", "the day before yesterday"),
        ("If-None-Match", '"'),
        ("Range", "bytes=9-1,-,x"),
        ("Sec-Fetch-Site", "\xff"),
        ("X-CSRFToken", "\xff.\xff"),
    ],
)
def test_odd_headers_get_a_clear_answer(app, as_bob, header, value):
    found = []
    for path, method in (("/", "GET"), ("/me", "GET"), ("/static/icon.svg", "GET"), ("/sign-in", "POST"),
                         (f"{ALL}/hide", "POST"), ("/search.json", "GET")):  # fmt: skip
        answer = as_bob.open(path, method=method, headers={header: value}, data=b"a=b" if method == "POST" else None)
        found += [f"{method} {path}: {problem}" for problem in problems_of(answer)]
        answer.close()
    assert found == []


def test_a_fault_of_a_page_would_be_found(app, client):
    app.add_url_rule("/planted", "planted", lambda: 1 / 0)

    assert problems_of(client.get("/planted")) == ["500"]


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
        rule = next(each for each, _ in unsafe(app) if each.endpoint == endpoint)
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


class TestPages:
    """Numbers of pages that make no sense."""

    @pytest.mark.parametrize("page", ["999999999999999999999", "9" * 5000, "-1", "0", "1.5", "x", "", "٣", "1e9"])
    def test_an_impossible_page_of_the_map_is_answered(self, as_bob, page):
        assert as_bob.get(f"{ALL}/map", query_string={"in": "DE", "page": page}).status_code == 200

    @pytest.mark.parametrize("page", ["999999999999999999999", "-1", "x"])
    def test_an_impossible_page_of_a_letter_is_answered(self, client, page):
        assert client.get(f"/conditions/?letter=A&page={page}").status_code == 200

    @pytest.mark.parametrize(
        "path", ["/tiles/base/0/{}/0.mvt", "/ground/{}/zones/DE.json", ALL + "/clusters?tiles=0/{}/0"]
    )
    @pytest.mark.parametrize("number", ["9" * 9, "9" * 10, "9" * 5000, "-1", "١"])
    def test_an_impossible_tile_is_refused(self, as_bob, path, number):
        with as_bob.get(path.format(quote(number))) as answer:
            assert answer.status_code in {404, 422} or ("ground" in path and answer.status_code == 200)


class TestTheSecondTab:
    """Somebody signs in or out in one tab, and goes on in another."""

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


class TestAddressesThatLeadNowhere:
    """Kind pages, with a way on."""

    @pytest.mark.parametrize(
        "path",
        ["/no-such-page", "/static/no-such.css", "/static/../check", "/static/%2e%2e/check", "/static/",
 "/ground/1/zones/ZZ.json",          "/conditions/no-such", "/static/a%00b", "/%00", "/me/%2e%2e"],
    )  # fmt: skip
    def test_an_unknown_address_is_a_kind_404(self, client, path):
        answer = client.get(path)

        assert answer.status_code == 404
        assert "There is no page at this address" in answer.text
        assert "Content-Security-Policy" in answer.headers

    def test_a_script_gets_its_answer_in_json(self, client):
        answer = client.get("/no-such-page", headers={"Accept": "application/json"})

        assert set(answer.json) == {"error"}

    def test_an_error_page_says_who_is_signed_in(self, as_bob):
        assert 'href="/account"' in as_bob.get("/no-such-page").text
        assert 'href="/account"' in as_bob.get(f"{ALL}/map?in=ZZ").text


def test_public_pages_are_for_everybody(app, client):
    """So that the crawl above has met pages, and not only refusals."""
    seen = 0
    for rule in rules(app):
        if policy(app, rule) == "public" and "GET" in (rule.methods or ()) and "token" not in rule.arguments:
            with client.get(f"{address(app, rule)}?{questions(app, rule)[0]}".rstrip("?")) as answer:
                # Before the first release there are no figures; the other pages are there.
                of_release = rule.endpoint in OF_A_RELEASE or "release" in rule.arguments
                away = {303} if rule.endpoint == "leaving.leave" else set()
                assert answer.status_code in ({404} if of_release else {200, 308} | away), rule.rule
            seen += 1
    assert seen >= 12


def test_a_very_long_password_is_only_wrong(client, bob):
    answer = fill_in(client, "/sign-in", email="bob@example.org", password="x" * 100_000)

    assert answer.status_code == 422
    assert "Wrong e-mail address or password" in answer.text
