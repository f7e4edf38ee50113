"""Pages are compressed, but never one with somebody's secrets that a page of another site asked for (BREACH)."""

import gzip

import pytest

from testing.accounts import csrf_token, sign_in
from testing.combinations import is_due
from testing.releasing import put_figures
from testing.routes import address, policy, rules
from tests.web.catalogue.test_condition_pages import LEUKAEMIA

#: What a browser says of the page that caused a request: none at all, or one of another site.
OWN = ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"})
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {},
)
GZIP = {"Accept-Encoding": "gzip, deflate, br"}

MEMBERS = ("/account", f"{LEUKAEMIA}/map", f"{LEUKAEMIA}/place", "/me/conditions", LEUKAEMIA, "/search?q=all", "/none")

#: The same bytes for everybody, without a session.
OF_NOBODY = ("/static/", "/ground/", "/tiles/")


def fetch(client, path, **headers):
    with client.get(path, headers={**GZIP, **headers}) as answer:
        return answer


@pytest.mark.parametrize("path", ["/", "/privacy", "/sign-in", LEUKAEMIA, "/search?q=all", "/none"])
@pytest.mark.parametrize("site", [*OWN, *FOREIGN])
def test_the_page_of_a_visitor_is_compressed(app, path, site):
    plain = app.test_client().get(path)

    packed = fetch(app.test_client(), path, **site)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert abs(len(gzip.decompress(packed.data)) - len(plain.data)) < 100
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)


@pytest.mark.parametrize("site", OWN)
@pytest.mark.parametrize("path", MEMBERS)
def test_the_page_of_a_member_is_compressed_where_they_asked_for_it(client, bob, path, site):
    sign_in(client, bob)

    packed = fetch(client, path, **site)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"csrf_token" in gzip.decompress(packed.data)


def test_never_compresses_what_another_site_may_have_asked_for_in_a_members_name(app, client, bob, session, condition):
    put_figures(session, condition, 1, {"world": 210, "DE": 85})
    sign_in(client, bob)
    compressed, seen = [], 0
    pages = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and not rule.rule.startswith(OF_NOBODY)]
    for number, rule in enumerate(pages):
        for site in (site for site in FOREIGN if is_due(site, FOREIGN, number)):
            answer = fetch(client, address(app, rule), **site)
            seen += answer.mimetype in {"text/html", "application/json"}
            if "Content-Encoding" in answer.headers:
                compressed.append((rule.rule, policy(app, rule), site))

    assert compressed == []
    assert seen > 50


def test_never_compresses_the_answer_to_a_form_that_another_site_sent(client, app, bob):
    sign_in(client, bob)
    form = {"csrf_token": csrf_token(app), "pseudonym": "x" * 200}

    answer = client.post("/account/name", data=form, headers={**GZIP, "Sec-Fetch-Site": "cross-site"})

    assert "Content-Encoding" not in answer.headers


def test_a_browser_that_cannot_read_it_gets_a_page_as_it_is(client):
    for accepted in ("identity", "gzip;q=0", "br", ""):
        answer = client.get("/privacy", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
        assert "<h1>" in answer.text


def test_compressed_data_is_confirmed_by_its_mark(client, session, condition):
    put_figures(
        session,
        condition,
        1,
        dict.fromkeys(("world", "DE", "FR", "US", "ES", "GB", "IT", "PL", "NL", "SE", "JP", "BR", "MX", "IN"), 50),
    )
    path = f"{LEUKAEMIA}/figures/1.json"
    plain, packed = client.get(path), fetch(client, path)

    again = fetch(client, path, **{"If-None-Match": packed.headers["ETag"]})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    assert (again.status_code, again.data) == (304, b"")


def test_a_shared_page_is_compressed_once_and_confirmed_in_the_same_encoding(client, monkeypatch):
    plain, packed = client.get(LEUKAEMIA), fetch(client, LEUKAEMIA)
    monkeypatch.setattr(gzip, "compress", None)

    assert fetch(client, LEUKAEMIA).data == packed.data
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert fetch(client, LEUKAEMIA, **{"If-None-Match": packed.headers["ETag"]}).status_code == 304
    assert fetch(client, LEUKAEMIA, **{"If-None-Match": plain.headers["ETag"]}).status_code == 200


def test_what_is_packed_already_is_sent_as_it_is(client, session, condition):
    put_figures(session, condition, 1, {"world": 210, "DE": 85})

    with client.get(
        "/api/v1/releases/1/figures.xlsx?condition=acute-lymphoblastic-leukaemia&by=country", headers=GZIP
    ) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
