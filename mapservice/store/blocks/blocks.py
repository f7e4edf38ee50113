"""Who has blocked whom, and whom that keeps apart in which community.

In the community in which a block is made, neither exists for the other. In other communities it holds where both use
the name of their account on all their cards concerned, so that it never tells which cards belong to one person; and
with ``everywhere`` the blocked person sees the member nowhere (docs/decisions/0049-blocks.md).
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member, Membership, random_id
from mapservice.store.tables.blocks import Block, BlockElsewhere
from mapservice.store.tables.contacts import ContactRow
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY

#: For SQL: the members who are apart from a member in a condition, both of which are expressions.
APART = """
    select blocked_id from block where condition_id = {condition} and member_id = {member}
    union select blocked_id from block_elsewhere where condition_id = {condition} and member_id = {member}
    union select member_id from block where blocked_id = {member} and (condition_id = {condition} or everywhere)
    union select member_id from block_elsewhere where condition_id = {condition} and blocked_id = {member}
"""

# The same for all conditions; without one, those who are apart from the member in every condition.
_ALL_APART = text("""
    select condition_id, blocked_id from block where member_id = :member
    union select condition_id, blocked_id from block_elsewhere where member_id = :member
    union select case when everywhere then null else condition_id end, member_id from block where blocked_id = :member
    union select condition_id, member_id from block_elsewhere where blocked_id = :member
""")

# Those of them who have blocked the member.
_BLOCKERS = text("""
    select member_id from block where blocked_id = :member and (condition_id = :condition or everywhere)
    union select member_id from block_elsewhere where condition_id = :condition and blocked_id = :member
""")

_APART = text(APART.format(condition=":condition", member=":member"))

# The communities in which the blocks of a member, or of them, hold as well: all four cards are there, without names of
# their own. A card that is gone may have had one: the block would then tell whose it was.
_ELSEWHERE = text("""
    select other.condition_id, block.member_id, block.blocked_id, block.condition_id as made_in
    from block
    join membership as other on other.member_id = block.member_id and other.condition_id <> block.condition_id
    where (block.member_id = :member or block.blocked_id = :member)
      and 4 = (
          select count(*) from membership as unnamed
          where unnamed.condition_id in (block.condition_id, other.condition_id)
            and unnamed.member_id in (block.member_id, block.blocked_id) and unnamed.pseudonym is null
      )
""")


def apart(session: Session, condition_id: int, member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the members who do not exist for a member in a condition: blocked by them, or the other way round."""
    return frozenset(session.scalars(_APART, {"condition": condition_id, "member": member_id}))


def all_apart(session: Session, member_id: uuid.UUID) -> tuple[frozenset[uuid.UUID], frozenset[tuple[int, uuid.UUID]]]:
    """Return the members who do not exist for a member in any condition; and those in one each, with its id."""
    rows = [(row[0], row[1]) for row in session.execute(_ALL_APART, {"member": member_id})]
    everywhere = frozenset(other for condition_id, other in rows if condition_id is None)
    return everywhere, frozenset((condition_id, other) for condition_id, other in rows if condition_id is not None)


