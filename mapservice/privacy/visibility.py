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
    CONTACTS = "contacts"
    CONDITION = "condition"
    MEMBERS = "members"


#: Audiences from the narrowest to the widest.
AUDIENCES = tuple(Audience)

#: The audiences of which everybody sees the same people. There are stored counts of these alone.
SHARED_AUDIENCES = (Audience.CONDITION, Audience.MEMBERS)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer of one condition; without a ``member`` (signed in, e-mail verified) a stranger.

    ``apart`` are the members who do not exist for this viewer here, because one of the two has blocked the other.
    ``contacts`` are those who let the viewer see what they show to their contacts: the viewer's contacts here, and the
    viewer, who sees themselves on the map as well.
    """

    member: UUID | None = None
    has_joined: bool = False
    apart: frozenset[UUID] = frozenset()
    contacts: frozenset[UUID] = frozenset()


def audiences_seen(viewer: Viewer) -> tuple[Audience, ...]:
    """Return the audiences whose members this viewer can all see in the condition; none for a stranger."""
    if viewer.member is None:
        return ()
    return SHARED_AUDIENCES if viewer.has_joined else (Audience.MEMBERS,)


def contacts_seen(viewer: Viewer) -> frozenset[UUID]:
    """Return the people whom this viewer can see in the condition where they show themselves to contacts only."""
    return viewer.contacts - viewer.apart if viewer.member is not None and viewer.has_joined else frozenset()


def sees(viewer: Viewer, person: UUID, audience: Audience) -> bool:
    """Return whether a viewer can see what a person shows to an audience in the condition."""
    if person in viewer.apart:
        return False
    is_contact = audience is Audience.CONTACTS and person in contacts_seen(viewer)
    return is_contact or audience in audiences_seen(viewer)


def is_wider(audience: Audience, than: Audience) -> bool:
    """Return whether an audience includes more people than another."""
    return AUDIENCES.index(audience) > AUDIENCES.index(than)
