"""An attack on members of several conditions: what does saving in one of them change on the maps of the others?"""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bench.attacks import service
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.geo.zones import Level, ZoneId
from mapservice.privacy.geomasking import MaskedPlace, coarsen
from mapservice.privacy.visibility import AUDIENCES, Audience, Role
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import homes, zone_counts
from mapservice.store.tables import HomeZone, Member, Membership
from testing.accounts import new_member
from testing.locations import put

#: The condition in which somebody saves, two in which they are shown otherwise, and one for their child.
OTHERS = {
    "multiple-sclerosis": (Level.AREA, Audience.MEMBERS),
    "marfan-syndrome": (Level.DISTRICT, Audience.CONDITION),
}
CHILD = "cystic-fibrosis"

#: Days since the home was chosen: on the first day it may be corrected, after a season one may have moved.
AGES = (0, 200)


class Shown(NamedTuple):
    """What others see of somebody on one map."""

    audience: str
    zone: str | None
    pin: str | None
    name: str | None


class Act(NamedTuple):
    """Something done in one condition: a form of its page, and what is changed in it."""

    name: str
    page: str
    ending: str
    changes: Callable[[ZoneId, ZoneId], dict[str, str]]


ACTS = (
    Act("saves the same", "place", "/place", lambda area, _there: {"zone": area, "audience": "members"}),
    Act("shows a wider zone", "place", "/place", lambda area, _t: {"zone": coarsen(area, Level.REGION)}),
    Act("shows more people", "place", "/place", lambda area, _there: {"zone": area, "audience": "condition"}),
    Act("saves as nobody", "place", "/place", lambda area, _there: {"zone": area, "audience": "nobody"}),
    Act("goes elsewhere", "place", "/place", lambda _area, there: {"zone": there, "audience": "members"}),
    Act("goes to a region", "place", "/place", lambda _a, there: {"zone": coarsen(there, Level.REGION)}),
    Act("takes the place off", "place", "/place", lambda _area, _there: {"zone": ""}),
    Act("hides", "place", f"{service.PAGE}/hide", lambda _area, _there: {}),
    Act("takes another role", "join", "/join", lambda _area, _there: {"role": "caregiver", "consent": "yes"}),
    Act("speaks for a child", "join", "/join", lambda _a, _t: {"role": "person", "consent": "yes", "for_minor": "yes"}),
)

#: With what the bad design is tried in the small profile: it carries along whoever goes elsewhere.
ACTS_OF_CONTROL = tuple(act for act in ACTS if act.name == "goes elsewhere")


def a24_elsewhere(context: Context) -> Outcome:
    """Somebody watches the other maps while a member saves, corrects, moves and hides in one condition."""
    looks, changed = _changed_elsewhere(context, ACTS)
    with patch.object(homes, "save", _carrying(homes.save)):
        _looks, broken = _changed_elsewhere(context, ACTS_OF_CONTROL if context.scale is SMALL else ACTS)
    return Outcome(
        "A24 saving here moves nothing elsewhere", f"of {looks} looks at the other maps of a member who acts in one, "
        "those that show something new", "0", str(changed), changed == 0 and looks > 0,
        "other conditions go along", str(broken), broken > 0,
    )  # fmt: skip


def _changed_elsewhere(context: Context, acts: Sequence[Act]) -> tuple[int, int]:
    """How many other maps were looked at, and on how many the member stood otherwise than before, and was not gone."""
    looks = wrong = 0
    with service.service(context) as (app, session, _connection):
        area, there = service.freiburg(session), service.zone_called(session, "Bern", Level.AREA, "CH")
        for number, (act, days) in enumerate(itertools.product(acts, AGES)):
            member = _of_all(session, f"a24-{number}@example.org", area, days)
            before = _elsewhere(session, member)
            if not _do(app, member, act, act.changes(area, there)):
                continue
            for condition, shown in _elsewhere(session, member).items():
                looks, wrong = looks + 1, wrong + _is_new(before[condition], shown, may_go=act.name.startswith("goes"))
    return looks, wrong


def _of_all(session: Session, email: str, area: str, days: int) -> Member:
    """Somebody who is shown in all the conditions, for a child in one, and has lived there for some days."""
    member = new_member(session, email, pseudonym=uuid.uuid4().hex[:12])
    put(session, member, service.condition(session), area, level=Level.AREA, audience=Audience.MEMBERS)
    for slug, (level, audience) in OTHERS.items():
        put(session, member, conditions.get(session, slug), area, level=level, audience=audience)
    child = conditions.get(session, CHILD)
    put(session, member, child, area, level=Level.REGION, audience=Audience.MEMBERS)
    memberships.join(session, member, child, Role.CAREGIVER, pseudonym=None, for_minor=True)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    session.execute(update(HomeZone).where(HomeZone.member_id == member.id).values(since=since))
    session.commit()
    return member


def _do(app: Flask, member: Member, act: Act, changes: dict[str, str]) -> bool:
    """Whether the page took the act; where it asks once more, all that it asks for is agreed to."""
    client = service.browser(app, member)
    page = f"{service.PAGE}/{act.page}"
    if act.page == "place":
        changes = {"finer": "yes", "moved": "yes"} | changes if "zone" in changes else changes
    answer = _sent(client, client.get(page), act.ending, changes)
    if answer.status_code in (200, 409, 422):  # asked once more
        answer = _sent(client, answer, act.ending, changes)
    return answer.status_code == 303


def _sent(client: FlaskClient, page: TestResponse, ending: str, changes: Mapping[str, str]) -> TestResponse:
    form = next(sent_forms(page, ending))
    return send(client, form, {name: value for name, value in changes.items() if name in form.names})


def _elsewhere(session: Session, member: Member) -> dict[int, Shown]:
    """What every map but that of the condition shows of somebody."""
    session.expire_all()
    own = service.condition(session).id
    rows = session.execute(
        select(Membership.condition_id, Membership.audience, Membership.shown_zone, func.st_astext(Membership.pin),
               Membership.pseudonym)
        .where(Membership.member_id == member.id, Membership.condition_id != own)
    )  # fmt: skip
    return {condition: Shown(*shown) for condition, *shown in rows}


def _is_new(before: Shown, after: Shown, *, may_go: bool) -> bool:
    """Whether a map shows somebody otherwise than before; with the home they may be gone from it, and no more."""
    if after == before:
        return False
    is_gone = after.audience == Audience.NOBODY and AUDIENCES.index(Audience(before.audience)) > 0
    return not (may_go and is_gone)


def _carrying(save: Callable[..., None]) -> Callable[..., None]:
    """The bad design: with the home every condition moves, shown to whom it was shown to before."""

    def carry(session: Session, member: Member, masked: MaskedPlace, **more: Any) -> None:
        of_member = select(Membership).where(Membership.member_id == member.id)
        audiences = {membership.condition_id: membership.audience for membership in session.scalars(of_member)}
        save(session, member, masked, **more)
        own = service.condition(session).id
        others = [
            membership
            for membership in session.scalars(of_member)
            if membership.condition_id != own and membership.shown_zone
        ]
        with zone_counts.counted(session, others) as held:
            for membership in held:
                membership.audience, membership.audience_before = audiences[membership.condition_id], None

    return carry


ATTACKS = (a24_elsewhere,)
