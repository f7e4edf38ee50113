"""Whatever people can write stands on the pages where others read it as text: none of it runs in a browser."""

import datetime as dt
import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.message_keys import MessageKeys
from mapservice.moderation.rules import HoldReason
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.reports import Excerpt, ReportContent, ReportKind, ReportReason, key_of
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.privacy.visibility import Audience
from mapservice.questions import QuestionKind
from mapservice.store.accounts import passkeys
from mapservice.store.accounts.staff import MODERATOR
from mapservice.store.across.subjects import PLAN
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import editors, feedback
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.messages import conversations
from mapservice.store.messages import writing as messages
from mapservice.store.operator import settings
from mapservice.store.operator import texts as operator_texts
from mapservice.store.operator.settings import Setting
from mapservice.store.profiles import profiles
from mapservice.store.reports import reports
from mapservice.store.tables import Base, Condition, Member, Membership
from mapservice.store.tables.operator import TextKind
from mapservice.store.tables.reports import ReportRow
from mapservice.store.texts import drafts, held
from mapservice.store.texts import writing as texts
from mapservice.store.texts.writing import NewText
from testing.accounts import new_member
from testing.appointing import appoint
from testing.locations import put, zone_called
from testing.members_map import cell_of
from tests.browser.conftest import ALL, PHONE
from tests.browser.test_admin_pages import window
from tests.browser.watching import Policy
from tests.factor import new_staff

#: Would run as an element, or out of an attribute, a title, a script.
HOSTILE = """'"></title></script><img src=x onerror="window.ran=1"><script>window.ran=1</script>"""

TODAY = dt.date(2026, 11, 27)

#: The columns of people in which they write freely; articles have a test of their own (test_articles.py).
WRITTEN = {
    "member": {"pseudonym"}, "membership": {"pseudonym"}, "block": {"name"}, "passkey": {"name"},
    "profile": {"words"}, "text_draft": {"typed"}, "article_remark": {"body"},
    "member_text": {"pen_name", "title", "first_signs", "diagnosis", "helped", "earlier_self", "body", "decision"},
    "public_text": {"name", "title", "first_signs", "diagnosis", "helped", "earlier_self", "body"},
    "article_signature": {"name", "profession", "conflicts"},
}  # fmt: skip

