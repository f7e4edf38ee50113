"""Roles, audiences, and who can see whom: one function, used by every page, tile, count, list and profile card."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The role in which a member joins the community of a condition."""

    PERSON = "person"
    CAREGIVER = "caregiver"
    ORGANISATION = "organisation"
    ADVISER = "adviser"
    PROFESSIONAL = "professional"
    RESEARCHER = "researcher"


class Audience(StrEnum):
    """The audience to whom a member is shown in one condition; by default nobody."""

    NOBODY = "nobody"
    CONDITION = "condition"
    MEMBERS = "members"


#: Audiences from the narrowest to the widest.
AUDIENCES = tuple(Audience)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer of one condition; without a ``member`` (signed in, e-mail verified) a stranger.

    ``apart`` are the members who do not exist for this viewer here, because one of the two has blocked the other.
    """

    member: UUID | None = None
    has_joined: bool = False
    apart: frozenset[UUID] = frozenset()


def audiences_seen(viewer: Viewer) -> tuple[Audience, ...]:
    """Return the audiences whose members this viewer can see in the condition; none for a stranger."""
    if viewer.member is None:
        return ()
    return (Audience.CONDITION, Audience.MEMBERS) if viewer.has_joined else (Audience.MEMBERS,)


def is_wider(audience: Audience, than: Audience) -> bool:
    """Return whether an audience includes more people than another."""
    return AUDIENCES.index(audience) > AUDIENCES.index(than)
