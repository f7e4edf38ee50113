"""Domains with letters beyond ASCII: one account, one address of the service, whichever way they are written."""

import pytest

from mapservice import create_app
from mapservice.config import Config
from mapservice.mail import mime
from mapservice.text.email_address import normalize_email
from mapservice.text.idn import ascii_email, ascii_host, ascii_origin
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP
from tests import frontdoor


@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_is_written_in_ascii(host, written):
    assert ascii_host(host) == written
    assert ascii_email(f"a.b+c@{host}") == f"a.b+c@{written}"
    assert ascii_origin(f"https://{host}:8443/path") == f"https://{written}:8443"


@pytest.mark.parametrize("url", ["", "null", "map.example.org", "https://", "http://[", "https://\u0378.example"])
def test_what_is_no_address_has_no_origin(url):
    assert ascii_origin(url) == ""


@pytest.mark.parametrize(
    "spelling",
    ["anna@bücher.example", "ANNA@BÜCHER.example", "anna@xn--bcher-kva.example", "anna@bu\u0308cher.example"],
)
def test_an_address_is_one_however_its_domain_is_written(spelling):
    assert normalize_email(spelling) == "anna@bücher.example"


@pytest.mark.parametrize("url", ["https://müller.example/karte/", "https://xn--mller-kva.example/karte"])
def test_links_in_mails_have_the_domain_in_ascii(url):
    assert Config(public_url=url).address == "https://xn--mller-kva.example/karte"


@pytest.mark.parametrize("setting", [{"public_url": "map.example.org"}, {"mail_from": "nobody"}])
def test_settings_that_are_no_address_are_refused_in_words(setting):
    with pytest.raises(ValueError, match=r"must be an .*address"):
        Config(**setting)


def test_forms_work_under_an_umlaut_domain(config, connection):
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)
    client = app.test_client()
    home = "https://xn--mller-kva.example"
    page = client.get("/sign-in", base_url=home).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "email": "anna@bücher.example", "password": "wrong"}

    for origin, status in ((home, 422), ("https://evil.example", 400)):
        assert client.post("/sign-in", data=fields, base_url=home, headers={"Origin": origin}).status_code == status


def test_an_account_is_one_however_its_domain_is_written(config, connection, session):
    client = frontdoor.service(config, connection).test_client()
    member = frontdoor.signed_up(client, session, "anna@bücher.example")

    assert frontdoor.enter(client, "Anna@xn--bcher-kva.example").status_code == 303
    client.delete_cookie(COOKIE)
    frontdoor.sign_up(client, "anna@xn--bcher-kva.example")
    session.expire_all()

    (email,) = frontdoor.queued_emails(session)
    assert (email.recipient, email.kind) == (member.email, "already")
    assert mime.message(email, "map@example.org")["To"] == "anna@xn--bcher-kva.example"
