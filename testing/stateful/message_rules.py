"""Steps of the stateful test: writing, answering, reading, deleting and reporting, and becoming contacts."""

import uuid

from hypothesis import strategies as st
from hypothesis.stateful import rule

from testing.stateful.choices import WHERE, WHICH, WHO
from testing.stateful.comparing import Comparing
from testing.stateful.people import Person, Place, ShownTo
from testing.stateful.talks import KNOWN, Part

TEXT = "Would you like to talk about work one day?"


class MessageRules(Comparing):
    """Members who write to each other."""

    @rule(writer=WHO, other=WHO, place=WHERE)
    def write(self, writer: int, other: int, place: Place) -> None:
        """Somebody sends a first message."""
        me, they = self.two(writer, other)
        form = {"text": TEXT, "operation": str(uuid.uuid4())}
        answer = self.send(me, f"{self.page_of(place, they)}/write", form)
        if self._sees_nobody(answer.status_code, me, they, place, itself=422):
            return
        begun = self.community.begun(me, they, place)
        card = they.card(place)
        if begun is not None and self.community.part(begun, me) is not Part.DRAFT:
            assert answer.location == self.addresses[begun]
        elif card is None or not card.takes_messages:
            assert answer.status_code == 422
        elif me.written >= me.limit:
            assert answer.status_code == 429
        else:
            self.keep_address(self.community.send_first(me, they, place), answer.location)

    @rule(writer=WHO, other=WHO, place=WHERE)
    def type_first(self, writer: int, other: int, place: Place) -> None:
        """Somebody saves the draft of a first message."""
        me, they = self.two(writer, other)
        answer = self.send(me, f"{self.page_of(place, they)}/write/draft", {"text": TEXT})
        if self._sees_nobody(answer.status_code, me, they, place, itself=404):
            return
        begun = self.community.begun(me, they, place)
        if begun is not None and self.community.part(begun, me) is not Part.DRAFT:
            assert answer.location == self.addresses[begun]
            return
        assert answer.status_code == 303
        talk = self.community.draft(me, they, place)
        if talk not in self.addresses:
            self.keep_address(talk, self.newest(me, place))

    @rule(who=WHO, which=WHICH, how=st.sampled_from(("accept", "accept", "decline", "undo")))
    def answer(self, who: int, which: int, how: str) -> None:
        """Somebody accepts or declines a first message, or undoes that."""
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        part = self.community.part(talk, me)
        takes = {"accept": (Part.ASKED, Part.ACCEPTED)}.get(how, (Part.ASKED, Part.DECLINED))
        self.expect(self.send(me, f"{self.addresses[talk]}/{how}"), part in takes)
        if part in takes and how == "accept":
            self.community.accept(talk, me)
        elif part in takes:
            talk.is_declined = how == "decline"

    @rule(who=WHO, which=WHICH, how=st.sampled_from(("reply", "draft")))
    def reply(self, who: int, which: int, how: str) -> None:
        """Somebody writes in a conversation, and sends it or not."""
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        form = {"text": "And what do you do?"} | ({"operation": str(uuid.uuid4())} if how == "reply" else {})
        is_accepted = self.community.part(talk, me) is Part.ACCEPTED
        self.expect(self.send(me, f"{self.addresses[talk]}/{how}", form), is_accepted)
        if is_accepted and how == "reply":
            self.community.reply(talk, me)

    @rule(who=WHO, which=WHICH)
    def read(self, who: int, which: int) -> None:
        """Somebody reads a conversation, and what it says about becoming contacts, and marks it as read."""
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        part, other = self.community.part(talk, me), talk.with_whom(me)
        page = self.browsers[me].get(self.addresses[talk])
        assert page.status_code == (404 if part is None else 302 if part is Part.DRAFT else 200), page.status_code
        if part is Part.ACCEPTED and other is not None:
            assert self.community.contacts.words(talk.place, me, other) in page.text
        self.expect(self.send(me, f"{self.addresses[talk]}/read", {"number": "9999"}), part is not None)
        if part is not None:
            talk.read[me] = len(talk.writers)

    @rule(who=WHO, which=WHICH)
    def delete(self, who: int, which: int) -> None:
        """Somebody deletes a conversation; of a first message to them that is declining it."""
        self.may_see_others()
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        is_there = self.community.part(talk, me) is not None
        self.expect(self.send(me, f"{self.addresses[talk]}/delete", {"sure": "yes"}), is_there)
        self.community.delete(talk, me)

    @rule(who=WHO, which=WHICH)
    def report(self, who: int, which: int) -> None:
        """Somebody reports the first message of a conversation."""
        self.may_see_others()
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        can = self.community.part(talk, me) in KNOWN
        form = {"reason": "selling", "message_1": "yes", "operation": str(uuid.uuid4())}
        self.expect(self.send(me, f"{self.addresses[talk]}/report", form), can)
        other = talk.with_whom(me)
        if can and other is not None:
            me.reported.append((talk.place, other))

    @rule(who=WHO, which=WHICH, how=st.sampled_from(("", "", "", "refuse", "end")))
    def become_contacts(self, who: int, which: int, how: str) -> None:
        """Somebody asks the other in a conversation to become contacts or agrees, refuses, or ends it."""
        self.may_see_others()
        me, talk = self.one_talk(who, which)
        if talk is None:
            return
        other, contacts = talk.with_whom(me), self.community.contacts
        is_accepted = self.community.part(talk, me) is Part.ACCEPTED
        self.expect(self.send(me, f"{self.addresses[talk]}/contact{'/' if how else ''}{how}"), is_accepted)
        if is_accepted and other is not None:
            choose = {"refuse": contacts.refuse, "end": contacts.end}.get(how, contacts.ask)
            choose(talk.place, me, other)

    @rule(who=WHO, other=WHO, place=WHERE)
    def end_contact(self, who: int, other: int, place: Place) -> None:
        """Somebody ends being contacts in their list, where the other is as long as they have joined."""
        self.may_see_others()
        me, they = self.two(who, other)
        address = f"{place.page}/contacts/{self.cards[place, they]}/end"
        self.expect(self.send(me, address), True)
        if (place, they) in self.community.contacts_of(me):
            self.community.contacts.end(place, me, they)

    def _sees_nobody(self, status: int, me: Person, they: Person, place: Place, *, itself: int) -> bool:
        """Whether the answer to a first message must be that there is nobody; and that it is so."""
        if me.is_closed(place):
            assert status == 403, status
            return True
        if self.community.sees(me, they, place):
            return False
        card = me.card(place)
        is_itself = me is they and card is not None and card.shown_to is not ShownTo.NOBODY
        assert status == (itself if is_itself else 404), status
        return True
