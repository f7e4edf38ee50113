"""Who does not exist for whom, by decision 49: blocks where they were made, elsewhere, and on all maps."""

from testing.stateful.people import Person, Place


class Blocks:
    """All blocks; ``made`` says of each whether it is on all maps of the one who made it."""

    def __init__(self) -> None:
        self.made: dict[tuple[Place, Person, Person], bool] = {}
        self._elsewhere: set[tuple[Place, Person, Person, Place]] = set()

    def of(self, person: Person) -> list[tuple[Place, Person]]:
        """Whom somebody has blocked, and where."""
        return [(place, other) for place, one, other in self.made if one is person]

    def block(self, place: Place, person: Person, other: Person, *, everywhere: bool) -> None:
        """Somebody blocks another one; what was on all maps stays so."""
        key = place, person, other
        self.made[key] = everywhere or self.made.get(key, False)

    def unblock(self, place: Place, person: Person, other: Person) -> None:
        """Somebody ends a block: there, and where else it holds."""
        del self.made[place, person, other]
        self._elsewhere = {
            (there, one, two, made_in)
            for there, one, two, made_in in self._elsewhere
            if (one, two) != (person, other) or place not in (there, made_in)
        }

    def spread(self, person: Person) -> list[tuple[Place, Person, Person]]:
        """Let the blocks of somebody, and those against them, hold where all four cards have the account's name."""
        reached = []
        for made_in, one, other in self.made:
            for there in Place:
                cards = [who.cards.get(place) for who in (one, other) for place in (there, made_in)]
                is_known_anyway = all(card is not None and card.name is None for card in cards)
                if person in (one, other) and there is not made_in and is_known_anyway:
                    self._elsewhere.add((there, one, other, made_in))
                    reached.append((there, one, other))
        return reached

    def exist(self, viewer: Person, person: Person, place: Place) -> bool:
        """Whether somebody exists for a viewer in a community."""
        return not self.has_blocked(person, viewer, place) and not self._holds(viewer, person, place)

    def has_blocked(self, person: Person, viewer: Person, place: Place) -> bool:
        """Whether somebody looks to a viewer as if they had deleted their account, because they blocked the viewer."""
        is_everywhere = any(self.made.get((made_in, person, viewer), False) for made_in in Place)
        return is_everywhere or self._holds(person, viewer, place)

    def forget(self, person: Person) -> None:
        """Somebody deletes their account."""
        self.made = {key: wide for key, wide in self.made.items() if person not in key[1:]}
        self._elsewhere = {key for key in self._elsewhere if person not in key[1:3]}

    def _holds(self, one: Person, other: Person, place: Place) -> bool:
        is_elsewhere = any((place, one, other, made_in) in self._elsewhere for made_in in Place)
        return (place, one, other) in self.made or is_elsewhere
