"""Conversations of the model."""

from dataclasses import dataclass, field
from enum import StrEnum

from testing.stateful.people import Person, Place


class Part(StrEnum):
    """What a conversation is for one of its two members."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED = "asked"
    DECLINED = "declined"
    ACCEPTED = "accepted"


#: The parts that say who the other is.
KNOWN = (Part.ASKED, Part.DECLINED, Part.ACCEPTED)


@dataclass(slots=True, eq=False)
class Talk:
    """A conversation that ``starter`` began with ``other``, who is None once they left without an answer."""

    place: Place
    starter: Person
    other: Person | None
    state: Part = Part.DRAFT
    is_declined: bool = False
    writers: list[Person] = field(default_factory=list)
    read: dict[Person, int] = field(default_factory=dict)
    active: int = 0
    is_gone: bool = False

    def people(self) -> list[Person]:
        """Those who take part in it."""
        return [person for person in (self.starter, self.other) if person is not None]

    def with_whom(self, person: Person) -> Person | None:
        """The other one in it."""
        return next((someone for someone in self.people() if someone is not person), None)
