"""Stories: telling one, who reads it, changing, withdrawing and thanking, and what is held."""

import re
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice import create_app
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import staff
from mapservice.store.blocks import blocks
from mapservice.store.places import homes
from mapservice.store.tables import AuditLogEntry, Membership
from mapservice.store.tables.reports import ReportRow
from mapservice.store.tables.texts import MemberText, TextDraft
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.appointing import appoint
from testing.locations import put
from tests.moderation.test_shield import ONLY_LIKE
from tests.web.knowledge.pages import structured_data
from tests.web.places.place_forms import ALL

STORIES, TELL = f"{ALL}/stories", f"{ALL}/stories/tell"
SAID = {
    "title": "The bruises on my legs",
    "first_signs": "I was nineteen, and always tired.",
    "helped": "My sister read to me when my eyes hurt.",
    "audience": "condition",
    "language": "en",
}
CURE = {
    "title": "My miracle",
    "first_signs": "",
    "helped": "",
    "body": "For five years I could not conceive, with polycystic ovaries and my TUBES TIED, and my marriage "
    "was almost over. WHOEVER HAS SUCH TROUBLE SHOULD CONTACT DOCTOR AMARA.",
}


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def as_fellow(app, session, condition, freiburg):
    """Another member of the community."""
    client, member = app.test_client(), new_member(session, "fellow@example.org", pseudonym="Fellow")
    put(session, member, condition, freiburg, level="area", audience=Audience.CONDITION)
    sign_in(client, member)
    return client


@pytest.fixture
def as_moderator(app, session):
    client, member = app.test_client(), new_member(session, "moderator@example.org", pseudonym="Mod")
    appoint(session, member, staff.MODERATOR)
    session.commit()
    sign_in(client, member)
    return client


def tell(client, at=TELL, **fields):
    """Send a story; the address of its page."""
    return post(client, at, {"operation": str(uuid.uuid4()), **SAID, **fields})


def edit(address: str) -> str:
    """Where the text of a page is changed."""
    return f"{ALL}/texts/{address.rpartition('/')[2]}/edit"


def is_read(client, title: str = SAID["title"]) -> bool:
    """Whether somebody finds a story in the list, on the page of the condition and at its address: always all three."""
    found = {title in client.get(STORIES).text, title in client.get(ALL).text}
    assert len(found) == 1
    return found.pop()


def test_a_story_is_read_by_the_people_chosen(client, as_bob, as_fellow, as_neighbour):
    address = tell(as_bob).location
    assert (is_read(as_fellow), is_read(as_neighbour)) == (True, False)
    assert as_neighbour.get(address).status_code == 404
    assert client.get(address).status_code == 303
    assert not is_read(client)

    page = as_fellow.get(address).text
    assert all(words in page for words in ("First signs", SAID["first_signs"], SAID["helped"], "Bob"))
    assert "The diagnosis" not in page

    assert tell(as_bob, edit(address), audience="members").location == address
    assert (is_read(as_neighbour), as_neighbour.get(address).status_code) == (True, 200)
    assert "edited" not in as_fellow.get(address).text
    tell(as_bob, edit(address), helped="Her voice.")
    page = as_fellow.get(address).text
    assert "Her voice." in page
    assert "edited" in page
    assert not re.search(r"\d\d:\d\d", page.partition("<main")[2].partition("</main>")[0])


def test_a_name_leads_to_the_profile_where_it_is_visible(session, as_bob, bob, as_fellow):
    address = tell(as_bob).location
    own = session.scalars(select(Membership).where(Membership.member_id == bob.id)).one()
    card = f'href="{ALL}/people/{own.public_id}"'
    assert card in as_fellow.get(address).text

    post(as_bob, f"{ALL}/hide")

    for page in (as_fellow.get(address).text, as_fellow.get(STORIES).text):
        assert card not in page
        assert own.public_id not in page
        assert "Bob" in page


def test_never_leads_from_another_name_to_the_author(session, as_bob, bob, as_fellow):
    address = tell(as_bob, pen_name="Night Owl").location

    for page in (as_fellow.get(address).text, as_fellow.get(STORIES).text, as_fellow.get(ALL).text):
        assert "Night Owl" in page
        assert "Bob" not in page
        assert str(bob.id) not in page
    homes.show_to(session, session.scalars(select(Membership).where(Membership.member_id == bob.id)).one(), "members")
    assert "/people/" not in as_fellow.get(address).text.partition("<article")[2].partition("</article>")[0]


