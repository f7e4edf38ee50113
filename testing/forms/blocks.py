"""The forms and addresses of blocks, as tests of every route send them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member
from mapservice.store.tables.blocks import Block, BlockElsewhere

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "blocks.block": {"everywhere": "yes"},
    "blocks.block_writer": {"everywhere": "yes"},
    "blocks.unblock": {"block": "made-up"},
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {
    "member": ["/conditions/acute-lymphoblastic-leukaemia/people/{person}/block", "/me/blocked"],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {"blocks.ask_writer": "the page of blocks.ask, opened from a conversation"}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of blocks may hold of a member: of somebody whom they blocked, and who blocked them."""
    other = session.scalars(select(Member).where(Member.email == "blocks@example.org")).one_or_none()
    if other is None:
        other = Member(email="blocks@example.org", pseudonym="Other")
        session.add(other)
        session.flush()
    for one, another in ((member, other), (other, member)):
        pair = {"condition_id": condition.id, "member_id": one.id, "blocked_id": another.id}
        session.add(Block(**pair, name="Seen then"))
        session.add(BlockElsewhere(**pair, made_in=condition.id))
