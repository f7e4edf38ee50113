"""The conversations of a member, as they can see them: :func:`mapservice.privacy.messages.part_of` decides."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, Uuid, and_, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from mapservice.errors import UnknownConversationError
from mapservice.privacy.messages import ConversationPart, ConversationState, part_of
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.messages import ConversationRow, ParticipantRow

_Me, _Other, _Them = aliased(ParticipantRow), aliased(ParticipantRow), aliased(ParticipantRow)
_Account, _Membership, _Own = aliased(Member), aliased(Membership), aliased(Membership)

# The name of the other: that of the condition, or of the account if they take part without having joined it. None if
# they are not there: without an account, without the membership by which they took part, or if they have closed it.
_NAME = case(
    (_Membership.closed_on.is_not(None), None),
    (_Other.has_joined.is_(False), _Account.pseudonym),
    (_Membership.member_id.is_not(None), func.coalesce(_Membership.pseudonym, _Account.pseudonym)),
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as one of its two members sees it.

    ``name`` and ``public_id`` are the other's in the condition; empty for a first message that was sent, which says
    nothing of them. ``has_unread`` says whether there are messages that this member has not read.
    """

    condition: Condition
    row: ConversationRow
    part: ConversationPart
    name: str
    public_id: str
    has_unread: bool
    messages_read: int

    @property
    def id(self) -> uuid.UUID:
        """The random id of the conversation."""
        return self.row.id


def get(
    session: Session, member: Member, condition: Condition, conversation_id: uuid.UUID, *, is_locked: bool = False
) -> Conversation:
    """Return a conversation of a member; with ``is_locked`` nobody else changes it until the transaction ends.

    :raise UnknownConversationError: if it does not exist for them.
    """
    mine = ConversationRow.condition_id == condition.id, ConversationRow.id == conversation_id
    if is_locked:
        session.execute(select(ConversationRow.id).where(*mine).with_for_update())
    statement = _joined(member).where(*mine).execution_options(populate_existing=True)
    found = _conversations(session, member, statement)
    if not found:
        raise UnknownConversationError
    return found[0]


def find_with(session: Session, member: Member, condition: Condition, other_id: uuid.UUID) -> Conversation | None:
    """Return the conversation of a member with somebody else, if there is one for them."""
    with_them = exists().where(
        _Them.condition_id == ConversationRow.condition_id,
        _Them.conversation_id == ConversationRow.id,
        _Them.member_id == other_id,
        _Them.member_id != member.id,
    )
    statement = _joined(member).where(ConversationRow.condition_id == condition.id, with_them)
    found = _conversations(session, member, statement.order_by(ConversationRow.active_at.desc()))
    return found[0] if found else None


def inbox(session: Session, member: Member, *, limit: int, offset: int) -> tuple[int, Sequence[Conversation]]:
    """Return how many conversations a member has, and some of them, the last active first."""
    statement = _joined(member).where(_exists_for(session, member), _Me.has_declined.is_(False))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    ordered = statement.order_by(ConversationRow.active_at.desc(), ConversationRow.id)
    return total, _conversations(session, member, ordered.limit(limit).offset(offset))


def list_for_member(session: Session, member: Member) -> list[Conversation]:
    """Return all conversations that are stored and exist for a member, those that they declined or closed too."""
    statement = _joined(member, with_closed=True).order_by(ConversationRow.condition_id, ConversationRow.id)
    return _conversations(session, member, statement)