@pytest.mark.parametrize("name", ["Admin", "bob@example.org", "www.cure.example"])
def test_another_name_follows_the_rules_of_names_and_what_was_typed_is_kept(as_bob, name):
    answer = tell(as_bob, pen_name=name)

    assert answer.status_code == 422
    assert SAID["first_signs"] in answer.text


def test_a_story_with_nothing_in_it_is_sent_back(session, as_bob):
    for wrong in ({"title": ""}, {"first_signs": "", "helped": ""}, {"audience": "public-ish"}, {"language": "xx"}):
        assert tell(as_bob, **wrong).status_code == 422
    assert session.scalars(select(MemberText)).all() == []


SPANISH = {"title": "Los moretones", "first_signs": "Tenía diecinueve años y siempre estaba cansada.", "helped": ""}


def test_the_language_of_a_story_is_recognised_and_its_author_confirms_it(session, as_bob):
    asked = tell(as_bob, **SPANISH)
    assert asked.status_code == 422
    assert "Your text seems to be in this language: Spanish." in asked.text
    assert SPANISH["first_signs"] in asked.text
    assert re.search(r'<option[^>]* selected[^>]* value="es"|<option value="es"[^>]* selected', asked.text)
    (recognised,) = re.findall(r'name="recognised"[^>]* value="(\w+)"', asked.text)

    told = tell(as_bob, **SPANISH, recognised=recognised, language="en")

    assert told.status_code == 303
    assert session.scalars(select(MemberText.language)).all() == ["en"]
    assert re.search(r'name="recognised"[^>]* value="es"', as_bob.get(edit(told.location)).text)  # not asked again


def test_a_language_that_its_author_chose_is_not_asked_about(as_bob):
    assert tell(as_bob, **SPANISH, language="ca").status_code == 303


@pytest.mark.parametrize("said", ["?! ?! ?! ?! ?! ?! ?! ?! ?!", "Xyz 123 xyz 123 xyz 123", "OK OK OK OK OK OK OK OK"])
def test_a_language_that_is_not_certain_is_not_asked_about(as_bob, said):
    assert tell(as_bob, title="?", first_signs=said, helped="").status_code == 303


def test_sending_a_story_twice_tells_it_once(session, as_bob):
    operation = {"operation": str(uuid.uuid4())}
    assert [post(as_bob, TELL, {**operation, **SAID}).status_code for _again in range(2)] == [303, 303]
    assert len(session.scalars(select(MemberText)).all()) == 1


def test_who_has_not_joined_is_asked_to_join(as_neighbour):
    assert as_neighbour.get(TELL).location == f"{ALL}/join"
    assert tell(as_neighbour).location == f"{ALL}/join"


def test_what_was_typed_is_kept_until_the_story_is_published(session, as_bob):
    typed = {**SAID, "note_death": "yes", "operation": str(uuid.uuid4())}
    assert post(as_bob, f"{TELL}/draft", typed, headers={"Accept": "application/json"}).json == {"saved": True}
    page = as_bob.get(TELL).text
    assert SAID["helped"] in page
    assert re.search(r'name="note_death"[^>]*checked', page)
    assert f'href="{TELL}"' in as_bob.get("/me/texts").text

    tell(as_bob)

    assert SAID["helped"] not in as_bob.get(TELL).text
    assert session.scalars(select(TextDraft)).all() == []


def test_a_draft_can_be_deleted(session, as_bob):
    post(as_bob, f"{TELL}/draft", SAID)
    assert "Delete the draft" in as_bob.get(TELL).text
    post(as_bob, f"{TELL}/forget", {})
    assert session.scalars(select(TextDraft)).all() == []


def test_the_preview_shows_what_others_would_read_and_publishes_nothing(session, as_bob):
    page = tell(as_bob, f"{TELL}/preview", body="Write to bob@example.org.", note_death="yes").text
    shown = page.partition('id="preview"')[2].partition("</section>")[0]

    assert all(words in shown for words in (SAID["title"], "First signs", "Death or dying", "[hidden]", "Bob"))
    assert "bob@example.org" in page.partition("<textarea")[2]
    assert session.scalars(select(MemberText)).all() == []


