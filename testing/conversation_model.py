"""What a community of a few members should be like after what they did: their blocks, conversations and limits.

It is written from the rules that members read, without the code of the service, for the stateful test.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

#: How many new people somebody can write to in a day, before and after so many people have accepted.
NEW_PEOPLE, MORE_NEW_PEOPLE, ACCEPTED = 3, 15, 3


class Part(StrEnum):
    """What a conversation is for one of its two members."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED = "asked"
    DECLINED = "declined"
    ACCEPTED = "accepted"


@dataclass(slots=True, eq=False)
class Talk:
    """A conversation that ``starter`` began with ``other``, who is None once they left without an answer."""

    starter: "Person"
    other: "Person | None"
    state: Part = Part.DRAFT
    is_declined: bool = False
    writers: list["Person"] = field(default_factory=list)
    read: dict["Person", int] = field(default_factory=dict)
    active: int = 0
    is_gone: bool = False

    def people(self) -> list["Person"]:
        """Those who take part in it."""
        return [person for person in (self.starter, self.other) if person is not None]

    def with_whom(self, person: "Person") -> "Person | None":
        """The other one in it."""
        return next((someone for someone in self.people() if someone is not person), None)


@dataclass(slots=True, eq=False)
class Person:
    """A member: what they show and allow in the one community, and how many new people they wrote to."""

    name: str
    has_account: bool = True
    has_joined: bool = False
    is_shown: bool = False
    takes_messages: bool = True
    written: int = 0
    accepted: int = 0
    blocked: set["Person"] = field(default_factory=set)
    reported: list["Person"] = field(default_factory=list)

    @property
    def limit(self) -> int:
        """How many new people they can write to in a day."""
        return MORE_NEW_PEOPLE if self.accepted >= ACCEPTED else NEW_PEOPLE


class Community:
    """All of them, and all conversations that there ever were."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.people = [Person(name) for name in names]
        self.talks: list[Talk] = []
        self._moments = itertools.count(1)

    def living(self) -> list[Person]:
        """Those who still have an account."""
        return [person for person in self.people if person.has_account]

    def sees(self, viewer: Person, person: Person) -> bool:
        """Whether a member who has joined can see another one on the map."""
        is_there = person.has_account and person.has_joined and person.is_shown
        return viewer.has_joined and is_there and viewer is not person and not self.apart(viewer, person)

    def apart(self, one: Person, other: Person) -> bool:
        """Whether one of them has blocked the other."""
        return other in one.blocked or one in other.blocked

    def part(self, talk: Talk, person: Person) -> Part | None:
        """What a conversation is for somebody; None if there is no such conversation for them."""
        if talk.is_gone or person not in talk.people():
            return None
        is_starter = person is talk.starter
        if is_starter and talk.state is Part.SENT:
            return Part.SENT
        other = talk.with_whom(person)
        if other is None or not other.has_account or not other.has_joined or self.apart(person, other):
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
                name = "" if part is Part.SENT or other is None else other.name
                shown[talk] = name, talk.read.get(person, 0) < len(talk.writers)
        return shown

    def begun(self, person: Person, other: Person) -> Talk | None:
        """The conversation that somebody has with another member, the last active one."""
        talks = [talk for talk in self.talks if talk.with_whom(person) is other and self.part(talk, person)]
        return max(talks, key=lambda talk: talk.active, default=None)

    def draft(self, writer: Person, other: Person) -> Talk:
        """Somebody types a first message without sending it; the conversation that has it."""
        talk = self.begun(writer, other)
        if talk is None:
            talk = Talk(writer, other, active=next(self._moments))
            self.talks.append(talk)
        return talk

    def send_first(self, writer: Person, other: Person) -> Talk:
        """Somebody sends a first message; the conversation that has it."""
        talk = self.draft(writer, other)
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

    def join(self, person: Person) -> None:
        """Somebody joins the community; nobody sees them yet."""
        person.has_joined = True

    def leave(self, person: Person) -> None:
        """Somebody leaves: what they wrote goes, and what they did not answer is only its writer's."""
        person.has_joined = person.is_shown = False
        person.takes_messages = True
        self._end(person)

    def delete_account(self, person: Person) -> None:
        """Somebody deletes their account."""
        self.leave(person)
        person.has_account = False
        person.blocked.clear()
        for other in self.people:
            other.blocked.discard(person)
            other.reported = [reported for reported in other.reported if reported is not person]

    def reports(self, person: Person) -> int:
        """How many of their reports somebody can read: not about people who blocked them since."""
        return sum(person not in reported.blocked for reported in person.reported)

    def _end(self, person: Person) -> None:
        for talk in self._of(person):
            if talk.starter is person or talk.state is Part.ACCEPTED:
                talk.is_gone = True
            else:
                talk.other = None

    def _of(self, person: Person) -> Iterator[Talk]:
        return (talk for talk in list(self.talks) if not talk.is_gone and person in talk.people())
