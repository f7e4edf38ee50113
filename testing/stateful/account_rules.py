"""Steps of the stateful test: accounts that are suspended by staff, and deleted by their owners."""

import uuid

from hypothesis.stateful import rule

from mapservice import db
from mapservice.actions import report
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from testing.stateful.choices import SELDOM, WHO
from testing.stateful.comparing import Comparing


class AccountRules(Comparing):
    """Members whose accounts end, for a while or for good; two can always sign in."""

    @rule(who=WHO)
    def suspend(self, who: int) -> None:
        """Staff suspend an account."""
        self.may_see_others()
        me = self.person(who)
        if len(self.community.present()) > 2:
            with db.transaction(self.engine) as session:
                assert suspensions.suspend(session, session.get_one(Member, self.ids[me]))
            self.community.suspend(me)

    @rule(who=WHO)
    def lift(self, who: int) -> None:
        """Staff end a suspension."""
        self.may_see_others()
        they = self.community.people[who]
        if they.is_suspended:
            moderator = Member(id=uuid.uuid4(), pseudonym="Dan")
            with db.transaction(self.engine) as session:
                assert report.lift_suspension(session, moderator, session.get_one(Member, self.ids[they]))
            self.community.lift(they)
            self.sign_in(they)

    @rule(who=WHO, is_sure=SELDOM)
    def delete_account(self, who: int, is_sure: bool) -> None:
        """Somebody deletes their account, while there are others."""
        self.may_see_others()
        me = self.person(who)
        if is_sure and len(self.community.present()) > 2:
            self.expect(self.send(me, "/account/delete", {"sure": "yes"}), True)
            self.community.delete_account(me)
