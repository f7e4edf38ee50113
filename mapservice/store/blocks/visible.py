"""The memberships that a viewer can see: the one condition of every statement that reads people for somebody else."""

from sqlalchemy import ColumnElement

from mapservice.privacy.visibility import Viewer, audiences_seen
from mapservice.store.tables import Membership


def visible(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions on :class:`Membership` under which this viewer can see somebody in a community."""
    seen = [Membership.condition_id == condition_id, Membership.audience.in_(audiences_seen(viewer))]
    return [*seen, Membership.member_id.not_in(viewer.apart)] if viewer.apart else seen
