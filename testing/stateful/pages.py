"""What the stateful test does through the pages of its members."""

import uuid

from flask import Flask
from flask.testing import FlaskClient
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Engine, select, text, update
from werkzeug.test import TestResponse

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Member, Membership
from testing.accounts import new_member, post, sign_in
from testing.locations import put
from testing.stateful.community import Community
from testing.stateful.people import Card, Person, Place, ShownTo
from testing.stateful.talks import Talk

NAMES = ("Ana", "Ben", "Cem", "Dua")


class Pages(RuleBasedStateMachine):
    """The browsers of the members. ``app`` is the service, and ``engine`` sees the rows of everybody."""

    app: Flask
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.community = Community(NAMES)
        self.ids: dict[Person, uuid.UUID] = {}
        #: The public ids of cards, those of people who have left too.
        self.cards: dict[tuple[Place, Person], str] = {}
        self.addresses: dict[Talk, str] = {}
        self.browsers: dict[Person, FlaskClient] = {}
        #: Those who were part of the last step; those who may see other people or lists than when they last looked.
        self.concerned: set[Person] = set()
        self.stale: set[Person] = set()
        for person in self.community.people:
            self._sign_up(person)

    def teardown(self) -> None:
        """Delete all of them, so that the next ones meet nobody."""
        with db.transaction(self.engine) as session:
            for member_id in self.ids.values():
                member = session.get(Member, member_id)
                if member is not None:
                    members.delete_account(session, member)

    def may_see_others(self) -> None:
        """Look again, before long, at whom each of them sees, and at their lists."""
        self.stale.update(self.community.people)

    def show_in_country(self, me: Person, place: Place, to: ShownTo = ShownTo.CONDITION) -> None:
        """Show somebody in their country to the community or to contacts; a new home can be chosen again at once."""
        with db.transaction(self.engine) as session:
            no_waiting = {"home_changed_on": None, "home_corrections": 0}
            session.execute(update(Member).where(Member.id == self.ids[me]).values(no_waiting))
        form = {"zone": "DE", "audience": to.value, "finer": "yes", "operation": str(uuid.uuid4())}
        answer, card = self.send(me, f"{place.page}/place", form), me.card(place)
        assert (answer.status_code == 303) == (card is not None), answer.status_code
        if card is not None:
            card.shown_to = to
        self.may_see_others()

    def join_place(self, me: Person, place: Place, *, name: str | None = None, is_caregiver: bool = False) -> None:
        """Let somebody join a community, or change role and name; of a card that was closed nothing changes."""
        role = "caregiver" if is_caregiver else "person"
        form = {"role": role, "pseudonym": name or "", "consent": "yes", "operation": str(uuid.uuid4())}
        self.expect(self.send(me, f"{place.page}/join", form), True)
        if me.is_closed(place):
            return
        self.community.join(me, place, name=name, is_caregiver=is_caregiver)
        with db.open_session(self.engine) as session:
            condition = conditions.get(session, place)
            mine = select(Membership.public_id).where(
                Membership.condition_id == condition.id, Membership.member_id == self.ids[me]
            )
            self.cards[place, me] = session.scalars(mine).one()

    def sign_in(self, me: Person) -> None:
        """Give somebody a browser in which they are signed in."""
        with db.open_session(self.engine) as session:
            self.browsers[me] = self.app.test_client()
            sign_in(self.browsers[me], session.get_one(Member, self.ids[me]))

    def send(self, me: Person, path: str, form: dict[str, str] | None = None) -> TestResponse:
        """Send a form."""
        answer = post(self.browsers[me], path, form)
        assert answer.status_code < 500, (path, answer.status_code)
        return answer

    def expect(self, answer: TestResponse, is_done: bool, otherwise: int = 404) -> None:
        """Check that something was done, or that there is no such thing for this person."""
        assert answer.status_code == (303 if is_done else otherwise), (answer.request.path, answer.status_code)

    def keep_address(self, talk: Talk, address: str | None) -> None:
        """Remember where a conversation is."""
        assert address is not None
        self.addresses[talk] = address

    def newest(self, me: Person, place: Place) -> str:
        """The address of the conversation that somebody has begun last."""
        with db.open_session(self.engine) as session:
            begun = text("select id from conversation where member_id = :me order by active_at desc limit 1")
            return f"{place.page}/messages/{session.scalar(begun, {'me': self.ids[me]})}"

    def page_of(self, place: Place, person: Person) -> str:
        """The address of a card."""
        return f"{place.page}/people/{self.cards[place, person]}"

    def person(self, number: int) -> Person:
        """Somebody who can sign in, beginning with this number."""
        present = self.community.present()
        person = present[number % len(present)]
        self.concerned.add(person)
        return person

    def two(self, one: int, other: int) -> tuple[Person, Person]:
        """Somebody who can sign in, and anybody."""
        they = self.community.people[other]
        self.concerned.add(they)
        return self.person(one), they

    def one_talk(self, who: int, which: int) -> tuple[Person, Talk | None]:
        """Somebody who can sign in, and any conversation."""
        talks = self.community.talks
        talk = talks[which % len(talks)] if talks else None
        self.concerned.update(talk.people() if talk else ())
        return self.person(who), talk

    def _sign_up(self, person: Person) -> None:
        """Let somebody join both communities, and be shown in their country to the members of both."""
        with db.open_session(self.engine) as session:
            member = new_member(session, f"{uuid.uuid4()}@example.org", pseudonym=person.name)
            member.joined = member.joined.replace(year=member.joined.year - 1)
            session.commit()
            self.ids[person] = member.id
            for place in Place:
                condition, audience = conditions.get(session, place), Audience(ShownTo.CONDITION)
                card = put(session, member, condition, "DE", level=Level.COUNTRY, audience=audience)
                self.cards[place, person] = card.public_id
                person.cards[place] = Card(shown_to=ShownTo.CONDITION)
        self.sign_in(person)
