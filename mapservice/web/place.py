"""The member's place in one condition: found in the page, sent as a zone, shown as finely as they choose."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.geo.zones import Level, Zone, level_of
from mapservice.privacy.choosing import Obstacle, Wish, is_more_visible, obstacles
from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.moving import Change, Home, change, next_home
from mapservice.privacy.precision import carried_level, needs_second_consent, offered_level
from mapservice.privacy.visibility import Audience
from mapservice.store import conditions, memberships, operations, places, zones
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web import forms, hiding, limits
from mapservice.web.choices import finer_wording, page_facts
from mapservice.web.guards import is_proved, member_required
from mapservice.web.identity import is_fresh
from mapservice.web.operations import operation_id
from mapservice.web.retries import idempotent
from mapservice.web.standing import standing

bp = Blueprint("place", __name__)


@dataclass(slots=True)
class PlaceForm:
    """What the member wishes to show; ``zone`` is empty for no place; ``problems`` by field, in words."""

    zone: str
    audience: Audience
    agrees_to_finer: bool = False
    says_moved: bool = False
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, membership: Membership, zone: str) -> "PlaceForm":
        """The form as it stands for a member: who sees them is what is stored, whatever zone they have come to."""
        return cls(zone, Audience(membership.audience))

    @classmethod
    def from_request(cls) -> "PlaceForm":
        """The form as it was sent."""
        forms.allow_only("zone", "audience", "finer", "moved", "password")
        return cls(
            request.form.get("zone", ""),
            forms.choice("audience", Audience),
            forms.is_ticked("finer"),
            forms.is_ticked("moved"),
        )


@bp.get("/conditions/<slug>/place")
@member_required
def edit(member: Member, slug: str) -> str | Response:
    """Show what the member shows of their place here, and let them choose: in the page, or from lists."""
    forms.allow_only_queries("country", "in")
    condition, membership = _membership(member, slug)
    if membership is None:
        return redirect(url_for("memberships.edit", slug=slug))
    within = request.args.get("in") or ""
    marked = "" if within else membership.shown_zone or ""
    return _page(member, condition, membership, PlaceForm.of(membership, marked or within), within=within)


@bp.post("/conditions/<slug>/place")
@member_required
def save(member: Member, slug: str) -> Response | tuple[str, int]:
    """Put the member's pin into the zone they chose, for the people they chose."""
    session, form = get_session(), PlaceForm.from_request()
    if not operations.is_done(session, operation_id(), member):
        condition = conditions.get(session, slug)
        membership = memberships.get(session, member, condition)
        if form.zone:
            _grant(member, condition, membership, form)
        else:
            places.take_off(session, membership)
        if form.problems:
            session.rollback()
            return _page(member, condition, membership, form), 422
        session.commit()
    flash(_saved(form))
    return redirect(url_for("map.show" if form.audience is not Audience.NOBODY else "place.edit", slug=slug), code=303)


