"""The members of the model: their accounts, and what they show and allow in each of the two communities."""

from dataclasses import dataclass, field
from enum import StrEnum

#: How many new people somebody can write to in a day, before and after so many people have accepted.
NEW_PEOPLE, MORE_NEW_PEOPLE, ACCEPTED = 3, 15, 3


class Place(StrEnum):
    """A community, by the slug of its condition."""

    LEUKAEMIA = "acute-lymphoblastic-leukaemia"
    MARFAN = "marfan-syndrome"

    @property
    def page(self) -> str:
        """Its address."""
        return f"/conditions/{self}"


class ShownTo(StrEnum):
    """Who can see somebody in a community."""

    NOBODY = "nobody"
    CONTACTS = "contacts"
    CONDITION = "condition"


@dataclass(slots=True, eq=False)
class Card:
    """What somebody who has joined a community shows and allows there.

    ``hidden`` is to whom a card that its member closed after a death, or whose account is suspended, was shown.
    """

    name: str | None = None
    is_caregiver: bool = False
    shown_to: ShownTo = ShownTo.NOBODY
    takes_messages: bool = True
    is_closed: bool = False
    before_closing: ShownTo = ShownTo.NOBODY
    before_suspension: ShownTo = ShownTo.NOBODY


@dataclass(slots=True, eq=False)
class Person:
    """A member: their cards, and how many new people they wrote to."""

    name: str
    has_account: bool = True
    is_suspended: bool = False
    cards: dict[Place, Card] = field(default_factory=dict)
    written: int = 0
    accepted: int = 0
    reported: list[tuple[Place, "Person"]] = field(default_factory=list)

    @property
    def limit(self) -> int:
        """How many new people they can write to in a day."""
        return MORE_NEW_PEOPLE if self.accepted >= ACCEPTED else NEW_PEOPLE

    def card(self, place: Place) -> Card | None:
        """Their card in a community; none if they have not joined it, or have closed it after a death."""
        card = self.cards.get(place)
        return None if card is None or card.is_closed else card

    def is_closed(self, place: Place) -> bool:
        """Whether they closed their card after a death, and can still undo that."""
        card = self.cards.get(place)
        return card is not None and card.is_closed

    def name_in(self, place: Place) -> str:
        """The name on their card."""
        card = self.cards.get(place)
        return (card.name if card else None) or self.name
