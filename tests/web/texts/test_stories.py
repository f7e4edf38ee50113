"""Stories: telling one, who reads it, changing, withdrawing and thanking."""

import re
import uuid

import pytest
from sqlalchemy import select, update

from mapservice.store.blocks import blocks
from mapservice.store.places import homes
from mapservice.store.tables import Membership
from mapservice.store.tables.texts import MemberText, TextDraft
from testing.accounts import post
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import SAID, STORIES, TELL, app, as_fellow, edit, is_read, tell

__all__ = ["app", "as_fellow"]


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
