"""Whatever members do one after the other, in any order: what they agreed to is what is shown, and nothing else."""

import datetime as dt
import os
import random
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.geo.zones import Level, level_of, path
from mapservice.i18n import consent_wordings
from mapservice.privacy.precision import needs_second_consent, offered_level
from mapservice.privacy.visibility import AUDIENCES
from mapservice.store.accounts import minors
from mapservice.store.across import after_restore
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import home_zones, homes
from mapservice.store.tables import Condition, Consent, HomeZone, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.site import form_versions
from testing.accounts import post, version_at
from testing.locations import zone_called

SLUGS = ("acute-lymphoblastic-leukaemia", "marfan-syndrome", "multiple-sclerosis")
TODAY = dt.datetime.now(dt.UTC).date()

#: More of them for a longer look.
DAYS = int(os.environ.get("RANDOM_DAYS", "2"))
STEPS_A_DAY = 60


class Day:
    """A member who does one thing after the other, and the forms that they left open."""

    def __init__(self, client, session, member, pool, seed):
        self.client, self.session, self.member, self.pool = client, session, member, pool
        self.choose = random.Random(seed)
        self.old = []  # (path, fields) as they were sent before, with their versions and operation ids
        self.acts = []
        self.is_current = True  # whether the last form was made from how things stood
        self.log = []

    def stands(self):
        self.session.expire_all()
        rows = self.session.scalars(select(Membership).where(Membership.member_id == self.member.id))
        return {row.condition_id: (row.audience, row.shown_zone, row.version, row.counted_since) for row in rows}

    def send(self, address, **fields):
        fields = {name: value for name, value in fields.items() if value is not None}
        self.is_current = fields.get("version") in {None, version_at(self.client, address)}
        answer = post(self.client, address, fields)
        self.log.append((address, fields, answer.status_code))
        assert answer.status_code in {303, 403, 404, 409, 422}, self.log
        return answer

    def step(self):
        slug = self.choose.choice(SLUGS)
        page = f"/conditions/{slug}"
        [what] = self.choose.choices(list(STEPS), list(STEPS.values()))
        stale = self.choose.choice(self.old)["version"] if self.old and self.choose.random() < 0.2 else None
        what(self, page, {"version": stale, "operation": str(uuid.UUID(int=self.choose.getrandbits(128)))})
        return what.__name__, slug

    # -- what a member can do

    def join(self, page, form):
        roll = self.choose.random
        form |= {"role": self.choose.choice(["person", "caregiver"]), "consent": "yes"}
        form |= {"counted": "yes"} if roll() < 0.5 else {}
        form |= {"for_minor": "yes"} if roll() < 0.15 else {}
        form |= {"pseudonym": self.choose.choice(["", "Lark", "Wren"])} if roll() < 0.7 else {}
        self.keep(f"{page}/join", form)
        self.send(f"{page}/join", **form)

    def save(self, page, form):
        form |= {"zone": self.choose.choice(self.pool), "audience": self.choose.choice(AUDIENCES).value}
        form |= {"finer": "yes"} if self.choose.random() < 0.7 else {}
        form |= {"moved": "yes"} if self.choose.random() < 0.7 else {}
        self.keep(f"{page}/place", form)
        self.send(f"{page}/place", **form)

    def keep(self, address, form):
        membership = self.membership(address.split("/")[2])
        self.session.expire_all()
        number = form_versions.version_mark(
            "5e" * 32, self.member.id, memberships.version(self.session, self.member, membership)
        )
        self.old.append({"address": address, "fields": dict(form), "version": number})

    def membership(self, slug):
        return memberships.find(self.session, self.member, conditions.get(self.session, slug))

    def again(self, _page, _form):
        if self.old:
            old = self.choose.choice(self.old)
            form = {**old["fields"], "version": old["version"]}
            if self.choose.random() < 0.5:
                form["operation"] = str(uuid.UUID(int=self.choose.getrandbits(128)))
            self.send(old["address"], **form)

    def hide(self, page, _form):
        self.send(f"{page}/hide")
        self.note_acts()

    def hide_everywhere(self, _page, _form):
        self.send("/me/hide")
        self.note_acts()

    def note_acts(self):
        rows = self.session.scalars(select(Membership.hidden_by).where(Membership.member_id == self.member.id))
        self.acts += [row.hex for row in rows if row]

    def undo(self, _page, _form):
        if self.acts:
            self.send("/me/hidden/undo", act=self.choose.choice(self.acts[-4:]))

    def show_again(self, page, form):
        act = self.choose.choice([None, *self.acts[-3:]])
        self.send(f"{page}/show-again", act=act, version=form["version"])

    def show_there(self, page, form):
        self.send(f"{page}/show-there", finer=self.choose.choice([None, "yes", "yes"]), **form)

    def forget(self, _page, _form):
        self.send("/me/place/forget")

    def leave(self, page, _form):
        self.send(f"{page}/leave", sure="yes")

    def revoke(self, page, _form):
        self.send(f"{page}/revoke", kind=self.choose.choice(["shown", "finer", "counted"]))

    def count(self, page, form):
        self.send(f"{page}/count", counted="yes", version=form["version"])

    def month(self, _page, _form):
        if self.choose.random() < 0.3:
            month = (TODAY.replace(day=1) + dt.timedelta(days=self.choose.choice([40, 400]))).replace(day=1)
            self.send("/account/age", turns_18=month.isoformat()[:7])

    def come_of_age(self, _page, _form):
        minors.set_adult(self.session.get(Member, self.member.id))
        for slug in SLUGS:
            if membership := self.membership(slug):
                memberships.come_of_age(self.session, membership)
        self.session.commit()

    def restore(self, _page, _form):
        if self.choose.random() < 0.2:
            member = self.session.get(Member, self.member.id)
            after_restore.hide(self.session, member, dt.datetime.now(dt.UTC))
            self.session.commit()

    def review(self, _page, _form):
        self.send("/me/review")

    def wait(self, _page, _form):
        days = dt.timedelta(days=self.choose.choice([1, 100]))
        self.session.execute(update(HomeZone).values(since=HomeZone.since - days))
        self.session.execute(update(Member).values(home_changed_on=Member.home_changed_on - days))
        home_zones.forget_old_changes(self.session)
        self.session.commit()