@bp.post("/conditions/<slug>/hide")
@limits.unlimited
@member_required
@idempotent
def hide(member: Member, slug: str) -> Response:
    """Show the member to nobody in this condition, at once; the zone is kept."""
    forms.allow_only()
    session = get_session()
    membership = memberships.get(session, member, conditions.get(session, slug))
    act = uuid.uuid4()
    if places.hide(session, membership, act):
        session.commit()
        hiding.remember(act)
    flash(_("You are hidden: gone from the map, the lists and the counts. You can show yourself again below."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.post("/me/place/forget")
@member_required
@idempotent
def forget(member: Member) -> Response:
    """Erase the member's place, and take them off the map of every condition."""
    forms.allow_only()
    session = get_session()
    places.forget(session, member)
    session.commit()
    flash(_("Your place is forgotten. You are on no map any more; your conditions stay."))
    return redirect(url_for("memberships.mine"), code=303)


def _saved(form: PlaceForm) -> str:
    """What is said after saving."""
    if form.zone and form.audience is Audience.NOBODY:
        return _("Saved. Nobody sees you: to be on the map, choose below who may see it.")
    return _("Saved. What you see here is what is stored; nothing finer is known.")


def _membership(member: Member, slug: str) -> tuple[Condition, Membership | None]:
    condition = conditions.get(get_session(), slug)
    return condition, memberships.find(get_session(), member, condition)


def _grant(member: Member, condition: Condition, membership: Membership, form: PlaceForm) -> None:
    """Do what the form asks for, or put into its problems what stands against it."""
    session, now = get_session(), dt.datetime.now(dt.UTC)
    places.lock(session, member)
    path = zones.path(session, form.zone)
    home = places.home(session, member)
    wish = Wish(path, form.audience, form.agrees_to_finer, form.says_moved)
    prevalence, for_minor = condition.prevalence, membership.for_minor
    found = obstacles(wish, home, prevalence=prevalence, for_minor=for_minor, now=now)
    form.problems.update(_in_words(each) for each in found)
    before = membership.shown_zone, Audience(membership.audience)
    if is_more_visible(*before, form.zone, form.audience) and not _is_fresh(member):
        form.problems["password"] = _("To show more of yourself, please enter your password once more.")
    if form.problems:
        return
    moved = next_home(home, form.zone, now=now)
    has_moved = change(home, form.zone, now=now) in {Change.CORRECTED, Change.MOVED}
    masked = _masked(member, membership, moved, path, has_moved=has_moved)
    places.save(session, member, masked, since=moved.since)
    places.show_to(session, membership, form.audience)
    _keep_consents(member, condition, wish, offered_level(path, prevalence, for_minor=for_minor))


def _is_fresh(member: Member) -> bool:
    """Whether the member proved who they are in the last minutes, or does so with this form."""
    return is_fresh() or is_proved(member, request.form.get("password", ""))


def _masked(member: Member, membership: Membership, home: Home, path: list[Zone], *, has_moved: bool) -> MaskedPlace:
    """The place as it is stored: this condition shows the chosen zone, the others their level of the home."""
    session, key = get_session(), current_app.config["ANCHOR_KEY"]
    wanted = {membership.condition_id: path[-1].id}
    for each, condition in memberships.of(session, member):
        if each.shown_zone and each.condition_id != membership.condition_id:
            level = level_of(each.shown_zone)
            if has_moved:
                level = carried_level(level, path, condition.prevalence, for_minor=each.for_minor)
                memberships.revoke(session, member, each.condition_id, "finer")
            wanted[each.condition_id] = coarsen(home.zone_id, level)
    known = {zone.id: zone for zone in path}
    shown = {
        condition_id: jitter(known.get(zone_id) or zones.get(session, zone_id), member.id, condition_id, key=key)
        for condition_id, zone_id in wanted.items()
    }
    return MaskedPlace(home.zone_id, shown)


def _keep_consents(member: Member, condition: Condition, wish: Wish, offered: Level) -> None:
    """Keep what the member agreed to with this wish, and end what it no longer needs."""
    session = get_session()
    is_shown = wish.audience is not Audience.NOBODY
    finer = is_shown and needs_second_consent(wish.zone.level, offered)
    wordings = {
        "shown": _("I agree to be shown to the people I chose, in the zone I chose.") if is_shown else None,
        "finer": finer_wording(wish.zone, condition.prevalence) if finer else None,
    }
    for kind, wording in wordings.items():
        if wording is None:
            memberships.revoke(session, member, condition.id, kind)
        else:
            memberships.agree(session, member, condition.id, kind, wording)


def _in_words(obstacle: Obstacle) -> tuple[str, str]:
    """The field of the form that an obstacle belongs to, and what it says."""
    return {
        Obstacle.TOO_FINE: ("zone", _("Who speaks for somebody under 18 shows no more than the region.")),
        Obstacle.NEEDS_CONSENT: (
            "finer",
            _("Few people with this condition live there. Please agree, or choose a wider zone."),
        ),
        Obstacle.SAY_MOVED: (
            "moved",
            _("This is elsewhere than the place stored for you. Please say that you have moved."),
        ),
        Obstacle.MOVED_TOO_SOON: (
            "zone",
            _("Your place was changed less than 90 days ago. You can hide or forget it at any time."),
        ),
    }[obstacle]


def _page(member: Member, condition: Condition, membership: Membership, form: PlaceForm, *, within: str = "") -> str:
    return render_template(
        "place/edit.html",
        condition=condition,
        membership=membership,
        form=form,
        standing=standing(membership),
        shown_before=hiding.before(member, membership),
        act=hiding.act_of(membership),
        minutes_left=hiding.minutes_left,
        is_fresh=is_fresh(),
        **page_facts(member, condition, membership, marked=form.zone, within=within),
    )