def test_a_withdrawn_story_is_gone_at_once_and_can_be_shown_again(as_bob, as_fellow, as_neighbour):
    address = tell(as_bob, audience="members").location
    text_id = address.rpartition("/")[2]
    withdraw = f"{ALL}/texts/{text_id}"
    assert post(as_fellow, f"{withdraw}/withdraw", {}).status_code == 404

    post(as_bob, f"{withdraw}/withdraw", {})

    for reader in (as_bob, as_fellow, as_neighbour):
        assert not is_read(reader)
        assert reader.get(address).status_code == 404
        assert post(reader, f"{withdraw}/thanks", {"thanks": "yes"}).status_code == 404
    assert SAID["helped"] in as_bob.get("/me/texts").text
    assert post(as_fellow, f"{withdraw}/undo", {}).status_code == 404
    post(as_bob, f"{withdraw}/undo", {})
    assert is_read(as_neighbour)


def test_a_story_can_be_deleted_for_good(session, as_bob):
    text_id = tell(as_bob).location.rpartition("/")[2]
    assert "Delete for good" in as_bob.get(f"{ALL}/texts/{text_id}/delete").text
    post(as_bob, f"{ALL}/texts/{text_id}/delete", {"sure": "yes"})
    assert session.scalars(select(MemberText)).all() == []


def test_leaving_the_community_deletes_what_was_written_there(session, as_bob):
    tell(as_bob)
    post(as_bob, f"{ALL}/leave", {"sure": "yes"})
    assert session.scalars(select(MemberText)).all() == []


