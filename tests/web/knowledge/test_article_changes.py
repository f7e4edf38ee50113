"""What has changed in an article, for editors and for readers, and the feed of reviewed articles."""

import re
from xml.etree import ElementTree

from tests.web.knowledge.test_articles import (
    EDIT,
    PAGE,
    ada,
    article,
    as_ada,
    as_ben,
    ben,
    decide,
    post,
    review,
    text_of,
)

__all__ = ["ada", "as_ada", "as_ben", "ben"]

ATOM = "{http://www.w3.org/2005/Atom}"


def changes(page):
    """The words that were removed and added, as a screen reader reads them."""
    return [text_of(found) for _tag, found in re.findall(r"<(ins|del)>(.*?)</(?:ins|del)>", page, re.DOTALL)]


def entries(client, language="en"):
    answer = client.get(f"/{language}/reviewed.atom")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")


def test_editors_compare_versions_word_by_word(as_ada, client, as_bob):
    post(as_ada, EDIT, article("Rest for two days."))
    post(as_ada, EDIT, article("Rest for three days.", 1))
    address = f"{EDIT}/compare/1/2"
    assert f'href="{address}"' in as_ada.get(EDIT).text

    page = as_ada.get(address).text

    assert changes(page) == ["[removed: two ]", "[added: three ]"]
    assert "Nothing has changed here." in page  # in the sources
    assert as_bob.get(address).status_code == 404
    assert client.get(address).status_code in {302, 303}
    assert as_ada.get(f"{EDIT}/compare/1/99999999999999999999").status_code == 404


def test_readers_see_what_has_changed_since_the_public_version_before_and_no_draft(as_ada, client):
    post(as_ada, EDIT, article("Rest for two days."))
    decide(as_ada, "publish")
    assert client.get(f"{PAGE}/changes").status_code == 404
    assert f"{PAGE}/changes" not in client.get(PAGE).text
    post(as_ada, EDIT, article("A draft that nobody published.", 1))
    post(as_ada, EDIT, article("Rest for three <b>days</b>.", 2))
    decide(as_ada, "publish", 3)
    assert f'href="{PAGE}/changes"' in client.get(PAGE).text

    page = client.get(f"{PAGE}/changes").text

    assert changes(page) == ["[removed: two ]", "[added: three ]", "[added: <b> ]", "[added: </b> ]"]
    assert "draft that nobody" not in page
    assert '<meta name="robots" content="noindex">' in page
    decide(as_ada, "withdraw", 3)
    assert client.get(f"{PAGE}/changes").status_code == 404


def test_the_feed_has_reviewed_answers_without_names_until_they_are_withdrawn(as_ada, as_ben, client):
    post(as_ada, EDIT, article("Rest & *sleep*. <script>"))
    decide(as_ada, "publish")
    assert entries(client) == []
    assert review(as_ben).status_code == 303

    (entry,) = entries(client)

    assert entry.findtext(f"{ATOM}title") == "Can you travel with Acute lymphoblastic leukaemia?"
    assert entry.findtext(f"{ATOM}summary") == "Rest & sleep. <script>"
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost/en{PAGE}"
    assert entry.findtext(f"{ATOM}updated").endswith("T00:00:00Z")
    feed = client.get("/en/reviewed.atom").text
    assert "Ada" not in feed
    assert "Ben" not in feed
    assert entries(client, "es") == []
    assert 'type="application/atom+xml" href="/en/reviewed.atom"' in client.get(f"/en{PAGE}").text
    decide(as_ada, "withdraw")
    assert entries(client) == []
