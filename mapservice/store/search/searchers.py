"""The person who searches, as the viewer of every community at once."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks import blocks
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.search_sources import Searcher

# Where a member has joined, and where somebody is apart from them there and not everywhere.
_HERE = text("""
    select condition_id from membership where member_id = :member
    union select condition_id from block where :member in (member_id, blocked_id)
    union select condition_id from block_elsewhere where :member in (member_id, blocked_id)
""")

#: No condition has this id.
_NOWHERE = 0


def searcher(session: Session, member: Member | None) -> Searcher:
    """Return the person who searches; None: a visitor."""
    if member is None:
        return Searcher()
    ids = session.scalars(_HERE, {"member": member.id}).all()
    here = {key: memberships.viewer(session, member, session.get_one(Condition, key)) for key in ids}
    return Searcher(Viewer(member.id, apart=blocks.apart(session, _NOWHERE, member.id)), here)