#: The other texts about people: words of the service, codes, ids, addresses that a form has checked.
OF_THE_SERVICE = {
    "mail", "email", "old_email", "new_email", "password", "security_stamp", "off_token", "public_id", "kind", "part",
    "state", "state_before", "audience", "audience_before", "words_audience", "languages_audience", "choice", "writers",
    "looking_for_audience", "duration", "duration_audience", "relationship", "relationship_audience", "age_band",
    "age_band_audience", "role", "shown_zone", "zone_id", "country", "region", "language", "topic", "key_id", "reason",
    "frequency", "for_whom", "staff_role",
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(live, acting) -> SimpleNamespace:
    """Two people who have filled every field with hostile words, one who reads, and staff."""
    with db.open_session(acting) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        zone = zone_called(session, "Freiburg", Level.AREA, "DE")
        people = [new_member(session, f"{name}@example.org", pseudonym=HOSTILE) for name in ("one", "two", "reader")]
        mine = [put(session, one, condition, zone, level=Level.AREA, audience=Audience.CONDITION) for one in people]
        session.flush()
        _fill_profile(session, mine[0])
        ids = _write_texts(session, mine[0])
        ids["conversation"] = _write_messages(session, live, condition, *people[::2])
        ids |= _give_to_staff(session, live, condition, people, mine)
        passkeys.add(session, people[2], credential_id=b"1", public_key=b"2", sign_count=0, name=HOSTILE)
        _fill_operator(session)
        session.commit()
        staff = new_staff(session)
        appoint(session, staff, MODERATOR)
        _leave_remark(session, condition, people[0], staff)
        session.commit()
        ids |= {"person": mine[0].public_id, "cell": cell_of(session, mine[0].public_id)}
        return SimpleNamespace(reader=people[2], staff=staff, ids=ids)


def _fill_profile(session: Session, membership: Membership) -> None:
    membership.pseudonym = HOSTILE
    profiles.save(session, membership, MemberProfile(words=HOSTILE, audiences={ProfilePart.WORDS: Audience.CONDITION}))


def _write_texts(session: Session, membership: Membership) -> dict[str, str]:
    said = dict.fromkeys(("title", "first_signs", "diagnosis", "helped", "earlier_self"), HOSTILE)
    words = {
        MemberTextKind.STORY: Words(**said),
        MemberTextKind.EXPERIENCE: Words(body=HOSTILE),
        MemberTextKind.THREAD: Words(title=HOSTILE, body=HOSTILE),
    }
    ids = {}
    for kind, one in words.items():
        topic = "causes" if kind is MemberTextKind.EXPERIENCE else None
        new = NewText(kind, one, TextAudience.PUBLIC, "en", topic=topic, pen_name=HOSTILE)
        ids[kind.value] = str(texts.add(session, membership, new, (), TODAY).id)
    return ids


def _write_messages(session: Session, live, condition: Condition, writer: Member, reader: Member) -> str:
    keys = MessageKeys.of(live.extensions["config"])
    row = messages.begin(session, keys, condition, writer, reader.id, has_joined=True)
    messages.send_first(session, keys, row, writer, HOSTILE)
    messages.accept(session, conversations.get(session, reader, condition, row.id), reader)
    messages.save_draft(session, keys, row, reader, HOSTILE)
    return str(row.id)


def _give_to_staff(
    session: Session, live, condition: Condition, people: list[Member], mine: list[Membership]
) -> dict[str, str]:
    """A held text, one that was removed, a report, a block, and something typed and not published."""
    new = NewText(MemberTextKind.STORY, Words(HOSTILE, body=HOSTILE), TextAudience.CONDITION, "en")
    waiting, removed = (texts.add(session, mine[2], new, [HoldReason.CURE], TODAY) for _ in range(2))
    session.flush()
    held.remove(session, removed, HOSTILE)
    content = ReportContent(HOSTILE, (Excerpt(HOSTILE, HOSTILE),))
    who = people[2].id, people[0].id
    key = key_of(live.extensions["config"].secret_key)
    reports.add(session, condition.id, *who, ReportKind.CARD, ReportReason.OTHER, content, key=key)
    blocks.block(session, people[2], mine[1], name=HOSTILE)
    typed = json.dumps({"title": HOSTILE, "body": HOSTILE, "first_signs": HOSTILE})
    drafts.save(session, mine[2], MemberTextKind.STORY, "", typed)
    report = session.scalars(select(ReportRow.id)).one()
    return {"held": str(waiting.id), "report": str(report)}


def _leave_remark(session: Session, condition: Condition, member: Member, editor: Member) -> None:
    editors.appoint(session, editor, condition, "en")
    feedback.remark(session, member, ArticleKey(condition.id, QuestionKind.CAUSES, "en"), 1, HOSTILE, shows_name=True)


def _fill_operator(session: Session) -> None:
    settings.save(session, Setting.NAME, HOSTILE[:31])
    for kind in TextKind:
        operator_texts.save(session, kind, "en", f"# {HOSTILE}\n\n[{HOSTILE}](javascript:window.ran=1)")


#: Where others read these words, and where their authors do.
READ_BY_MEMBERS = [
    ALL, f"{ALL}/people/{{person}}", f"{ALL}/people/{{person}}/write", f"{ALL}/people/{{person}}/block", "/messages",
    f"{ALL}/messages/{{conversation}}", f"{ALL}/messages/{{conversation}}/report", f"{ALL}/stories",
    f"{ALL}/stories/{{story}}", f"{ALL}/stories/tell", f"{ALL}/forum", f"{ALL}/forum/{{thread}}",
    f"{ALL}/forum/{{thread}}/answer", f"{ALL}/questions/causes", f"{ALL}/questions/causes/experience", "/stories",
    "/search?q=title", "/me/texts", "/me/blocked", "/account", "/account/passkeys", f"{ALL}/profile", "/about/rules",
    "/about/imprint",
]  # fmt: skip
READ_BY_STAFF = [
    f"/moderation/reports{ALL.removeprefix('/conditions')}/{{report}}", "/moderation/texts/",
    f"/moderation/texts{ALL.removeprefix('/conditions')}/{{held}}", "/moderation/texts/removed",
    "/admin/service/texts/rules/en", "/me/articles/remarks/",
]  # fmt: skip


@pytest.mark.parametrize("who", ["reader", "staff"])
def test_never_runs_what_people_write(browser: Browser, live, stage, who):
    addresses = READ_BY_MEMBERS if who == "reader" else READ_BY_STAFF
    found = []
    with window(browser, live, getattr(stage, who), viewport=PHONE) as context:
        page = context.new_page()
        policy = Policy(page)
        for address in addresses:
            answer = page.goto(address.format(**stage.ids))
            policy.traffic.settle()
            assert answer is not None
            wrong = [f"answers {answer.status}"] if answer.status != 200 else []
            # What the policy of the page stops would have run elsewhere.
            wrong += ["it ran"] if page.evaluate("window.ran") else []
            wrong += [] if "onerror=" in page.content() else ["nobody's words are on it"]
            wrong += policy.broken()
            found += [f"{address}: {one}" for one in wrong]
    assert found == []


def test_every_text_of_people_is_written_by_them_or_by_the_service():
    people = {entry.table for entry in PLAN if entry.person}
    found = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        if table.name in people and table.name != "mail"
        for column in table.columns
        if isinstance(column.type, String) and column.name not in OF_THE_SERVICE
    }

    assert found == {(table, name) for table, names in WRITTEN.items() for name in names}
