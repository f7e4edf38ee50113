"""Stories of the whole site, and what search engines find of them."""

import re

from sqlalchemy import func, select

from testing.accounts import post
from tests.web.knowledge.pages import structured_data
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import SAID, app, as_fellow, tell

__all__ = ["app", "as_fellow"]


def test_the_stories_of_the_site_are_those_that_the_viewer_can_read(client, as_bob, as_fellow, as_neighbour):
    tell(as_bob, title="For my community")
    tell(as_bob, title="For members", audience="members")
    tell(as_bob, title="For everyone", audience="public", language="es")

    def titles(client, query=""):
        page = client.get(f"/stories{query}").text
        return {title for title in ("For my community", "For members", "For everyone") if title in page}

    assert titles(client) == {"For everyone"}
    assert titles(as_neighbour) == {"For members", "For everyone"}
    assert titles(as_fellow) == {"For my community", "For members", "For everyone"}
    assert titles(as_fellow, "?written_in=es") == {"For everyone"}
    assert titles(as_fellow, "?written_in=xx") == titles(as_fellow)


def test_a_story_that_is_withdrawn_is_gone_from_the_stories_of_the_site_at_once(client, as_bob, as_neighbour):
    address = tell(as_bob, audience="public").location
    for reader in (client, as_neighbour):
        assert SAID["title"] in reader.get("/stories").text

    post(as_bob, f"{ALL}/texts/{address.rpartition('/')[2]}/withdraw")

    for reader in (client, as_neighbour):
        assert SAID["title"] not in reader.get("/stories").text


def test_never_changes_the_stories_of_the_site_for_visitors_by_a_story_for_members(client, as_bob):
    before = client.get("/stories")
    tell(as_bob, audience="members")

    after = client.get("/stories")

    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def sitemap_of(client):
    parts = re.findall(r"<loc>http://localhost([^<]+)</loc>", client.get("/sitemap.xml").text)
    pages = [re.findall(r"<loc>([^<]+)</loc>(?:<lastmod>([^<]+)</lastmod>)?", client.get(part).text) for part in parts]
    return {address.removeprefix("http://localhost"): day for listed in pages for address, day in listed}


def test_a_public_story_is_found_by_search_engines_until_it_is_withdrawn(client, session, as_bob):
    (day,) = session.scalars(select(func.current_date()))
    before = sitemap_of(client)
    address = tell(as_bob, audience="public", language="es").location
    listed = f"/es{address}"

    assert sitemap_of(client) == {**before, listed: str(day), f"/en{ALL}": str(day), f"/es{ALL}": str(day)}
    data = structured_data(client.get(listed).text)
    assert data == {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": SAID["title"],
        "url": f"http://localhost{listed}",
        "inLanguage": "es",
        "datePublished": str(day),
        "about": {"@type": "MedicalCondition", "name": "Acute lymphoblastic leukaemia"},
    }

    post(as_bob, f"{ALL}/texts/{address.rpartition('/')[2]}/withdraw")

    assert sitemap_of(client) == before


def test_never_tells_search_engines_of_a_story_for_members(client, as_bob, as_fellow):
    before = sitemap_of(client)
    address = tell(as_bob, audience="members").location

    assert sitemap_of(client) == before
    assert structured_data(as_fellow.get(address).text) is None
