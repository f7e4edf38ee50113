"""The invented people who write the texts of the demo."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.visibility import Audience, Role
from mapservice.store.tables import Condition, Member, Membership


def visible_people(session: Session, condition: Condition, how_many: int) -> list[Membership]:
    """Return some invented people with a condition whom all members can see, always the same ones."""
    invented = Member.synthetic, Member.password.is_(None), Membership.role == Role.PERSON
    shown = Membership.condition_id == condition.id, Membership.audience == Audience.MEMBERS
    statement = select(Membership).join(Member, Member.id == Membership.member_id).where(*invented, *shown)
    return list(session.scalars(statement.order_by(Membership.public_id.desc()).limit(how_many)))
