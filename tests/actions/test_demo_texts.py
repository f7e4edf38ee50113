"""The texts of the demo: plainly invented, in two languages, and the miracle doctor is held."""

from sqlalchemy import select

from mapservice.actions.demo_texts import TEXTS, invent_texts
from mapservice.i18n.dates import today
from mapservice.privacy.visibility import Audience
from mapservice.store.across import demo
from mapservice.store.tables.texts import MemberText, PublicText
from testing.accounts import new_member
from testing.locations import put


def test_the_demo_has_texts_that_say_that_they_are_invented(session, freiburg):
    condition = demo.first_condition(session)
    for number in range(len(TEXTS)):
        member = new_member(session, f"invented{number}@example.org", pseudonym=f"Reed {number} (invented)")
        member.synthetic = True
        put(session, member, condition, freiburg, level="area", audience=Audience.MEMBERS)

    invent_texts(session, today())

    rows = session.scalars(select(MemberText)).all()
    assert [row.title for row in rows if row.state == "held"] == ["My miracle (invented)"]
    assert {row.language for row in rows if row.state == "shown"} == {"en", "es"}
    assert all("nvented" in str(row.words) or "inventado" in str(row.words) for row in rows)
    assert len({row.written_on for row in rows}) == len({row.member_id for row in rows}) == len(rows) == len(TEXTS)
    assert len(session.scalars(select(PublicText)).all()) == 4
