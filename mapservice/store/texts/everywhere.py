"""Stories about all conditions: those that everybody can read, and for members all that they can.

For members it is the rule of :mod:`mapservice.store.texts.readable` in one statement for all conditions, whose text is
the same for every viewer. A test compares the two.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from mapservice.privacy.texts import MemberTextKind, TextState, audiences_of_members
from mapservice.store.blocks import blocks
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText, PublicText
from mapservice.store.texts.readable import ReadText

#: A story with its condition.
Told = tuple[ReadText, Condition]

#: The most stories that are listed: the newest of them.
MAX_LISTED = 1000


def public(session: Session, language: str | None, *, limit: int, offset: int) -> tuple[int, Sequence[Told]]:
    """Return how many stories everybody can read, and some of them, the newest day first."""
    filters = _public(language)
    how_many = _count(session, _of_conditions(select(PublicText.id).select_from(PublicText), PublicText), filters)
    listed = _of_conditions(select(PublicText, Condition), PublicText).where(*filters)
    rows = session.execute(listed.order_by(PublicText.written_on.desc(), PublicText.id).limit(limit).offset(offset))
    return how_many, [(ReadText(row[0], row[0].name, None, is_own=False, is_thanked=False), row[1]) for row in rows]


def public_languages(session: Session) -> Sequence[str]:
    """Return the languages in which there is a story that everybody can read."""
    spoken = select(PublicText.language).where(*_public(None)).distinct()
    return session.scalars(_of_conditions(spoken, PublicText)).all()


def readable(
    session: Session, member: Member, language: str | None, *, limit: int, offset: int
) -> tuple[int, Sequence[Told]]:
    """Return how many stories a member can read, and some of them, the newest day first."""
    filters = _readable(member, language)
    how_many = _count(session, _joined(select(MemberText.id)), filters)
    name = func.coalesce(MemberText.pen_name, Membership.pseudonym, Member.pseudonym)
    is_own = func.coalesce(MemberText.member_id == member.id, false())
    statement = _joined(select(MemberText, name, is_own, Condition)).where(*filters)
    rows = session.execute(statement.order_by(MemberText.written_on.desc(), MemberText.id).limit(limit).offset(offset))
    return how_many, [(ReadText(row[0], row[1], None, is_own=row[2], is_thanked=False), row[3]) for row in rows]


def readable_languages(session: Session, member: Member) -> Sequence[str]:
    """Return the languages in which there is a story that a member can read."""
    return session.scalars(_joined(select(MemberText.language)).where(*_readable(member, None)).distinct()).all()


def _public(language: str | None) -> list[ColumnElement[bool]]:
    of_kind = PublicText.kind == MemberTextKind.STORY
    return [of_kind] if language is None else [of_kind, PublicText.language == language]


def _readable(member: Member, language: str | None) -> list[ColumnElement[bool]]:
    own = aliased(Membership)
    here = own.condition_id == MemberText.condition_id, own.member_id == member.id
    has_joined = select(own.member_id).where(*here, own.closed_on.is_(None)).exists()
    audiences = case(
        (has_joined, MemberText.audience.in_(audiences_of_members(has_joined=True))),
        else_=MemberText.audience.in_(audiences_of_members(has_joined=False)),
    )
    is_kept = MemberText.member_id.is_(None)
    apart = text(
        f"member_text.member_id not in ({blocks.APART.format(condition='member_text.condition_id', member=':viewer')})"
    ).bindparams(viewer=member.id)
    is_met = or_(is_kept, MemberText.pen_name.is_not(None), apart)
    others = and_(MemberText.state == TextState.SHOWN, audiences, is_met)
    is_own = func.coalesce(MemberText.member_id == member.id, false())
    may = or_(
        and_(is_own, MemberText.state.in_((TextState.SHOWN, TextState.HELD))),
        and_(~is_own, others),
    )
    filters = [MemberText.kind == MemberTextKind.STORY, is_kept | Member.active, Membership.closed_on.is_(None), may]
    return filters if language is None else [*filters, MemberText.language == language]


def _joined(statement: Any) -> Select[Any]:
    """Return a statement about stories, joined with their conditions and with what is known of their authors."""
    here = (Membership.condition_id == MemberText.condition_id) & (Membership.member_id == MemberText.member_id)
    joined = _of_conditions(statement.select_from(MemberText), MemberText).outerjoin(Membership, here)
    return joined.outerjoin(Member, Member.id == MemberText.member_id)


def _of_conditions(statement: Any, table: type[MemberText] | type[PublicText]) -> Select[Any]:
    joined: Select[Any] = statement.join(Condition, Condition.id == table.condition_id)
    return joined.where(Condition.is_offered)


def _count(session: Session, statement: Select[Any], filters: Sequence[ColumnElement[bool]]) -> int:
    some = statement.where(*filters).limit(MAX_LISTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
