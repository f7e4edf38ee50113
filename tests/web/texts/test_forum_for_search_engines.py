"""What search engines find of the forum: public discussions, and of these only what is public."""

import json
import re

from testing.accounts import post
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import app, as_fellow
from tests.web.texts.test_forum import ASKED, FORUM, answer, ask

__all__ = ["app", "as_fellow"]

NOINDEX = '<meta name="robots" content="noindex">'


def data_of(page: str) -> dict:
    return json.loads(page.partition('type="application/ld+json"')[2].partition(">")[2].partition("</script>")[0])


def test_a_public_discussion_is_described_by_public_texts_alone(client, as_bob, as_fellow):
    thread = ask(as_bob, audience="public", language="es").location
    assert NOINDEX not in client.get(FORUM).text
    answer(as_fellow, thread, "For everyone: ring 0800 555 0199.", audience="public")
    before = client.get(thread).headers["ETag"]
    answer(as_fellow, thread, "For members.")
    assert client.get(thread).headers["ETag"] == before

    page = client.get(thread).text
    found = data_of(page)

    assert NOINDEX not in page
    assert {"@context", "@type", "headline", "text", "url", "inLanguage", "datePublished", "about"} <= found.keys()
    assert found["@type"] == "DiscussionForumPosting"
    assert found["headline"] == ASKED["title"]
    assert found["url"].endswith(f"/es{thread}")
    assert f'rel="canonical" href="{found["url"]}"' in page
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["datePublished"])
    assert found["commentCount"] == 1
    assert [one["text"] for one in found["comment"]] == ["For everyone: ring [hidden]."]
    assert not any(name in json.dumps(found) for name in ("Bob", "Fellow", "For members."))
    assert NOINDEX in as_fellow.get(thread).text

    post(as_bob, f"{ALL}/texts/{thread.rpartition('/')[2]}/withdraw", {})
    page = client.get(thread).text
    assert (NOINDEX in page, "ld+json" in page) == (True, False)


def test_never_changes_the_forum_for_visitors_by_a_discussion_for_members(client, as_bob, as_fellow):
    before = client.get(FORUM).headers["ETag"]
    assert NOINDEX in client.get(FORUM).text
    answer(as_fellow, ask(as_bob, audience="members").location)
    assert client.get(FORUM).headers["ETag"] == before


def test_a_public_discussion_is_in_the_sitemap_until_it_is_withdrawn(client, as_bob, as_fellow):
    def listed() -> str:
        parts = re.findall(r"<loc>http://localhost([^<]+/texts/[^<]+)</loc>", client.get("/sitemap.xml").text)
        return "".join(client.get(part).text for part in parts)

    thread, other = ask(as_bob, audience="public").location, ask(as_bob, audience="members").location
    answer(as_fellow, thread, audience="public")
    assert f"<loc>http://localhost/en{thread}</loc><lastmod>" in listed()
    assert other not in listed()
    assert "/answers/" not in listed()

    post(as_bob, f"{ALL}/texts/{thread.rpartition('/')[2]}/withdraw", {})
    assert listed() == ""
