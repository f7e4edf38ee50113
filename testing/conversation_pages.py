"""What the stateful test of conversations does and looks at through the pages of four members."""

import itertools
import re
import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Engine, select, text, update
from werkzeug.test import TestResponse

from mapservice import db
from mapservice.store.accounts import members
from mapservice.store.messages import first_messages
from mapservice.store.tables import Member, Membership
from testing.accounts import new_member, post, sign_in
from testing.conversation_model import Community, Person, Talk

SLUG = "acute-lymphoblastic-leukaemia"
ALL = f"/conditions/{SLUG}"

NAMES = ("Ana", "Ben", "Cem", "Dua")
# What is half done, in the rows of these members.
_HALF = text("""
    select 'a conversation without its starter' from conversation c where not exists (
        select from participant p
        where p.condition_id = c.condition_id and p.conversation_id = c.id and p.member_id = c.member_id)
    union all select 'numbers of messages that do not fit' from conversation c where c.messages <> (
        select count(*) from message m where m.condition_id = c.condition_id and m.conversation_id = c.id)
    union all select 'a message that was sent and is not there' from conversation
    where (state = 'draft') <> (messages = 0)
    union all select 'read further than written' from participant p join conversation c
        on c.condition_id = p.condition_id and c.id = p.conversation_id where p.messages_read > c.messages
    union all select 'a message of somebody who takes no part' from message m where not exists (
        select from participant p where p.condition_id = m.condition_id
        and p.conversation_id = m.conversation_id and p.member_id = m.member_id)
    union all select 'an accepted conversation of one' from conversation c where state = 'accepted' and 2 <> (
        select count(*) from participant p where p.condition_id = c.condition_id and p.conversation_id = c.id)
""")


