"""The texts of the demo: plainly invented, in two languages, and the miracle doctor is held."""

from sqlalchemy import select

from mapservice.actions.demo_texts import ELSEWHERE, TEXTS, invent_texts
from mapservice.i18n.dates import today
from mapservice.privacy.visibility import Audience
from mapservice.store.across import demo
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import MemberText, PublicText
from testing.accounts import new_member
from testing.locations import put


def test_the_demo_has_texts_that_say_that_they_are_invented(session, freiburg):
    others = session.scalars(select(Condition).where(Condition.slug.in_(ELSEWHERE))).all()
    needed = {demo.first_condition(session): len(TEXTS)} | {one: len(ELSEWHERE[one.slug]) for one in others}
    for condition, count in needed.items():
        for number in range(count):
            name = f"{condition.id}-{number}"
            member = new_member(session, f"invented{name}@example.org", pseudonym=f"Reed {name} (invented)")
            member.synthetic = True
            put(session, member, condition, freiburg, level="area", audience=Audience.MEMBERS)

    invent_texts(session, today())

    rows = session.scalars(select(MemberText)).all()
    assert [row.title for row in rows if row.state == "held"] == ["My miracle (invented)"]
    assert {row.language for row in rows if row.state == "shown"} == {"en", "es"}
    assert all("nvented" in str(row.words) or "inventado" in str(row.words) for row in rows)
    assert len({row.member_id for row in rows}) == len(rows) == sum(needed.values())
    assert len({(row.condition_id, row.written_on) for row in rows}) == len(rows)
    public = session.scalars(select(PublicText)).all()
    assert {(text.condition_id, text.kind) for text in public} >= {(one.id, "story") for one in others}
    assert len({text.condition_id for text in public}) == len(ELSEWHERE) + 1
