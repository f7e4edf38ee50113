"""The logo of the service, as an admin uploads it and as everybody sees it."""

import re
from io import BytesIO

import pytest
from PIL import Image

from testing.accounts import csrf_token, post, sign_in
from tests.files.test_pictures import picture
from tests.web.operator.test_settings import changes

PATH = "/admin/service/logo/"


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


def upload(client, content: bytes, field: str = "picture", path: str = PATH, **more):
    fields = {"csrf_token": csrf_token(client.application), field: (BytesIO(content), "logo.png"), **more}
    return client.post(path, data=fields)


def test_a_logo_is_beside_the_name_and_an_icon_at_once(app, session, as_dan):
    visitor = app.test_client()
    kept = "/conditions/acute-lymphoblastic-leukaemia"
    assert "/look/logo/" not in visitor.get(kept).text

    assert upload(as_dan, picture()).status_code == 303

    page = visitor.get(kept).text
    addresses = set(re.findall(r'"(/look/logo/[^"]+)"', page))
    addresses |= {icon["src"] for icon in visitor.get("/manifest.webmanifest").json["icons"]}
    assert {address.rpartition("-")[2] for address in addresses} == {"64.png", "180.png", "192.png", "512.png"}
    for address in addresses:
        with visitor.get(address) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            assert Image.open(BytesIO(answer.data)).format == "PNG"
    assert changes(session) == ["logo"]


def test_without_a_logo_our_own_picture_is_the_icon(app):
    for icon in app.test_client().get("/manifest.webmanifest").json["icons"]:
        with app.test_client().get(icon["src"]) as answer:
            assert answer.mimetype == "image/png"
            assert Image.open(BytesIO(answer.data)).size == tuple(map(int, icon["sizes"].split("x")))


def test_a_logo_can_be_removed_again(app, session, as_dan):
    upload(as_dan, picture())

    assert post(as_dan, f"{PATH}remove").status_code == 303

    assert "/look/logo/" not in app.test_client().get("/").text
    assert changes(session) == ["logo", "logo"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "Choose a picture"), (b"<svg/>", "We cannot use this file"), (picture((9, 9)), "sides")],
)
def test_a_file_that_is_no_logo_is_refused_in_words(session, as_dan, content, words):
    answer = upload(as_dan, content)

    assert answer.status_code == 422
    assert words in answer.text
    assert changes(session) == []


def test_no_other_file_is_taken(as_dan):
    assert upload(as_dan, picture(), field="other").status_code == 422
    assert upload(as_dan, picture(), path="/admin/service/", name="x").status_code == 422
    two = [(BytesIO(picture()), "a.png"), (BytesIO(picture()), "b.png")]
    fields = {"csrf_token": csrf_token(as_dan.application), "picture": two}
    assert as_dan.post(PATH, data=fields).status_code == 422


@pytest.mark.parametrize("name", ["0-64", "0123456789abcdef-63", "x-512"])
def test_there_are_no_other_pictures(client, name):
    assert client.get(f"/look/logo/{name}.png").status_code == 404
