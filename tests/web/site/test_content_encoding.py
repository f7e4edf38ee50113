"""Content goes out in the best encoding that the browser can read; caches keep one for each."""

import gzip

import pytest

from mapservice.web.site.content_encoding import accepted_encoding


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("", None),
        ("identity", None),
        ("gzip;q=0, br;q=0", None),
        ("zstd", None),
    ],
)
def test_the_first_encoding_that_the_browser_can_read_is_chosen(app, accepted, chosen):
    with app.test_request_context(headers={"Accept-Encoding": accepted}):
        assert accepted_encoding("br", "gzip") == chosen


def test_files_of_zones_are_packed_for_browsers_that_can_read_it(client):
    packed = client.get("/ground/1/zones/MO.json", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/ground/1/zones/MO.json", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (packed, plain))
    assert packed.headers["ETag"] != plain.headers["ETag"]
