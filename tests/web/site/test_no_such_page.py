"""Addresses that lead nowhere, and pages and tiles that cannot be: kind answers, with a way on."""

from urllib.parse import quote

import pytest

from tests.web.site.roles import app

__all__ = ["app"]

ALL = "/conditions/acute-lymphoblastic-leukaemia"


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
