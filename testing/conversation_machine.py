"""A stateful test of conversations: four members do anything in any order through the pages, and a model says the same.

``machine`` makes a state machine of Hypothesis for a service whose transactions are real ones.
"""

import re
import uuid

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Engine, text

from mapservice import db
from testing.conversation_model import Part
from testing.conversation_pages import ALL, NAMES, ConversationPages

TEXT = "Would you like to talk about work one day?"

WHO = st.sampled_from(range(len(NAMES)))
WHICH = st.integers(0, 30)


class ConversationMachine(ConversationPages):
    """Members who write, answer, block, hide, report and leave."""

    @rule(writer=WHO, other=WHO)
    def write(self, writer: int, other: int) -> None:
        """Somebody sends a first message."""
        me, they = self._two(writer, other)
        form = {"text": TEXT, "operation": str(uuid.uuid4())}
        answer = self._post(me, f"{ALL}/people/{self.cards[they]}/write", form)
        if me is they or not self.community.sees(me, they):
            assert answer.status_code == (422 if me is they and me.is_shown else 404), answer.status_code
            return
        begun = self.community.begun(me, they)
        if begun is not None and self.community.part(begun, me) is not Part.DRAFT:
            assert answer.location == self.addresses[begun]
        elif not they.takes_messages:
            assert answer.status_code == 422
        elif me.written >= me.limit:
            assert answer.status_code == 429
        else:
            self._keep_address(self.community.send_first(me, they), answer.location)

    @rule(writer=WHO, other=WHO)
    def type_first(self, writer: int, other: int) -> None:
        """Somebody saves the draft of a first message."""
        me, they = self._two(writer, other)
        answer = self._post(me, f"{ALL}/people/{self.cards[they]}/write/draft", {"text": TEXT})
        if me is they or not self.community.sees(me, they):
            assert answer.status_code == 404
            return
        begun = self.community.begun(me, they)
        if begun is not None and self.community.part(begun, me) is not Part.DRAFT:
            assert answer.location == self.addresses[begun]
            return
        assert answer.status_code == 303
        talk = self.community.draft(me, they)
        if talk not in self.addresses:
            self._keep_address(talk, self._newest(me))

    @rule(who=WHO, which=WHICH, how=st.sampled_from(("accept", "decline", "undo")))
    def answer(self, who: int, which: int, how: str) -> None:
        """Somebody accepts or declines a first message, or undoes that."""
        me, talk = self._one(who, which)
        if talk is None:
            return
        part = self.community.part(talk, me)
        takes = {"accept": (Part.ASKED, Part.ACCEPTED)}.get(how, (Part.ASKED, Part.DECLINED))
        self._expect(self._post(me, f"{self.addresses[talk]}/{how}"), part in takes)
        if part in takes and how == "accept":
            self.community.accept(talk, me)
        elif part in takes:
            talk.is_declined = how == "decline"

    @rule(who=WHO, which=WHICH, how=st.sampled_from(("reply", "draft")))
    def reply(self, who: int, which: int, how: str) -> None:
        """Somebody writes in a conversation, and sends it or not."""
        me, talk = self._one(who, which)
        if talk is None:
            return
        form = {"text": "And what do you do?"} | ({"operation": str(uuid.uuid4())} if how == "reply" else {})
        is_accepted = self.community.part(talk, me) is Part.ACCEPTED
        self._expect(self._post(me, f"{self.addresses[talk]}/{how}", form), is_accepted)
        if is_accepted and how == "reply":
            self.community.reply(talk, me)

    @rule(who=WHO, which=WHICH)
    def read(self, who: int, which: int) -> None:
        """Somebody reads a conversation, and marks it as read."""
        me, talk = self._one(who, which)
        if talk is None:
            return
        part = self.community.part(talk, me)
        page = self.browsers[me].get(self.addresses[talk])
        assert page.status_code == (404 if part is None else 302 if part is Part.DRAFT else 200), page.status_code
        self._expect(self._post(me, f"{self.addresses[talk]}/read", {"number": "9999"}), part is not None)
        if part is not None:
            talk.read[me] = len(talk.writers)

    @rule(who=WHO, which=WHICH)
    def delete(self, who: int, which: int) -> None:
        """Somebody deletes a conversation; of a first message to them that is declining it."""
        me, talk = self._one(who, which)
        if talk is None:
            return
        part = self.community.part(talk, me)
        self._expect(self._post(me, f"{self.addresses[talk]}/delete", {"sure": "yes"}), part is not None)
        if part in (Part.ASKED, Part.DECLINED):
            talk.is_declined = True
        elif part is not None:
            talk.is_gone = True

    @rule(who=WHO, which=WHICH)
    def report(self, who: int, which: int) -> None:
        """Somebody reports the first message of a conversation."""
        self.may_see_others()
        me, talk = self._one(who, which)
        if talk is None:
            return
        can = self.community.part(talk, me) in (Part.ASKED, Part.DECLINED, Part.ACCEPTED)
        form = {"reason": "selling", "message_1": "yes", "operation": str(uuid.uuid4())}
        self._expect(self._post(me, f"{self.addresses[talk]}/report", form), can)
        other = talk.with_whom(me)
        if can and other is not None:
            me.reported.append(other)

    @rule(who=WHO, other=WHO)
    def block(self, who: int, other: int) -> None:
        """Somebody blocks another one, whom they see or have a conversation with."""
        self.may_see_others()
        me, they = self._two(who, other)
        known = self.community.begun(me, they)
        part = self.community.part(known, me) if known else None
        can = self.community.sees(me, they) or part in (Part.ASKED, Part.DECLINED, Part.ACCEPTED)
        can = me is not they and (can or (they in me.blocked and they.has_joined))
        self._expect(self._post(me, f"{ALL}/people/{self.cards[they]}/block", {"everywhere": ""}), can)
        if can:
            me.blocked.add(they)

    @rule(who=WHO)
    def unblock(self, who: int) -> None:
        """Somebody ends one of their blocks."""
        self.may_see_others()
        me = self._person(who)
        block = re.search(r'name="block" value="([^"]+)"', self.browsers[me].get("/me/blocked").text)
        assert (block is not None) == bool(me.blocked)
        if block is not None:
            with db.open_session(self.engine) as session:
                chosen = text("select blocked_id from block where public_id = :id")
                blocked_id = session.scalar(chosen, {"id": block[1]})
            self._expect(self._post(me, f"{ALL}/unblock", {"block": block[1]}), True)
            me.blocked -= {person for person in me.blocked if self.ids[person] == blocked_id}

    @rule(who=WHO, how=st.sampled_from(("show", "show", "hide", "hide everywhere")))
    def show(self, who: int, how: str) -> None:
        """Somebody shows themselves in their country to the community, or hides."""
        self.may_see_others()
        me = self._person(who)
        if how == "show":
            self.show_in_country(me)
        elif how == "hide everywhere":
            self._expect(self._post(me, "/me/hide"), True)
            me.is_shown = False
        elif me.has_joined:
            self._expect(self._post(me, f"{ALL}/hide"), True)
            me.is_shown = False

    @rule(who=WHO, writers=st.sampled_from(("nobody", "condition", "members")))
    def choose_writers(self, who: int, writers: str) -> None:
        """Somebody chooses who may write to them; here everybody who sees them has joined."""
        me = self._person(who)
        assert self._post(me, f"{ALL}/who-can-write", {"writers": writers}).status_code == 303
        if me.has_joined:
            me.takes_messages = writers != "nobody"

    @rule(who=WHO, is_leaving=st.booleans())
    def join_or_leave(self, who: int, is_leaving: bool) -> None:
        """Somebody leaves the community, or joins it."""
        self.may_see_others()
        me = self._person(who)
        if is_leaving:
            self._expect(self._post(me, f"{ALL}/leave", {"sure": "yes"}), True)
            self.community.leave(me)
        elif not me.has_joined:
            self._join(me)

    @rule(who=WHO, is_sure=st.sampled_from((False, False, False, True)))
    def delete_account(self, who: int, is_sure: bool) -> None:
        """Somebody deletes their account, while there are others."""
        self.may_see_others()
        me = self._person(who)
        if is_sure and len(self.community.living()) > 2:
            self._expect(self._post(me, "/account/delete", {"sure": "yes"}), True)
            self.community.delete_account(me)


def machine(app: Flask, engine: Engine) -> type[ConversationMachine]:
    """A state machine for a service, and an engine that sees the rows of everybody."""
    return type("BoundMachine", (ConversationMachine,), {"app": app, "engine": engine})