def blockers(session: Session, condition_id: int, member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the members who have blocked a member in a condition, for whom they look deleted."""
    return frozenset(session.scalars(_BLOCKERS, {"condition": condition_id, "member": member_id}))


def made_by(session: Session, member: Member) -> Sequence[tuple[Block, Condition]]:
    """Return the blocks that a member has made, with their conditions, in an order that tells nothing of when."""
    statement = (
        select(Block, Condition)
        .join(Condition, Condition.id == Block.condition_id)
        .where(Block.member_id == member.id)
        .order_by(Condition.name, Block.name.nulls_last(), Block.public_id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def find(session: Session, member: Member, condition: Condition, public_id: str) -> Membership | None:
    """Return the membership with a public id if the member has blocked that person in this condition, or None.

    One that was closed after a death looks as if the person had left.
    """
    statement = (
        select(Membership)
        .join(Block, (Block.condition_id == Membership.condition_id) & (Block.blocked_id == Membership.member_id))
        .where(Membership.condition_id == condition.id, Membership.public_id == public_id, Block.member_id == member.id)
        .where(Membership.closed_on.is_(None))
    )
    return session.scalar(statement)


def made(session: Session, member: Member, condition: Condition, public_id: str) -> Block | None:
    """Return the block of a public id if the member made it in this condition, or None."""
    own = Block.condition_id == condition.id, Block.member_id == member.id, Block.public_id == public_id
    return session.scalar(select(Block).where(*own))


def block(session: Session, member: Member, blocked: Membership, *, name: str | None, everywhere: bool = False) -> str:
    """Block the person of a membership, and return the public id of the block: see :func:`block_account`."""
    key = blocked.condition_id, blocked.member_id
    return block_account(session, member, *key, name=name, everywhere=everywhere)


def block_account(
    session: Session,
    member: Member,
    condition_id: int,
    blocked_id: uuid.UUID,
    *,
    name: str | None,
    everywhere: bool = False,
) -> str:
    """Block a person in a condition, whether or not they have joined it, and return the public id of the block.

    The two are no contacts from then on, wherever neither exists for the other. Doing it again changes nothing, but for
    ``everywhere``, which is never taken back this way.
    """
    lock_members(session, member.id, blocked_id)
    values = {"condition_id": condition_id, "member_id": member.id, "blocked_id": blocked_id}
    added = insert(Block).values(public_id=random_id(), name=name, everywhere=everywhere, **values)
    wider = {"everywhere": Block.everywhere | added.excluded.everywhere}
    merged = added.on_conflict_do_update(index_elements=list(values), set_=wider).returning(Block.public_id)
    public_id = session.scalars(merged).one()
    withdrawals.note(session, member.id)
    _end_contact(session, condition_id, member.id, blocked_id)
    spread(session, member.id)
    return public_id


def unblock(session: Session, member: Member, condition: Condition, public_id: str) -> bool:
    """End a block that a member made in a condition, there and where else it holds; return False if there is none."""
    own = Block.condition_id == condition.id, Block.member_id == member.id, Block.public_id == public_id
    blocked_id = session.scalar(delete(Block).where(*own).returning(Block.blocked_id))
    if blocked_id is None:
        return False
    pair = BlockElsewhere.member_id == member.id, BlockElsewhere.blocked_id == blocked_id
    # They can see each other here again even if a block that was made elsewhere holds here as well.
    held = (BlockElsewhere.made_in == condition.id) | (BlockElsewhere.condition_id == condition.id)
    for row in session.execute(select(BlockElsewhere.condition_id, BlockElsewhere.made_in).where(*pair, held)).all():
        key = BlockElsewhere.condition_id == row.condition_id, BlockElsewhere.made_in == row.made_in
        session.execute(delete(BlockElsewhere).where(*key, *pair), execution_options=DATABASE_ONLY)
    return True


def spread(session: Session, member_id: uuid.UUID) -> None:
    """Let the blocks of a member, and those of others against them, hold where else they have to.

    That is where both are members, there and where the block was made, and have no name of their own. Rows stay
    when a name changes later: taking another name shows nobody to a person from whom they were apart.
    """
    for row in session.execute(_ELSEWHERE, {"member": member_id}).all():
        session.execute(insert(BlockElsewhere).values(**row._mapping).on_conflict_do_nothing())
        _end_contact(session, row.condition_id, row.member_id, row.blocked_id)


def forget_member(session: Session, member_id: uuid.UUID) -> None:
    """Delete the blocks of a member, and those of others against them."""
    for table in (Block, BlockElsewhere):
        either = (table.member_id == member_id) | (table.blocked_id == member_id)
        session.execute(delete(table).where(either), execution_options=DATABASE_ONLY)


def lock_members(session: Session, *member_ids: uuid.UUID) -> None:
    """Lock the rows of members, always in one order, so that none joins, leaves or takes a name meanwhile."""
    locked = select(Member.id).where(Member.id.in_(member_ids)).order_by(Member.id)
    session.execute(locked.with_for_update(key_share=True))


def _end_contact(session: Session, condition_id: int, one_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Delete what two people have chosen about being contacts: unblocking does not bring it back."""
    pairs = ((one_id, other_id), (other_id, one_id))
    either = or_(*(and_(ContactRow.member_id == pair[0], ContactRow.contact_id == pair[1]) for pair in pairs))
    here = delete(ContactRow).where(ContactRow.condition_id == condition_id, either)
    session.execute(here, execution_options=DATABASE_ONLY)
