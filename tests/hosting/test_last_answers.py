"""What is kept for the minutes without a database: never in a form that another browser cannot read."""

from types import SimpleNamespace

from mapservice.hosting.last_answers import ResponseCache

PAGE = (200, [("cache-control", "private, no-store"), ("content-encoding", "gzip")], b"packed")


def scope(**headers: str) -> SimpleNamespace:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(method="GET", path="/", query_string="", scheme="https", headers=named)


def test_never_gives_a_compressed_copy_to_a_browser_that_cannot_read_it():
    kept = ResponseCache()
    kept.keep(scope(accept_encoding="gzip"), PAGE)

    assert kept.find(scope(accept_encoding="gzip")) == PAGE
    assert kept.find(scope()) is None
    assert kept.find(scope(accept_encoding="identity")) is None


def test_never_gives_a_copy_to_somebody_with_a_cookie():
    kept = ResponseCache()
    kept.keep(scope(accept_encoding="gzip"), PAGE)
    kept.keep(scope(accept_encoding="br", cookie="a=b"), PAGE)

    assert kept.find(scope(accept_encoding="gzip", cookie="a=b")) is None
    assert kept.find(scope(accept_encoding="br")) is None
