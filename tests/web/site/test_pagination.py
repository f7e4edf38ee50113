"""Lists in pages: beyond the last page nothing false is stated, and every page can be reached from every other."""

import datetime as dt
import re
from itertools import product
from pathlib import Path

import pytest

import mapservice
from mapservice.geo.zones import Level
from mapservice.message_keys import MessageKeys
from mapservice.moderation.rules import HoldReason
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.privacy.visibility import Audience
from mapservice.questions import QuestionKind
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.knowledge import editors, feedback
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.messages import writing
from mapservice.store.reports import suspensions
from mapservice.store.tables import HomeZone
from mapservice.store.tables.reports import ReportRow
from mapservice.store.texts import held as held_store
from mapservice.store.texts import writing as writing_texts
from mapservice.web.figures import export_log, staff_overview
from mapservice.web.knowledge import remark_pages
from mapservice.web.members_map import members_map, stacks
from mapservice.web.messages import conversations as inbox
from mapservice.web.near import pages as near
from mapservice.web.operator import pages as operator_pages
from mapservice.web.reports import moderation
from mapservice.web.site import pagination
from mapservice.web.texts import all_stories, experience, forum, held_texts, stories
from testing.accounts import new_member, sign_in
from testing.appointing import appoint
from testing.forms import forum as forms
from testing.locations import put, put_at
from testing.releasing import put_figures
from testing.routes import QUERIES

ALL = "/conditions/acute-lymphoblastic-leukaemia"
ELSEWHERE = "This list does not have the page you asked for."

#: Each list with pages: its address, what its last page holds, and what would be false beyond it.
LISTS = {
    "conditions.index": ("/conditions/?letter=A&", "A, page", "No condition begins"),
    "admin.show": ("/admin/?", "conditions have statistics", "No condition has statistics yet"),
    "admin.list_releases": ("/admin/releases?", "What each release changed", "There is no release yet"),
    "admin.read_audit_log": ("/admin/ledger?", "Releases", "does not exist"),
    "operator.list_changes": ("/admin/service/changes?", "contact", "Nothing has been changed"),
    "export_log.show": ("/exports?", "A grant", "Nothing was"),
    "map.show": (f"{ALL}/map?in=IS&", "people show exactly this zone", "No one visible to you"),
    "map.table": (f"{ALL}/map/table?in=IS&", "people show exactly this zone", "No one visible to you"),
    "conversations.inbox": ("/messages?", "Message that you sent", "You have no messages yet"),
    "near.listed": (f"{ALL}/nearby/elsewhere?", "The order is random", "No one visible to you"),
    "moderation.list_open": ("/moderation/reports?", "A profile", "There is no report"),
    "moderation.list_decided": ("/moderation/reports/decided?", "Dismissed", "No report has been"),
    "moderation.list_suspended": ("/moderation/suspended?", "Lift the suspension", "No account is"),
    "stories.index": (f"{ALL}/stories?", "A winter", "There is no story here yet"),
    "experience.index": (f"{ALL}/questions/diet/experience?", "Small meals", "There is no experience here yet"),
    "all_stories.index": ("/stories?", "A winter", "There is no story here yet"),
    "forum.index": (f"{ALL}/forum?", "Sleep", "There is no discussion here yet"),
    "forum.show": (f"{ALL}/forum/THREAD?", "I walk in the evening", "No answer yet"),
    "held_texts.list_held": ("/moderation/texts/?", "The oldest first", "There is no text to read"),
    "held_texts.list_contacts": ("/moderation/texts/contacts?", "The oldest first", "There are no contact details"),
    "held_texts.list_removed": ("/moderation/texts/removed?", "The oldest first", "No text has been removed"),
    "remarks.list_open": ("/me/articles/remarks/?", "The oldest first", "No reader has written"),
    "remarks.list_done": ("/me/articles/remarks/done?", "The oldest first", "Nothing is done"),
    "stacks.show": (f"{ALL}/stacks/13-4274-2847?", "2 people visible to you", "No one visible to you"),
}

#: Pages with a number that have no last one, and so cannot lead to it.
ENDLESS = {"search.show"}


