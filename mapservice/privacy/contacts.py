"""Becoming contacts: a question inside a conversation, which both have to answer, and what each of them sees of it."""

from enum import StrEnum

from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience


class ContactChoice(StrEnum):
    """What a member has chosen about somebody: they asked; they refused, or ended it; or both agreed."""

    ASKED = "asked"
    REFUSED = "refused"
    AGREED = "agreed"


class ContactPart(StrEnum):
    """What two people are to each other for one of them: nothing yet, asking, asked by the other, or contacts."""

    NONE = "none"
    SENT = "sent"
    ASKED = "asked"
    CONTACTS = "contacts"


def contact_part(own: ContactChoice | None, other: ContactChoice | None, *, is_minor: bool) -> ContactPart:
    """Return what two people are to each other for one of them, by the choices of both.

    Somebody who asked never learns whether the other has refused, or has not been asked: a member under 18 is asked by
    nobody. They can ask themselves, as somebody can who has refused; if the other has asked, both are contacts then.
    """
    match own, other:
        case ContactChoice.AGREED, _:
            return ContactPart.CONTACTS
        case ContactChoice.ASKED, _:
            return ContactPart.SENT
        case None, ContactChoice.ASKED if not is_minor:
            return ContactPart.ASKED
    return ContactPart.NONE


def shows_to_contacts(audience: Audience, profile: MemberProfile) -> bool:
    """Return whether a new contact sees anything of somebody that other members of the community do not see."""
    if audience is Audience.NOBODY:
        return False
    parts = (profile.audience(part) for part in ProfilePart)
    return Audience.CONTACTS in (audience, *parts)