@pytest.mark.parametrize(
    ("ticked", "for_minor", "stays"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_a_story_stays_by_a_former_member_only_if_its_author_says_so(
    session, as_bob, bob, as_fellow, ticked, for_minor, stays
):
    address = tell(as_bob).location
    session.execute(update(Membership).where(Membership.member_id == bob.id).values(for_minor=for_minor))
    choice = {"keep_texts": "yes"} if ticked else {}
    assert ('name="keep_texts"' in post(as_bob, "/account/delete", choice).text) == ticked

    post(as_bob, "/account/delete", {"sure": "yes", **choice})

    answer = as_fellow.get(address)
    assert (answer.status_code, SAID["helped"] in answer.text) == ((200, True) if stays else (404, False))
    assert ("By a former member" in answer.text) == stays
    assert "Bob" not in answer.text


def test_never_shows_a_held_story_to_anybody_but_its_author(as_bob, as_fellow, as_neighbour):
    answer = tell(as_bob, **CURE, audience="members")
    own = as_bob.get(answer.location).text

    assert all(words in own for words in ("A moderator will read it first", "names a doctor or healer"))
    assert is_read(as_bob, CURE["title"])
    for reader in (as_fellow, as_neighbour):
        assert not is_read(reader, CURE["title"])
        assert reader.get(answer.location).status_code == 404


def test_never_shows_what_only_the_model_finds_and_its_author_reads_why(as_bob, as_fellow, as_moderator):
    answer = tell(as_bob, **CURE | {"title": "My long road", "body": ONLY_LIKE})

    assert not is_read(as_fellow, "My long road")
    for page in (as_bob.get(answer.location), as_moderator.get("/moderation/texts/")):
        assert "like that of advertising for false cures" in page.text


def test_a_moderator_shows_a_held_story_or_removes_it_with_a_reason(session, as_bob, bob, as_fellow, as_moderator):
    address = tell(as_bob, **CURE).location
    at = f"/moderation/texts/{address.split('/')[2]}/{address.rpartition('/')[2]}"
    assert f'href="{at}"' in as_moderator.get("/moderation/texts/").text
    page = as_moderator.get(at).text
    assert all(words in page for words in (CURE["title"], "Why it is held", "first text of this author"))
    assert bob.email not in page

    assert post(as_moderator, at, {"decision": "approve"}).status_code == 303
    assert is_read(as_fellow, CURE["title"])
    assert post(as_moderator, at, {"decision": "remove", "why": ""}).status_code == 422
    post(as_moderator, at, {"decision": "remove", "why": "It sends people to a healer."})

    assert not is_read(as_fellow, CURE["title"])
    assert "It sends people to a healer." in as_bob.get("/me/texts").text
    assert as_bob.get(address).status_code == 404
    logged = session.scalars(select(AuditLogEntry.subject).where(AuditLogEntry.act == "decision")).all()
    assert [line.rpartition(" ")[0] for line in logged] == ["text approved", "text removed"]
    assert as_bob.get("/moderation/texts/").status_code == 403


def test_contact_details_are_hidden_until_a_moderator_shows_them(as_bob, as_fellow, as_moderator):
    address = tell(as_bob, helped="Our group: write to group@example.org or ring 0800 555 0199.").location
    page = as_fellow.get(address).text
    assert ("group@example.org" in page, page.partition("<article")[2].count("[hidden]")) == (False, 2)

    at = f"/moderation/texts/{address.split('/')[2]}/{address.rpartition('/')[2]}"
    post(as_moderator, at, {"decision": "approve-contacts"})

    assert "group@example.org" in as_fellow.get(address).text
    tell(as_bob, edit(address), helped="Now other@example.org.")
    assert "other@example.org" not in as_fellow.get(address).text


def test_thanks_show_no_number_and_can_be_undone(as_bob, as_fellow):
    address = tell(as_bob).location
    thanks = f"{ALL}/texts/{address.rpartition('/')[2]}/thanks"
    assert post(as_bob, thanks, {"thanks": "yes"}).status_code == 404

    assert post(as_fellow, thanks, {"thanks": "yes"}).location == address
    assert "You thanked for this." in as_fellow.get(address).text
    assert not re.search(r">[^<]*[Tt]hank", as_bob.get(address).text.partition("<article")[2].partition("</article")[0])
    post(as_fellow, thanks, {"thanks": "no"})
    assert "You thanked for this." not in as_fellow.get(address).text


def test_never_shows_a_story_to_somebody_its_author_blocked(session, as_bob, bob, as_fellow, condition):
    fellow = session.scalars(select(Membership).where(Membership.member_id != bob.id)).one()
    address = tell(as_bob).location
    blocks.block(session, bob, fellow, name=None)
    session.commit()

    assert not is_read(as_fellow)
    assert as_fellow.get(address).status_code == 404


def test_a_public_story_is_read_by_visitors_and_has_one_address(client, as_bob):
    address = tell(as_bob, audience="public", language="es").location

    assert is_read(client)
    page = client.get(address).text
    assert SAID["helped"] in page
    assert re.search(rf'rel="canonical" href="[^"]*/es{address}"', page)
    assert "/people/" not in page.partition("<article")[2].partition("</article>")[0]
    assert SAID["helped"] in client.get(f"/es{address}").text

    post(as_bob, f"{ALL}/texts/{address.rpartition('/')[2]}/withdraw", {})
    assert not is_read(client)
    assert client.get(address).status_code == 303


def test_never_changes_a_page_for_visitors_by_a_story_for_members(client, as_bob):
    pages = [STORIES, f"/es{STORIES}", ALL]
    before = [client.get(page).headers["ETag"] for page in pages]

    tell(as_bob, audience="members")
    tell(as_bob, audience="condition")

    assert [client.get(page).headers["ETag"] for page in pages] == before
    tell(as_bob, audience="public")
    assert all(client.get(page).headers["ETag"] not in before for page in pages)


def test_visitors_cannot_tell_a_story_for_members_from_none(client, as_bob):
    for address in (tell(as_bob).location, f"{STORIES}/{uuid.uuid4()}"):
        answer = client.get(address)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")


def test_a_story_is_reported_as_its_reader_sees_it_and_removed_by_a_moderator(session, as_bob, as_fellow, as_moderator):
    address = tell(as_bob, helped="My drops. Write to bob@example.org.").location
    at = f"{ALL}/texts/{address.rpartition('/')[2]}/report"
    assert f'href="{at}"' in as_fellow.get(address).text
    assert as_bob.get(at).status_code == 404
    assert post(as_fellow, at, {"operation": str(uuid.uuid4()), "note": "Kept"}).status_code == 422

    assert post(as_fellow, at, {"operation": str(uuid.uuid4()), "reason": "selling"}).location == "/me/reports"

    row = session.scalars(select(ReportRow)).one()
    page = as_moderator.get(f"/moderation/reports/{ALL.rpartition('/')[2]}/{row.id}").text
    assert "My drops. Write to [hidden]." in page
    decide = f"/moderation/texts/{ALL.rpartition('/')[2]}/{address.rpartition('/')[2]}"
    assert f'href="{decide}"' in page
    post(as_moderator, decide, {"decision": "remove", "why": "It sells drops."})
    assert as_fellow.get(address).status_code == 404


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