def words_of(page: str) -> str:
    """What a reader sees of a page or of a part of one, as one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def lists(app, config, session, dan, carol, condition, monkeypatch):
    """A browser of Dan, and lists of two pages or more."""
    modules = (staff_overview, export_log, members_map, near, stacks, operator_pages, inbox, moderation)
    for module in (*modules, stories, all_stories, experience, forum, held_texts, remark_pages):
        monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(forum, "ANSWERS", 1)
    for name in ("fay", "gus"):
        member, keys = new_member(session, f"{name}@example.org"), MessageKeys.of(config)
        _texts(session, put_at(session, member, condition, 7.85, 47.99))
        row = writing.begin(session, keys, condition, dan, member.id, has_joined=False)
        writing.send_first(session, keys, row, dan, "Would you like to talk about work?")
    put(
        session, new_member(session, "eve@example.org"), condition, "IS", level=Level.COUNTRY, audience=Audience.MEMBERS
    )
    for number in (1, 2):
        put_figures(session, condition, number, {"world": 210})
        put_figures(session, conditions.get(session, "crohns-disease"), number, {"world": 60})
        audit_log.add_entry(session, Act.EXPORT, dan, "crohns-disease", release=number, purpose="A grant")
        audit_log.add_entry(session, Act.CHANGE, dan, "contact")
    session.add(HomeZone(member_id=dan.id, zone_id="DE"))
    _reports(session, condition)
    _discussions(session, condition, monkeypatch)
    _remarks(session, dan, condition)
    appoint(session, dan, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, dan)
    return client


def _texts(session, membership):
    """A story, an experience, and one of each that is held and that was removed."""
    story, said = (
        (MemberTextKind.STORY, Words("A winter", body="Call +49 761 5550 1234")),
        (MemberTextKind.EXPERIENCE, Words(body="Small meals")),
    )
    for (kind, words), reasons in product((story, said), ([], [HoldReason.OFFER])):
        topic = "diet" if kind is MemberTextKind.EXPERIENCE else None
        text = writing_texts.NewText(kind, words, TextAudience.MEMBERS, "en", topic)
        row = writing_texts.add(session, membership, text, reasons, dt.date(2026, 1, 1))
        if reasons and topic:
            held_store.remove(session, row, "An advertisement")


def _remarks(session, editor, condition):
    """Two remarks about articles with which nobody is done, and two with which an editor is."""
    editors.appoint(session, editor, condition, "en")
    for kind, row in product((QuestionKind.DIET, QuestionKind.TRAVEL), ("diet", "travel")):
        writer = new_member(session, f"{kind}-{row}@example.org")
        key = ArticleKey(condition.id, kind, "en")
        feedback.remark(session, writer, key, 1, "The second sentence is wrong.", shows_name=False)
        if row == "diet":
            remark_id = feedback.remark_of(session, writer, key).id
            assert feedback.set_done(session, editor, condition, remark_id, is_done=True)


def _discussions(session, condition, monkeypatch):
    """Two discussions, of which one has two answers."""
    for title in ("Sleep", "Sleep at work"):
        thread_id = forms.begin(session, condition, None, title)
    for number in (1, 2):
        forms.say(session, condition, None, thread_id, number)
    path, *said = LISTS["forum.show"]
    monkeypatch.setitem(LISTS, "forum.show", (path.replace("THREAD", str(thread_id)), *said))


def _reports(session, condition):
    """Two open and two decided reports, and two suspended accounts."""
    one, other = (new_member(session, f"{name}@example.org") for name in ("reports", "reported"))
    for decided in (None, None, dt.date(2026, 1, 1), dt.date(2026, 1, 2)):
        state = {"state": "dismissed", "decided_on": decided} if decided else {}
        session.add(
            ReportRow(condition_id=condition.id, member_id=one.id, reported_id=other.id, kind="card", reason="other",
                      content=b"", **state)
        )  # fmt: skip
    for member in (one, other):
        suspensions.suspend(session, member)


def test_every_list_with_pages_is_looked_at():
    assert {endpoint for endpoint, names in QUERIES.items() if "page" in names} - ENDLESS == set(LISTS)


# All lists in one test: they are made once, and only looked at.


@pytest.mark.parametrize("asked", ["99", "100000", "100001", "9" * 400], ids=lambda asked: asked[:6])
def test_never_states_something_false_beyond_the_last_page(lists, asked):
    for name, (path, held, false) in LISTS.items():
        answer = lists.get(f"{path}page={asked}")
        words = words_of(answer.text)
        assert answer.status_code == 200, name
        assert ELSEWHERE in words, name
        assert held in words, name
        assert false not in words, name


def test_a_number_that_is_none_leads_to_the_first_page(lists):
    for (name, (path, held, false)), asked in product(LISTS.items(), ("0", "-1", "x", "1.5", "٣", "1e9")):
        words = words_of(lists.get(f"{path}page={asked}").text)
        assert f"{ELSEWHERE} This is page 1 of " in words, (name, asked)
        assert held in words, (name, asked)
        assert false not in words, (name, asked)


def test_the_first_page_needs_no_number_and_no_word(lists):
    for (name, (path, held, _false)), asked in product(LISTS.items(), ("", "page=", "page=1")):
        words = words_of(lists.get(f"{path}{asked}").text)
        assert ELSEWHERE not in words, (name, asked)
        assert held in words, (name, asked)


def test_the_note_is_on_no_page_of_an_empty_list_that_nobody_asked_for(as_bob):
    assert ELSEWHERE not in as_bob.get("/exports").text
    page = words_of(as_bob.get("/exports?page=7").text)
    assert f"{ELSEWHERE} This is page 1 of 1." in page


def test_previous_and_next_keep_what_else_the_address_says(lists):
    first, second = (lists.get(f"/conditions/?letter=B&page={number}").text for number in (1, 2))

    assert re.search(r'rel="next" href="/conditions/\?page=2&amp;letter=B"', first)
    assert re.search(r'rel="prev" href="/conditions/\?page=1&amp;letter=B"', second)
    assert 'rel="prev"' not in first


def rows(count):
    return lambda *, limit, offset: (count, list(range(count))[offset : offset + limit])


@pytest.mark.parametrize(
    ("count", "asked", "expected"),
    [(0, "1", 1), (0, "9", 1), (5, "1", 1), (5, "3", 3), (5, "4", 3), (6, "4", 3), (6, "-4", 1)],
)
def test_a_page_is_the_one_asked_for_or_the_last(app, count, asked, expected):
    with app.test_request_context(f"/?page={asked}"):
        page = pagination.load_page(rows(count), 2)

    assert (page.number, page.is_asked) == (expected, str(expected) == asked)
    assert list(page.rows) == list(range(count))[(expected - 1) * 2 : expected * 2]
    assert (page.first_row, page.last) == (expected * 2 - 1, max(1, -(-count // 2)))


def test_the_last_page_is_found_where_a_list_says_its_length_only_with_rows(app):
    """As the overview of the staff does, which counts in the same statement."""

    def load(*, limit, offset):
        rows = list(range(5))[offset : offset + limit]
        return (5 if rows else 0), rows

    with app.test_request_context("/?page=50"):
        page = pagination.load_page(load, 2)

    assert (page.number, page.total, list(page.rows)) == (3, 5, [4])


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 40])
def test_every_page_is_a_few_steps_from_every_other(count):
    for number in range(1, count + 1):
        near = pagination.Page([], number, 1, count).near
        linked = [number for number in near if number]
        assert {1, count, number} <= set(linked)
        assert linked == sorted(set(linked))
        assert len(near) <= 9
        gaps = [(before, after) for before, gap, after in zip(near, near[1:], near[2:], strict=False) if gap is None]
        assert all(before is not None and after - before > 1 for before, after in gaps)


def test_a_number_of_a_page_is_read_in_one_place():
    """Pages read it by the helper; the interface, which refuses what is no number, by its parameters."""
    package = Path(mapservice.__file__).parent
    reading = {
        path.name
        for path in package.rglob("*.py")
        if re.search(r"args(\.get\w*\(|\[)\s*[\"']page[\"']", path.read_text())
    }

    assert reading == {"pagination.py"}
