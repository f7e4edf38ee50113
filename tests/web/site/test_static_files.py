"""Static files have addresses that name their version, can be kept for good there, and are sent compressed."""

import gzip
import re

import brotli
import pytest
from flask import url_for

from mapservice.config import HOME
from mapservice.web.site import bundles, static_files

SCRIPT = "js/members_map/clusters.js"
STYLES = "css/site.css"
FOREVER = "public, max-age=31536000, immutable"


def address(app, file: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=file)


def fetch(client, path, **headers):
    with client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        return answer.status_code, answer.headers, answer.get_data()


def test_every_file_of_a_page_has_an_address_with_the_version(client):
    page = client.get("/").text

    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)

    assert files
    assert {file.split("/")[2] for file in files} == {f"v-{static_files.current_version()}"}
    assert all(fetch(client, file)[1]["Cache-Control"] == FOREVER for file in files)


def test_modules_that_a_script_imports_have_the_version_too(client, app):
    _, _, script = fetch(client, address(app, SCRIPT))

    imported = re.findall(rb'from "([^"]+)"', script)

    assert imported
    assert all(name.startswith((b"./", b"../")) for name in imported)


@pytest.mark.parametrize("path", [f"/static/{SCRIPT}", f"/static/v-0123456789ab/{SCRIPT}", f"/static/v-/{SCRIPT}"])
def test_never_keeps_a_file_for_good_at_an_address_that_does_not_name_what_it_holds(client, path):
    status, headers, _ = fetch(client, path)

    assert (status, headers.get("Cache-Control")) in {(200, "no-cache"), (404, "private, no-store")}


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip, br;q=0", "gzip")])
@pytest.mark.parametrize("file", [SCRIPT, STYLES, "icon.svg", "bundles/site.css"])
def test_text_is_compressed_for_browsers_that_can_read_it(client, app, file, accepted, encoding):
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding]
    plain = bundles.text(file).encode() if file in bundles.BUNDLES else (HOME / "static" / file).read_bytes()

    _, packed_headers, packed = fetch(client, address(app, file), Accept_Encoding=accepted)
    _, plain_headers, unpacked = fetch(client, address(app, file), Accept_Encoding="identity")

    assert packed_headers["Content-Encoding"] == encoding
    assert unpack(packed) == unpacked == plain
    assert "Content-Encoding" not in plain_headers
    assert len(packed) < len(plain) / 1.5
    for headers in (packed_headers, plain_headers):
        assert "Accept-Encoding" in headers["Vary"]
        assert headers["Content-Type"] == plain_headers["Content-Type"]
    assert packed_headers["ETag"] != plain_headers["ETag"]


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_file_that_has_not_changed_is_not_sent_again(client, encoding):
    path = f"/static/{SCRIPT}"
    _, headers, _ = fetch(client, path, Accept_Encoding=encoding)

    status, _, body = fetch(client, path, Accept_Encoding=encoding, If_None_Match=headers["ETag"])

    assert (status, body) == (304, b"")


def test_the_version_changes_with_any_file(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    seen = set()
    for name, content in (("a.js", "1"), ("a.js", "2"), ("b.css", ""), ("b.css", "1")):
        (tmp_path / name).write_text(content)
        static_files.current_version.cache_clear()
        seen.add(static_files.current_version())
    static_files.current_version.cache_clear()

    assert len(seen) == 4


@pytest.mark.parametrize(
    "path",
    [
        "/static/../check",
        "/static/v-1/../../check",
        "/static/js",
        "/static/v-1/js/",
        "/static/none.js",
        f"/static/{'x' * 300}",
    ],
)
def test_never_serves_anything_else(client, path):
    assert client.get(path).status_code == 404