def unread(session: Session, member: Member) -> int:
    """Return in how many conversations there is something that a member has not read."""
    fresh = _Me.messages_read < ConversationRow.messages
    statement = _joined(member).where(fresh, _Me.has_declined.is_(False))
    if session.scalar(select(statement.exists())) is not True:
        return 0
    statement = statement.where(_exists_for(session, member))
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _joined(
    member: Member, *, with_closed: bool = False
) -> Select[ConversationRow, ParticipantRow, ParticipantRow | None, str | None, str | None]:
    """Return the query for the conversations of a member, with the other and their name and public id.

    Without ``with_closed`` there are none in a condition where the member closed their membership after a death.
    """
    closed = exists().where(
        _Own.condition_id == _Me.condition_id, _Own.member_id == member.id, _Own.closed_on.is_not(None)
    )
    statement = (
        select(ConversationRow, _Me, _Other, _NAME, _Membership.public_id)
        .join(_Me, and_(_Me.condition_id == ConversationRow.condition_id, _Me.conversation_id == ConversationRow.id))
        .outerjoin(
            _Other,
            and_(
                _Other.condition_id == ConversationRow.condition_id,
                _Other.conversation_id == _id_if_told(member),
                _Other.member_id != _Me.member_id,
            ),
        )
        .outerjoin(_Account, _Account.id == _Other.member_id)
        .outerjoin(
            _Membership,
            and_(_Membership.condition_id == _Other.condition_id, _Membership.member_id == _Other.member_id),
        )
        .where(_Me.member_id == member.id)
    )
    return statement if with_closed else statement.where(~closed)


def _exists_for(session: Session, member: Member) -> ColumnElement[bool]:
    """Return the condition that a conversation exists for a member, in SQL, for counting."""
    is_shown = or_(ConversationRow.state != ConversationState.DRAFT, ConversationRow.member_id == member.id)
    # The same statement, however many have blocked whom: it could be timed otherwise.
    apart = [(condition_id, one) for condition_id, people in _apart(session, member).items() for one in people]
    pairs = (
        func.unnest(
            literal([condition_id for condition_id, _one in apart], ARRAY(Integer)),
            literal([one for _condition_id, one in apart], ARRAY(Uuid)),
        )
        .table_valued("condition_id", "member_id", name="apart")
        .render_derived()
    )
    is_apart = exists().where(
        pairs.c.condition_id == ConversationRow.condition_id, pairs.c.member_id == _Other.member_id
    )
    return or_(_is_sent_by(member), and_(_NAME.is_not(None), is_shown, not_(is_apart)))


def _id_if_told(member: Member) -> ColumnElement[uuid.UUID | None]:
    """Return the id of a conversation in SQL, or null for a first message that a member sent.

    So its other is read for nobody: else an answer could be timed to learn whether they are still there.
    """
    return case((_is_sent_by(member), None), else_=ConversationRow.id)


def _is_sent_by(member: Member) -> ColumnElement[bool]:
    """Return the condition that a conversation is a first message of a member, sent and not accepted, in SQL."""
    return and_(ConversationRow.member_id == member.id, ConversationRow.state == ConversationState.SENT)


def _conversations(
    session: Session,
    member: Member,
    statement: Select[ConversationRow, ParticipantRow, ParticipantRow | None, str | None, str | None],
) -> list[Conversation]:
    apart, conversations = _apart(session, member), []
    for row, me, other, name, public_id in session.execute(statement):
        is_there = other is not None and name is not None and other.member_id not in apart.get(row.condition_id, ())
        part = part_of(
            ConversationState(row.state),
            is_starter=row.member_id == member.id,
            has_declined=me.has_declined,
            is_other_there=is_there,
        )
        if part is not None:
            # Of a first message that was sent, nothing says what became of the other.
            is_named = part is not ConversationPart.SENT
            is_member = is_named and other is not None and other.has_joined
            named = name or "" if is_named else "", public_id or "" if is_member else ""
            has_unread = me.messages_read < row.messages
            condition = session.get_one(Condition, row.condition_id)
            conversations.append(Conversation(condition, row, part, *named, has_unread, me.messages_read))
    return conversations


def _apart(session: Session, member: Member) -> Mapping[int, frozenset[uuid.UUID]]:
    """Return by condition the people who do not exist for a member, for those in which they have conversations."""
    mine = select(ParticipantRow.condition_id).where(ParticipantRow.member_id == member.id).distinct()
    statement = select(Condition).where(Condition.id.in_(mine))
    conditions = session.scalars(statement).all()
    return {condition.id: memberships.viewer(session, member, condition).apart for condition in conditions}
