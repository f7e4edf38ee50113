"""What the stateful test looks at after each step, and compares with the model."""

import itertools
import re
from typing import Any

from sqlalchemy import text

from mapservice import db
from mapservice.store.messages import first_messages
from mapservice.store.tables import Member
from testing.stateful.pages import Pages
from testing.stateful.people import Person, Place

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
    union all select 'a contact of one side' from contact c where choice = 'agreed' and not exists (
        select from contact o where o.condition_id = c.condition_id and o.choice = 'agreed'
        and o.member_id = c.contact_id and o.contact_id = c.member_id)
    union all select 'contacts in spite of a block' from contact c join block b on b.condition_id = c.condition_id
        and b.member_id in (c.member_id, c.contact_id) and b.blocked_id in (c.member_id, c.contact_id)
    union all select 'a block elsewhere without the block' from block_elsewhere e where not exists (
        select from block b
        where b.condition_id = e.made_in and b.member_id = e.member_id and b.blocked_id = e.blocked_id)
    union all select 'shown while the account is suspended' from membership m
        join suspension s on s.member_id = m.member_id where m.audience <> 'nobody'
    union all select 'closed without a choice, or a choice without' from membership m
        full join (select * from memorial where not is_final) as r
        on r.condition_id = m.condition_id and r.member_id = m.member_id
        where (m.closed_on is null) <> (r.id is null)
""")


class Comparing(Pages):
    """After each step the pages of the members are compared with the model."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self._turns = itertools.cycle(self.community.people)

    def check_invariants(self, *arguments: Any, **more: Any) -> None:
        """Compare after each step, beside what Hypothesis checks."""
        super().check_invariants(*arguments, **more)
        type(self).steps += 1
        self.compare()

    def compare(self) -> None:
        """Compare with the model what the members are shown who had part in the step, and one more; at each fifth all.

        Their lists are compared at each fifth step alone. And look for anything that is half done.
        """
        with db.open_session(self.engine) as session:
            assert session.scalars(_HALF).all() == []
            for person in self.community.present():
                member = session.get_one(Member, self.ids[person])
                new_people = first_messages.count(session, member)
                assert (new_people.written, new_people.limit) == (person.written, person.limit), person.name
        self.concerned.add(next(self._turns))
        is_fifth = type(self).steps % 5 == 0
        for person in self.community.people:
            if person.is_suspended:
                assert self.browsers[person].get("/messages").status_code in (302, 303), person.name
            elif person.has_account and (is_fifth or person in self.concerned):
                self._compare_inbox(person)
                if person in self.stale:
                    self._compare_maps(person)
                if person in self.stale and is_fifth:
                    self.stale.discard(person)
                    self._compare_lists(person)
        self.concerned.clear()

    def _compare_inbox(self, person: Person) -> None:
        inbox = self.community.inbox(person)
        page = self.browsers[person].get("/messages")
        assert page.status_code == 200
        assert listed(page.text) == {self.addresses[talk]: shown for talk, shown in inbox.items()}, person.name
        new = re.search(r'class="count">.*?</span> (\d+)</span>', page.text)
        assert int(new[1] if new else 0) == sum(is_new for _name, is_new in inbox.values()), person.name

    def _compare_maps(self, person: Person) -> None:
        browser, community = self.browsers[person], self.community
        for place in Place:
            page = browser.get(f"{place.page}/map?in=DE")
            people = set(re.findall(r'people/([\w-]+)"', page.text)) - {self.cards[place, person]}
            seen = {self.cards[place, other] for other in community.people if community.sees(person, other, place)}
            assert people == seen, (person.name, place)

    def _compare_lists(self, person: Person) -> None:
        browser, community = self.browsers[person], self.community
        reports = browser.get("/me/reports").text
        assert reports.count('<li class="card') == community.reports(person), person.name
        assert browser.get("/me/blocked").text.count('name="block"') == len(community.blocks.of(person)), person.name
        contacts = {
            f"{place.page}/contacts/{self.cards[place, other]}/end": shown
            for (place, other), shown in community.contacts_of(person).items()
        }
        assert listed_contacts(browser.get("/me/contacts").text) == contacts, person.name


def listed(page: str) -> dict[str, tuple[str, bool]]:
    """What an inbox lists: by its address the name of the other, empty if it is a secret, and whether it is new."""
    rows = re.findall(
        r'<li class="card( is-unread)?">\s*<h2><a href="([^"#]+)[^"]*">(?:<bdi>(.*?)</bdi>|[^<]*)</a>', page
    )
    return {address: (name, bool(unread)) for unread, address, name in rows}


def listed_contacts(page: str) -> dict[str, tuple[str, str]]:
    """What the list of contacts has: by the address where it ends the name, and whether they agreed or were asked."""
    rows = re.findall(
        r'<strong><bdi>(.*?)</bdi></strong>( <span class="tag">)?.*?action="([^"]+/end)"', page, re.DOTALL
    )
    return {address: (name, "asked" if tag else "agreed") for name, tag, address in rows}
