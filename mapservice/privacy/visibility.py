"""As what people take part, and who sees whom: one function, used by every page, tile, count, list and card."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """As what somebody joins the community of a condition."""

    PERSON = "person"
    CAREGIVER = "caregiver"
    ORGANISATION = "organisation"
    ADVISER = "adviser"
    PROFESSIONAL = "professional"
    RESEARCHER = "researcher"


class Audience(StrEnum):
    """To whom a member shows themselves in one condition; nobody unless they say otherwise."""

    NOBODY = "nobody"
    CONDITION = "condition"
    MEMBERS = "members"


#: From the narrowest to the widest.
AUDIENCES = tuple(Audience)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking at one condition; without a ``member`` (signed in, e-mail verified) a stranger."""

    member: UUID | None = None
    has_joined: bool = False


def audiences_seen(viewer: Viewer) -> tuple[Audience, ...]:
    """The audiences whose members this viewer sees in the condition; a stranger sees nobody."""
    if viewer.member is None:
        return ()
    return (Audience.CONDITION, Audience.MEMBERS) if viewer.has_joined else (Audience.MEMBERS,)


def is_wider(audience: Audience, than: Audience) -> bool:
    """Whether an audience takes in more people than another."""
    return AUDIENCES.index(audience) > AUDIENCES.index(than)
