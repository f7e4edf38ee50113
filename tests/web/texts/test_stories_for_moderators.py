"""Stories that are held or reported, and their contact details: what moderators decide about them."""

import uuid

from sqlalchemy import select

from mapservice.store.tables import AuditLogEntry
from mapservice.store.tables.reports import ReportRow
from testing.accounts import post
from tests.moderation.test_shield import ONLY_LIKE
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import CURE, app, as_fellow, as_moderator, edit, is_read, tell

__all__ = ["app", "as_fellow", "as_moderator"]


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
