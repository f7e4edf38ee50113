"""Steps of the stateful test: blocking, showing oneself and hiding, joining and leaving."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import text

from mapservice import db
from testing.stateful.choices import SELDOM, WHERE, WHICH, WHO
from testing.stateful.comparing import Comparing
from testing.stateful.people import Card, Place, ShownTo

# By which id a member can end a block.
_BLOCK = text("""
    select block.public_id from block join condition on condition.id = block.condition_id
    where condition.slug = :slug and block.member_id = :member and block.blocked_id = :blocked
""")


class PeopleRules(Comparing):
    """Members who show themselves, hide, and block each other."""

    @rule(who=WHO, other=WHO, place=WHERE, everywhere=SELDOM)
    def block(self, who: int, other: int, place: Place, everywhere: bool = False) -> None:
        """Somebody blocks another one, whom they see or have a conversation with."""
        self.may_see_others()
        me, they = self.two(who, other)
        can = me is not they and self.community.can_block(me, they, place)
        form = {"everywhere": "yes"} if everywhere else {}
        self.expect(self.send(me, f"{self.page_of(place, they)}/block", form), can)
        if can:
            self.community.block(me, they, place, everywhere=everywhere)

    @rule(who=WHO, which=WHICH)
    def unblock(self, who: int, which: int) -> None:
        """Somebody ends one of their blocks."""
        self.may_see_others()
        me = self.person(who)
        made = self.community.blocks.of(me)
        if made:
            place, they = made[which % len(made)]
            with db.open_session(self.engine) as session:
                people = {"slug": place, "member": self.ids[me], "blocked": self.ids[they]}
                block = session.scalars(_BLOCK, people).one()
            self.expect(self.send(me, f"{place.page}/unblock", {"block": block}), True)
            self.community.blocks.unblock(place, me, they)

    @rule(who=WHO, place=WHERE, to=st.sampled_from((ShownTo.CONDITION, ShownTo.CONTACTS)))
    def show(self, who: int, place: Place, to: ShownTo) -> None:
        """Somebody shows themselves in their country to a community, or to their contacts in it."""
        self.show_in_country(self.person(who), place, to)

    @rule(who=WHO, place=WHERE)
    def hide(self, who: int, place: Place) -> None:
        """Somebody hides in a community."""
        self.may_see_others()
        me = self.person(who)
        card = me.card(place)
        self.expect(self.send(me, f"{place.page}/hide"), card is not None, otherwise=403)
        if card is not None:
            card.shown_to = ShownTo.NOBODY

    @rule(who=WHO)
    def hide_everywhere(self, who: int) -> None:
        """Somebody hides in all communities."""
        self.may_see_others()
        me = self.person(who)
        self.expect(self.send(me, "/me/hide"), True)
        for card in me.cards.values():
            card.shown_to = ShownTo.NOBODY

    @rule(who=WHO, place=WHERE, writers=st.sampled_from(("nobody", "condition", "members")))
    def choose_writers(self, who: int, place: Place, writers: str) -> None:
        """Somebody chooses who may write to them; here everybody who sees them has joined."""
        me = self.person(who)
        assert self.send(me, f"{place.page}/who-can-write", {"writers": writers}).status_code == 303
        card = me.card(place)
        if card is not None:
            card.takes_messages = writers != "nobody"

    @rule(who=WHO, place=WHERE, is_named=st.booleans(), is_caregiver=st.booleans())
    def join(self, who: int, place: Place, is_named: bool, is_caregiver: bool) -> None:
        """Somebody joins a community, or changes role and name there; with a name of their own, or without."""
        self.may_see_others()
        me = self.person(who)
        name = f"Quiet {me.name} {list(Place).index(place)}" if is_named else None
        self.join_place(me, place, name=name, is_caregiver=is_caregiver)

    @rule(who=WHO, place=WHERE)
    def leave(self, who: int, place: Place) -> None:
        """Somebody leaves a community; one that they have closed after a death stays closed."""
        self.may_see_others()
        me = self.person(who)
        self.expect(self.send(me, f"{place.page}/leave", {"sure": "yes"}), True)
        if not me.is_closed(place):
            self.community.leave(me, place)

    @rule(who=WHO, place=WHERE, choice=st.sampled_from(("memory", "removal")))
    def close_after_death(self, who: int, place: Place, choice: str) -> None:
        """A caregiver closes their membership after a death."""
        self.may_see_others()
        me = self.person(who)
        form = {"choice": choice, "remembered": "yes"}
        answer = self.send(me, f"{place.page}/person/after-a-death", form)
        self.expect(answer, isinstance(me.cards.get(place), Card), otherwise=403)
        self.community.close(me, place)

    @rule(who=WHO, place=WHERE, is_undone=st.booleans())
    def undo_or_finish(self, who: int, place: Place, is_undone: bool) -> None:
        """A caregiver undoes that, or makes it final at once."""
        self.may_see_others()
        me = self.person(who)
        address = f"{place.page}/person/after-a-death/{'undo' if is_undone else 'finish'}"
        self.expect(self.send(me, address, {} if is_undone else {"sure": "yes"}), True)
        if is_undone:
            self.community.reopen(me, place)
        elif me.is_closed(place):
            self.community.leave(me, place)
