"""The discussions of the demo: plainly invented, in two languages, and the miracle doctor is held."""

from sqlalchemy import select

from mapservice.actions.demo_forum import DISCUSSIONS, invent_discussions
from mapservice.i18n.dates import today
from mapservice.privacy.visibility import Audience
from mapservice.store.across import demo
from mapservice.store.tables.texts import MemberText
from testing.accounts import new_member
from testing.locations import put


def test_the_demo_has_discussions_that_say_that_they_are_invented(session, freiburg):
    condition = demo.first_condition(session)
    needed = sum(1 + len(one.answers) for one in DISCUSSIONS[""])
    for number in range(needed):
        member = new_member(session, f"invented{number}@example.org", pseudonym=f"Reed {number} (invented)")
        member.synthetic = True
        put(session, member, condition, freiburg, level="area", audience=Audience.MEMBERS)

    invent_discussions(session, today())

    rows = session.scalars(select(MemberText)).all()
    assert [row.title for row in rows if row.state == "held"] == ["I found the answer to everything (invented)"]
    assert {row.language for row in rows if row.state == "shown"} == {"en", "es"}
    assert all("nvented" in str(row.words) or "inventado" in str(row.words) for row in rows)
    assert len({row.member_id for row in rows}) == len(rows) == needed
    assert [row.kind for row in rows if row.is_helpful] == ["answer"]
