"""The page that others may show inside theirs: as strict as the others, and shown by all whom the operator lets."""

import re

import pytest

from mapservice import create_app
from mapservice.config import Config
from testing.accounts import CHEAP
from tests.web.catalogue.test_condition_pages import LEUKAEMIA
from tests.web.figures.test_embed import EMBED


def test_the_rest_of_its_headers_are_as_strict_as_everywhere(client):
    page, other = client.get(EMBED).headers, client.get(LEUKAEMIA).headers

    def policy(headers) -> str:
        return re.sub(r" 'nonce-[\w-]+'", "", headers["Content-Security-Policy"])

    assert policy(page) == policy(other).replace("frame-ancestors 'none'", "frame-ancestors *")
    assert "X-Frame-Options" not in page
    assert page["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert page["Permissions-Policy"] == other["Permissions-Policy"].replace("(self)", "()")
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"):
        assert page[name] == other[name]


@pytest.mark.parametrize(
    ("sites", "ancestors"),
    [("https://a.example https://*.b.example:8443", "https://a.example https://*.b.example:8443"), ("", "'none'")],
)
def test_an_operator_says_which_sites_may_show_it(connection, tmp_path, sites, ancestors):
    app = create_app(Config(state=tmp_path, framed_by=sites), engine=connection, TESTING=True, **CHEAP)

    answer = app.test_client().get(EMBED)

    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")
    assert ("X-Frame-Options" in answer.headers) is (not sites)


@pytest.mark.parametrize(
    "sites",
    ["https://a.example; script-src *", "'unsafe-inline'", "https://a.example,b", "a.example/x", "data:", "* \u00e4"],
)
def test_a_setting_that_is_no_list_of_sites_is_refused(sites):
    with pytest.raises(ValueError, match="MAPSERVICE_FRAMED_BY"):
        Config(framed_by=sites)