class ConversationPages(RuleBasedStateMachine):
    """The browsers of the members; after each step their pages are compared with the model.

    ``app`` is the service, and ``engine`` sees the rows of everybody.
    """

    app: Flask
    engine: Engine
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.community = Community(NAMES)
        self.ids: dict[Person, uuid.UUID] = {}
        self.cards: dict[Person, str] = {}
        self.addresses: dict[Talk, str] = {}
        self.browsers: dict[Person, FlaskClient] = {}
        #: Those who were part of the last step; those who may see other people or reports than when they last looked.
        self.concerned: set[Person] = set()
        self.stale: set[Person] = set()
        self._turns = itertools.cycle(self.community.people)
        for person in self.community.people:
            self._sign_up(person)

    def teardown(self) -> None:
        """Delete all of them, so that the next ones meet nobody."""
        with db.transaction(self.engine) as session:
            for member_id in self.ids.values():
                member = session.get(Member, member_id)
                if member is not None:
                    members.delete_account(session, member)

    def check_invariants(self, *arguments: Any, **more: Any) -> None:
        """Compare after each step, beside what Hypothesis checks."""
        super().check_invariants(*arguments, **more)
        type(self).steps += 1
        self.compare()

    def compare(self) -> None:
        """Compare with the model what the members are shown who had part in the step, and one more; at each fifth all.

        And look for anything that is half done.
        """
        with db.open_session(self.engine) as session:
            assert session.scalars(_HALF).all() == []
            for person in self.community.living():
                member = session.get_one(Member, self.ids[person])
                new_people = first_messages.count(session, member)
                assert (new_people.written, new_people.limit) == (person.written, person.limit), person.name
        self.concerned.add(next(self._turns))
        is_fifth = type(self).steps % 5 == 0
        for person in self.community.living():
            if is_fifth or person in self.concerned:
                self._compare(person)
        self.concerned.clear()

    def _compare(self, person: Person) -> None:
        browser, inbox = self.browsers[person], self.community.inbox(person)
        page = browser.get("/messages")
        assert page.status_code == 200
        assert listed(page.text) == {self.addresses[talk]: shown for talk, shown in inbox.items()}, person.name
        new = re.search(r'class="count">.*?</span> (\d+)</span>', page.text)
        assert int(new[1] if new else 0) == sum(is_new for _name, is_new in inbox.values()), person.name
        if person in self.stale:
            self.stale.discard(person)
            page = browser.get(f"{ALL}/map?in=DE")
            people = set(re.findall(r'people/([\w-]+)"', page.text)) - {self.cards[person]}
            seen = {self.cards[other] for other in self.community.people if self.community.sees(person, other)}
            assert people == seen, person.name
            reports = browser.get("/me/reports").text
            assert reports.count('<li class="card') == self.community.reports(person), person.name

    # How it is done.

    def may_see_others(self) -> None:
        """Look again, before long, at whom each of them sees and which reports they can read."""
        self.stale.update(self.community.people)

    def _sign_up(self, person: Person) -> None:
        with db.open_session(self.engine) as session:
            member = new_member(session, f"{uuid.uuid4()}@example.org", pseudonym=person.name)
            member.joined = member.joined.replace(year=member.joined.year - 1)
            session.commit()
            self.ids[person], self.cards[person] = member.id, "nobody"
        self.browsers[person] = self.app.test_client()
        sign_in(self.browsers[person], member)
        self._join(person)
        self.show_in_country(person)

    def show_in_country(self, me: Person) -> None:
        """Show somebody in their country to the community; a new home can be chosen again at once."""
        with db.transaction(self.engine) as session:
            no_waiting = {"home_changed_on": None, "home_corrections": 0}
            session.execute(update(Member).where(Member.id == self.ids[me]).values(no_waiting))
        form = {"zone": "DE", "audience": "condition", "finer": "yes", "operation": str(uuid.uuid4())}
        answer = self._post(me, f"{ALL}/place", form)
        assert (answer.status_code == 303) == me.has_joined, answer.status_code
        me.is_shown = me.has_joined
        self.may_see_others()

    def _join(self, me: Person) -> None:
        form = {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())}
        self._expect(self._post(me, f"{ALL}/join", form), True)
        self.community.join(me)
        with db.open_session(self.engine) as session:
            mine = select(Membership.public_id).where(Membership.member_id == self.ids[me])
            self.cards[me] = session.scalars(mine).one()

    def _post(self, me: Person, path: str, form: dict[str, str] | None = None) -> TestResponse:
        answer = post(self.browsers[me], path, form)
        assert answer.status_code < 500, (path, answer.status_code)
        return answer

    def _expect(self, answer: TestResponse, is_done: bool) -> None:
        assert answer.status_code == (303 if is_done else 404), (answer.request.path, answer.status_code)

    def _keep_address(self, talk: Talk, address: str | None) -> None:
        assert address is not None
        self.addresses[talk] = address

    def _newest(self, me: Person) -> str:
        """The address of the conversation that somebody has begun last."""
        with db.open_session(self.engine) as session:
            begun = text("select id from conversation where member_id = :me order by active_at desc limit 1")
            return f"{ALL}/messages/{session.scalar(begun, {'me': self.ids[me]})}"

    def _person(self, number: int) -> Person:
        """Somebody who has an account, beginning with this number."""
        living = self.community.living()
        person = living[number % len(living)]
        self.concerned.add(person)
        return person

    def _two(self, one: int, other: int) -> tuple[Person, Person]:
        they = self.community.people[other]
        self.concerned.add(they)
        return self._person(one), they

    def _one(self, who: int, which: int) -> tuple[Person, Talk | None]:
        talks = self.community.talks
        talk = talks[which % len(talks)] if talks else None
        self.concerned.update(talk.people() if talk else ())
        return self._person(who), talk


def listed(page: str) -> dict[str, tuple[str, bool]]:
    """What an inbox lists: by its address the name of the other, empty if it is a secret, and whether it is new."""
    rows = re.findall(
        r'<li class="card( is-unread)?">\s*<h2><a href="([^"#]+)[^"]*">(?:<bdi>(.*?)</bdi>|[^<]*)</a>', page
    )
    return {address: (name, bool(unread)) for unread, address, name in rows}
