"""Who has asked whom to become contacts, by decision 65."""

from enum import StrEnum

from testing.stateful.people import Person, Place


class Choice(StrEnum):
    """What somebody has chosen about another one."""

    ASKED = "asked"
    REFUSED = "refused"
    AGREED = "agreed"


class Contacts:
    """What everybody has chosen about everybody else in each community."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[Place, Person, Person], Choice] = {}

    def choice(self, place: Place, person: Person, other: Person) -> Choice | None:
        """What somebody has chosen about another one."""
        return self._chosen.get((place, person, other))

    def are(self, place: Place, person: Person, other: Person) -> bool:
        """Whether two people are contacts."""
        return self.choice(place, person, other) is Choice.AGREED

    def words(self, place: Place, person: Person, other: Person) -> str:
        """What the page of their conversation says to one of them."""
        own, theirs = self.choice(place, person, other), self.choice(place, other, person)
        if own is Choice.AGREED:
            return "are contacts in this community"
        if own is Choice.ASKED:
            return "You have asked"
        is_asked = own is None and theirs is Choice.ASKED
        return "asks whether you want to be contacts" if is_asked else "Ask to become contacts"

    def ask(self, place: Place, person: Person, other: Person) -> None:
        """Somebody asks, or agrees to the question of the other."""
        own, theirs = (place, person, other), (place, other, person)
        if self._chosen.get(theirs) is Choice.ASKED:
            self._chosen[own] = self._chosen[theirs] = Choice.AGREED
        elif self._chosen.get(own) is not Choice.AGREED:
            self._chosen[own] = Choice.ASKED

    def refuse(self, place: Place, person: Person, other: Person) -> None:
        """Somebody refuses, for good."""
        if not self.are(place, person, other):
            self._chosen[place, person, other] = Choice.REFUSED

    def end(self, place: Place, person: Person, other: Person) -> None:
        """Somebody ends being contacts, and is not asked again; or they take their question back."""
        chosen = self.choice(place, person, other)
        if chosen is Choice.AGREED:
            self.forget(place, person, other)
            self._chosen[place, person, other] = Choice.REFUSED
        elif chosen is Choice.ASKED:
            del self._chosen[place, person, other]

    def of(self, person: Person) -> list[tuple[Place, Person, Choice]]:
        """The contacts of somebody, and those whom they have asked."""
        mine = [(place, other, choice) for (place, one, other), choice in self._chosen.items() if one is person]
        return [entry for entry in mine if entry[2] is not Choice.REFUSED]

    def forget(self, place: Place, person: Person, other: Person | None = None) -> None:
        """Forget what two people have chosen about each other; without the other, somebody and everybody else."""
        self._chosen = {
            key: choice
            for key, choice in self._chosen.items()
            if key[0] is not place or person not in key[1:] or (other is not None and other not in key[1:])
        }
