"""Languages: a page is written in that of its address, else of the account, else of the browser."""

import pytest
from babel.messages import Catalog, pofile

from mapservice import create_app
from mapservice.i18n import languages
from testing.accounts import CHEAP, csrf_token, new_member, sign_in

SLUG = "acute-lymphoblastic-leukaemia"

#: Enough of a catalogue to tell one language from the other.
SPANISH = {"Sources and licences": "Fuentes y licencias", "Sign out": "Cerrar sesión"}


@pytest.fixture
def app(config, connection, tmp_path, monkeypatch):
    """The service with a second language, whatever catalogues there are."""
    made = Catalog(locale="es")
    for text, translation in SPANISH.items():
        made.add(text, translation)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setitem(languages.LANGUAGES, "es", "Español")
    languages.catalogue("es").parent.mkdir(parents=True)
    with languages.catalogue("es").open("wb") as file:
        pofile.write_po(file, made)
    languages.translations.cache_clear()
    yield create_app(config, engine=connection, TESTING=True, **CHEAP)
    languages.translations.cache_clear()


def language(answer):
    return answer.text.split('<html lang="', 1)[1].partition('"')[0]


@pytest.mark.parametrize(
    ("path", "browser", "expected"),
    [
        ("/es/", "en", "es"),
        ("/en/", "es", "en"),
        ("/", "es-MX, en;q=0.5", "es"),
        ("/", "de, en;q=0.5", "en"),
        ("/", "", "en"),
        (f"/es/conditions/{SLUG}", "en", "es"),
    ],
)
def test_the_address_goes_before_the_browser(client, path, browser, expected):
    answer = client.get(path, headers={"Accept-Language": browser})

    assert (answer.status_code, language(answer)) == (200, expected)
    assert (SPANISH["Sources and licences"] in answer.text) is (expected == "es")


def test_the_account_goes_before_the_browser_and_not_before_the_address(client, session):
    member = new_member(session, "ana@example.org")
    member.language = "es"
    session.commit()
    sign_in(client, member)

    assert language(client.get("/me", headers={"Accept-Language": "en"})) == "es"
    assert language(client.get("/", headers={"Accept-Language": "en"})) == "es"
    assert language(client.get("/en/")) == "en"


def test_a_page_leads_to_pages_in_its_language_and_names_the_others(client):
    page = client.get(f"/es/conditions/{SLUG}").text

    assert 'href="/es/sources"' in page
    for code, path in (
        ("es", f"/es/conditions/{SLUG}"),
        ("en", f"/en/conditions/{SLUG}"),
        ("x-default", f"/conditions/{SLUG}"),
    ):
        assert f'<link rel="alternate" hreflang="{code}" href="http://localhost{path}">' in page


def test_a_search_keeps_its_words_in_the_other_language(client):
    assert 'href="http://localhost/es/search?q=leukaemia"' in client.get("/search?q=leukaemia").text


@pytest.mark.parametrize("path", ["/privacy?q=7.84194", "/sign-in?letter=x7x", f"/conditions/{SLUG}?page=7.84194"])
def test_never_repeats_in_its_other_addresses_what_a_page_does_not_read(client, path):
    page = client.get(path).text

    assert f"{path.rpartition('=')[2]}" not in "".join(part.split(">")[0] for part in page.split("hreflang")[1:])


def test_never_repeats_an_address_that_is_none(client):
    answer = client.get("/conditions/7.84194,47.99863")

    assert answer.status_code == 404
    assert "7.84194" not in answer.text.replace("/sign-in?next=/conditions/7.84194,47.99863", "")
    assert "hreflang" not in answer.text


def test_a_link_of_an_e_mail_names_no_other_address(client):
    assert 'hreflang="x-default"' not in client.get("/sign-up/made-up-token").text


def test_a_member_chooses_in_the_footer_and_comes_back(client, session):
    member = new_member(session, "ana@example.org")
    sign_in(client, member)
    fields = {"csrf_token": csrf_token(client.application), "language": "es", "next": "/me/data"}

    answer = client.post("/me/language", data=fields)

    assert (answer.status_code, answer.location) == (303, "/me/data")
    session.refresh(member)
    assert member.language == "es"
    assert SPANISH["Sign out"] in client.get("/me").text


@pytest.mark.parametrize("wrong", ["xx", "", "../../etc"])
def test_a_language_that_there_is_not_changes_nothing(client, session, wrong):
    member = new_member(session, "ana@example.org")
    sign_in(client, member)

    client.post("/me/language", data={"csrf_token": csrf_token(client.application), "language": wrong, "next": "/me"})

    session.refresh(member)
    assert member.language is None
    assert client.get("/xx/").status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/conditions", f"/conditions/{SLUG}/embed", "/ogc"])
def test_never_writes_what_everybody_may_keep_in_the_language_of_one_browser(client, path):
    spoken = [
        client.get(path, headers={"Accept-Language": language, "Accept": "text/html"}) for language in ("en", "es")
    ]

    assert SPANISH["Sources and licences"] not in spoken[1].text
    assert [answer.headers.get("Content-Language") for answer in spoken] == [None, None]


def test_with_one_language_there_is_nothing_to_choose(config, connection, monkeypatch):
    monkeypatch.setattr(languages, "LANGUAGES", {"en": "English"})
    monkeypatch.setattr("mapservice.web.site.languages.LANGUAGES", {"en": "English"})
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)

    page = app.test_client().get("/").text

    assert "hreflang" not in page
    assert 'class="languages"' not in page