#: What happens how often.
STEPS = {
    Day.join: 3,
    Day.save: 5,
    Day.again: 2,
    Day.hide: 1,
    Day.hide_everywhere: 1,
    Day.undo: 2,
    Day.show_again: 1,
    Day.show_there: 2,
    Day.forget: 1,
    Day.leave: 1,
    Day.revoke: 2,
    Day.count: 1,
    Day.month: 1,
    Day.come_of_age: 1,
    Day.restore: 1,
    Day.review: 1,
    Day.wait: 1,
}

#: What may show more of a member, and that in its own condition only; undoing in all that one act hid.
SHOWS = {"save", "again", "show_again", "show_there"}


def check(day, before, what, slug):
    session, member = day.session, day.member
    after = day.stands()
    own = conditions.get(session, slug).id
    after_restore.check_counts(session)
    home = home_zones.home(session, member)
    for condition_id, (audience, zone, version, counted) in after.items():
        was = before.get(condition_id, ("nobody", None, 0, None))
        assert version >= was[2]
        if (audience, zone, counted) != (was[0], was[1], was[3]):
            assert version > was[2], "a form of before must count as old"
        may_show = what == "undo" or (what in SHOWS and day.is_current and (condition_id == own or what == "again"))
        if AUDIENCES.index(audience) > AUDIENCES.index(was[0]):
            assert may_show, f"shown by {what}"
        if audience != "nobody" and zone != was[1] and zone not in path(was[1] or "XX"):
            assert may_show, f"another zone by {what}"
        if counted and not was[3]:
            assert what in {"join", "again", "count"}
            assert day.is_current
        check_one(day, condition_id, home)


def check_one(day, condition_id, home):
    session, member = day.session, day.member
    condition = session.get_one(Condition, condition_id)
    held = session.get_one(Membership, (condition_id, member.id))
    unrevoked = session.scalars(
        select(Consent).where(
            Consent.member_id == member.id, Consent.condition_id == condition_id, Consent.revoked_at.is_(None)
        )
    ).all()
    kinds = [consent.kind for consent in unrevoked]
    assert len(kinds) == len(set(kinds))
    by_kind = {consent.kind: consent for consent in unrevoked}
    assert ("counted" in by_kind) == (held.counted_since is not None)
    is_on = held.audience != "nobody"
    shown, finer = by_kind.get("shown"), by_kind.get("finer")
    if held.shown_zone:
        assert home is not None
        assert held.shown_zone in path(home.zone_id)
        assert (held.pin is not None) == (level_of(held.shown_zone) in {Level.DISTRICT, Level.AREA})
        assert not (homes.is_for_minor(session, held) and held.pin is not None)
    if is_on or (held.audience_before and shown):
        assert shown is not None
        assert shown.zone_id == held.shown_zone, (shown.zone_id, held.shown_zone)
        assert shown.wording == str(consent_wordings.SHOWN[held.audience if is_on else held.audience_before])
        steps = tree.path(session, held.shown_zone)
        offered = offered_level(steps, condition.prevalence, for_minor=homes.is_for_minor(session, held))
        assert needs_second_consent(steps[-1].level, offered) <= (finer is not None)
        assert finer is None or finer.zone_id == held.shown_zone, (finer.zone_id, held.shown_zone)
    for consent in filter(None, (shown, finer)):
        assert consent.zone_id == held.shown_zone, "hidden, and the consent stands for a way back"
    ended = session.scalars(
        select(func.count())
        .select_from(Consent)
        .where(Consent.member_id == member.id, Consent.revoked_at.is_not(None), Consent.zone_id.is_not(None))
    ).one()
    assert ended == 0


@pytest.mark.parametrize("seed", range(DAYS))
def test_never_shows_what_was_not_agreed_to_whatever_the_order(app, session, as_alice, alice, freiburg, seed):
    app.config["LIMITS"] = False
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    sibling = session.scalars(
        select(tree.tables.ZoneRow.id).where(
            tree.tables.ZoneRow.parent == freiburg.rpartition(".")[0], tree.tables.ZoneRow.id != freiburg
        )
    ).first()
    pool = [*path(freiburg), *path(berlin), sibling or "FR", "IS", "FR", "", freiburg, freiburg]
    day = Day(as_alice, session, alice, pool, seed)
    for slug in SLUGS:
        day.send(f"/conditions/{slug}/join", role="person", consent="yes", operation=str(uuid.uuid4()))
    for _ in range(STEPS_A_DAY):
        before = day.stands()
        what, slug = day.step()
        try:
            check(day, before, what, slug)
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(map(str, [*day.log[-12:], what, slug]))) from error
