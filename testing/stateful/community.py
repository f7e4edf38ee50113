"""What two communities of a few members should be like after what they did: their blocks, contacts and conversations.

It is written from the rules that members read, without the code of the service, for the stateful test.
"""

import itertools

from testing.stateful.blocks import Blocks
from testing.stateful.contacts import Contacts
from testing.stateful.people import ACCEPTED, Card, Person, Place, ShownTo
from testing.stateful.talks import KNOWN, Part, Talk


class Community:
    """All of them, and all conversations that there ever were."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.people = [Person(name) for name in names]
        self.talks: list[Talk] = []
        self.blocks, self.contacts = Blocks(), Contacts()
        self._moments = itertools.count(1)

    def present(self) -> list[Person]:
        """Those who have an account that is not suspended."""
        return [person for person in self.people if person.has_account and not person.is_suspended]

    def sees(self, viewer: Person, person: Person, place: Place) -> bool:
        """Whether a member who has joined can see another one on the map."""
        own, card = viewer.card(place), person.card(place)
        if own is None or card is None or viewer is person or not self.blocks.exist(viewer, person, place):
            return False
        is_contact = self.contacts.are(place, viewer, person)
        return card.shown_to is ShownTo.CONDITION or (card.shown_to is ShownTo.CONTACTS and is_contact)

    def part(self, talk: Talk, person: Person) -> Part | None:
        """What a conversation is for somebody; None if there is no such conversation for them."""
        if talk.is_gone or person not in talk.people() or person.is_closed(talk.place):
            return None
        is_starter = person is talk.starter
        if is_starter and talk.state is Part.SENT:
            return Part.SENT
        other = talk.with_whom(person)
        if other is None or other.card(talk.place) is None or not self.blocks.exist(person, other, talk.place):
            return None
        if talk.state is Part.ACCEPTED or is_starter:
            return talk.state
        if talk.state is Part.DRAFT:
            return None
        return Part.DECLINED if talk.is_declined else Part.ASKED

    def inbox(self, person: Person) -> dict[Talk, tuple[str, bool]]:
        """The conversations that somebody is shown: the name of the other, unless it is a secret, and what is new."""
        shown: dict[Talk, tuple[str, bool]] = {}
        for talk in self.talks:
            part = self.part(talk, person)
            if part is not None and part is not Part.DECLINED:
                other = talk.with_whom(person)
                name = "" if part is Part.SENT or other is None else other.name_in(talk.place)
                shown[talk] = name, talk.read.get(person, 0) < len(talk.writers)
        return shown

    def begun(self, person: Person, other: Person, place: Place) -> Talk | None:
        """The conversation that somebody has with another member, the last active one."""
        talks = [
            talk
            for talk in self.talks
            if talk.place is place and talk.with_whom(person) is other and self.part(talk, person)
        ]
        return max(talks, key=lambda talk: talk.active, default=None)

    def can_block(self, person: Person, other: Person, place: Place) -> bool:
        """Whether somebody sees another one, has a conversation with them, or has blocked them already."""
        known = self.begun(person, other, place)
        if self.sees(person, other, place) or (known is not None and self.part(known, person) in KNOWN):
            return True
        return (place, person, other) in self.blocks.made and other.card(place) is not None

    def draft(self, writer: Person, other: Person, place: Place) -> Talk:
        """Somebody types a first message without sending it; the conversation that has it."""
        talk = self.begun(writer, other, place)
        if talk is None:
            talk = Talk(place, writer, other, active=next(self._moments))
            self.talks.append(talk)
        return talk

    def send_first(self, writer: Person, other: Person, place: Place) -> Talk:
        """Somebody sends a first message; the conversation that has it."""
        talk = self.draft(writer, other, place)
        talk.state = Part.SENT
        writer.written += 1
        self.reply(talk, writer)
        return talk

    def reply(self, talk: Talk, writer: Person) -> None:
        """Somebody writes in a conversation."""
        talk.writers.append(writer)
        talk.read[writer] = len(talk.writers)
        talk.active = next(self._moments)

    def accept(self, talk: Talk, person: Person) -> None:
        """Somebody accepts a first message."""
        if talk.state is Part.SENT:
            talk.state, talk.active = Part.ACCEPTED, next(self._moments)
            talk.read[person] = len(talk.writers)
            talk.starter.accepted = min(ACCEPTED, talk.starter.accepted + 1)

    def delete(self, talk: Talk, person: Person) -> None:
        """Somebody deletes a conversation; of a first message to them that is declining it."""
        part = self.part(talk, person)
        if part in (Part.ASKED, Part.DECLINED):
            talk.is_declined = True
        elif part is not None:
            talk.is_gone = True
        if part is Part.ACCEPTED:
            self.contacts.forget(talk.place, *talk.people())

    def block(self, person: Person, other: Person, place: Place, *, everywhere: bool) -> None:
        """Somebody blocks another one; where neither exists for the other, they are no contacts."""
        self.blocks.block(place, person, other, everywhere=everywhere)
        self.contacts.forget(place, person, other)
        self._spread_blocks(person)

    def join(self, person: Person, place: Place, *, name: str | None, is_caregiver: bool) -> None:
        """Somebody joins the community, where nobody sees them yet, or changes role and name."""
        card = person.cards.setdefault(place, Card())
        card.name, card.is_caregiver = name, is_caregiver
        if name is None:
            self._spread_blocks(person)

    def leave(self, person: Person, place: Place) -> None:
        """Somebody leaves: what they wrote goes, and what they did not answer is only its writer's."""
        person.cards.pop(place, None)
        self.contacts.forget(place, person)
        for talk in self.talks:
            if talk.place is not place or talk.is_gone or person not in talk.people():
                continue
            if talk.starter is person or talk.state is Part.ACCEPTED:
                talk.is_gone = True
            else:
                talk.other = None

    def close(self, person: Person, place: Place) -> None:
        """A caregiver closes their membership after a death: for all others they have left."""
        card = person.card(place)
        if card is not None and card.is_caregiver:
            card.is_closed, card.before_closing, card.shown_to = True, card.shown_to, ShownTo.NOBODY

    def reopen(self, person: Person, place: Place) -> None:
        """A caregiver undoes that, and all is as before."""
        if person.is_closed(place):
            card = person.cards[place]
            card.is_closed, card.shown_to = False, card.before_closing

    def suspend(self, person: Person) -> None:
        """Staff suspend an account: it is shown to nobody, and can do nothing."""
        person.is_suspended = True
        for card in person.cards.values():
            card.before_suspension, card.shown_to = card.shown_to, ShownTo.NOBODY

    def lift(self, person: Person) -> None:
        """Staff end a suspension, and all is as before."""
        person.is_suspended = False
        for card in person.cards.values():
            card.shown_to = card.before_suspension

    def delete_account(self, person: Person) -> None:
        """Somebody deletes their account."""
        for place in Place:
            self.leave(person, place)
        person.has_account = False
        self.blocks.forget(person)
        for other in self.people:
            other.reported = [(place, reported) for place, reported in other.reported if reported is not person]

    def reports(self, person: Person) -> int:
        """How many of their reports somebody can read: not about people who blocked them since."""
        return sum(not self.blocks.has_blocked(reported, person, place) for place, reported in person.reported)

    def contacts_of(self, person: Person) -> dict[tuple[Place, Person], tuple[str, str]]:
        """The contacts that somebody is shown, and those whom they have asked, with their names."""
        return {
            (place, other): (other.name_in(place), choice)
            for place, other, choice in self.contacts.of(person)
            if other.card(place) and not person.is_closed(place) and self.blocks.exist(person, other, place)
        }

    def _spread_blocks(self, person: Person) -> None:
        for place, one, other in self.blocks.spread(person):
            self.contacts.forget(place, one, other)
