"""The member's place in one condition: found in the page, sent as a zone, shown as finely as they choose."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.geo.zones import Level, Zone, level_of, path
from mapservice.i18n import consent_wordings
from mapservice.i18n.visibility_summary import standing
from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.home_changes import FormerHome, Home, free_again, next_home
from mapservice.privacy.precision import FINEST_FOR_MINORS, needs_second_consent, offered_level
from mapservice.privacy.showing import Obstacle, Wish, is_more_visible, obstacles
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts.access import is_proved, member_required
from mapservice.web.accounts.login import is_fresh
from mapservice.web.places import after_a_move, hiding
from mapservice.web.places.zone_options import page_facts
from mapservice.web.site import form_fields, form_versions, rate_limits
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("place", __name__)


_HIDDEN_ONLY = _l(
    "You are hidden here, as you chose. Nothing else was saved: your settings were changed after this page was opened, "
    "perhaps in another tab. Below is how it is now."
)


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
        form_fields.allow_only("zone", "audience", "finer", "moved", "password")
        return cls(
            request.form.get("zone", ""),
            form_fields.choice("audience", Audience),
            form_fields.is_ticked("finer"),
            form_fields.is_ticked("moved"),
        )


@bp.get("/conditions/<slug>/place")
@member_required
def edit(member: Member, slug: str) -> str | Response:
    """Show what the member shows of their place here, and let them choose: in the page, or from lists."""
    form_fields.allow_only_queries("country", "in")
    condition, membership = _membership(member, slug)
    if membership is None:
        return redirect(url_for("memberships.edit", slug=slug))
    if request.args:
        # An address of before, kept in a history or a bookmark: the zone in it goes, and nothing is chosen by it.
        return redirect(url_for("place.edit", slug=slug), code=303)
    return _page(member, condition, membership, PlaceForm.of(membership, membership.shown_zone or ""))


@bp.route("/conditions/<slug>/place/zones", methods=["GET", "POST"])
@member_required
def browse(member: Member, slug: str) -> str | Response:
    """Show the zones of a country, or those below a zone, as lists. Sent as a form, so that no address names a zone."""
    form_fields.allow_only("country", "in")
    condition, membership = _membership(member, slug)
    if membership is None or request.method != "POST":
        return redirect(url_for("place.edit", slug=slug), code=303 if request.method == "POST" else 302)
    within, country = request.form.get("in", ""), request.form.get("country", "")
    marked = "" if within else membership.shown_zone or ""
    form = PlaceForm.of(membership, marked or within)
    return _page(member, condition, membership, form, within=within, country=country)


@bp.post("/conditions/<slug>/place")
@member_required
def save(member: Member, slug: str) -> Response | tuple[str, int]:
    """Put the member's pin into the zone they chose, for the people they chose.

    A form of any age may show less; one that was made before the last change may not show more.
    """
    session, form = get_session(), PlaceForm.from_request()
    if not operations.is_done(session, operation_id(), member):
        condition = conditions.get(session, slug)
        membership = memberships.get(session, member, condition)
        if not form.zone:
            homes.take_off(session, membership)
        elif form_versions.is_current(member, membership) or _only_narrows(membership, form):
            _grant(member, condition, membership, form)
        else:
            return _answer_to_old_form(member, condition, membership, form)
        if form.problems:
            session.rollback()
            if form.audience is Audience.NOBODY and _hide_as_chosen(member, condition):
                flash(_("You are hidden here, as you chose. Nothing else is saved yet."))
            return _page(member, condition, membership, form), 422
        session.commit()
    if after_a_move.waiting(member):  # what a move took off the map; that page says itself that all is saved
        return redirect(url_for("moved.show"), code=303)
    flash(_saved(form))
    return redirect(url_for("map.show" if form.audience is not Audience.NOBODY else "place.edit", slug=slug), code=303)


@bp.post("/conditions/<slug>/hide")
@rate_limits.unlimited
@member_required
@idempotent
def hide(member: Member, slug: str) -> Response:
    """Show the member to nobody in this condition, at once; the zone is kept."""
    form_fields.allow_only()
    session = get_session()
    membership = memberships.get(session, member, conditions.get(session, slug))
    act = uuid.uuid4()
    was_shown = homes.hide(session, membership, act)
    session.commit()
    if was_shown:
        hiding.remember(act)
    flash(_("You are hidden: gone from the map, the lists and the counts. You can show yourself again below."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.post("/me/place/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member) -> Response:
    """Erase the member's place, and take them off the map of every condition."""
    form_fields.allow_only()
    session = get_session()
    homes.forget(session, member)
    session.commit()
    flash(_("Your location is deleted. You are on no map any more; your conditions stay."))
    return redirect(url_for("memberships.mine"), code=303)


def _only_narrows(membership: Membership, form: PlaceForm) -> bool:
    """Whether a form shows the same zone or a wider one that holds it, to the same people or fewer."""
    zone, audience = membership.shown_zone, Audience(membership.audience)
    if zone is None or form.zone not in path(zone):
        return False
    return not is_more_visible(zone, audience, form.zone, form.audience)


def _answer_to_old_form(
    member: Member, condition: Condition, membership: Membership, form: PlaceForm
) -> tuple[str, int]:
    """Show how it stands now and ask again."""
    get_session().rollback()
    is_hidden = form.audience is Audience.NOBODY and _hide_as_chosen(member, condition)
    present = PlaceForm.of(membership, membership.shown_zone or "")
    present.problems["place-form"] = str(_HIDDEN_ONLY if is_hidden else form_versions.CHANGED)
    return _page(member, condition, membership, present), 409


def _hide_as_chosen(member: Member, condition: Condition) -> bool:
    """Hide who wants to be seen by nobody, whatever else stands against their form; False if nobody saw them."""
    session = get_session()
    membership = memberships.get(session, member, condition)
    if membership.audience == Audience.NOBODY:
        session.rollback()
        return False
    homes.show_to_nobody(session, membership)
    session.commit()
    return True


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
    homes.lock(session, member)
    steps = tree.path(session, form.zone)
    home = homes.last_home(session, member)
    has_agreed = memberships.has_agreed(session, member, condition.id, consents.FINER, zone_id=form.zone)
    wish = Wish(steps, form.audience, form.agrees_to_finer or has_agreed, form.says_moved)
    prevalence, for_minor = condition.prevalence, homes.is_for_minor(session, membership)
    found = obstacles(wish, home, prevalence=prevalence, for_minor=for_minor, now=now)
    form.problems.update(_in_words(each, home) for each in found)
    before = membership.shown_zone, Audience(membership.audience)
    if is_more_visible(*before, form.zone, form.audience) and not _is_fresh(member):
        form.problems["password"] = _("To show more of yourself, please enter your password once more.")
    if form.problems:
        return
    moved_to = next_home(home, form.zone, now=now)
    masked = _masked(member, membership, moved_to, steps)
    homes.save(session, member, masked, since=moved_to.since, corrections=moved_to.corrections)
    offered = offered_level(steps, prevalence, for_minor=for_minor)
    _show(member, condition, membership, form, wish.zone, offered)


def _show(
    member: Member, condition: Condition, membership: Membership, form: PlaceForm, zone: Zone, offered: Level
) -> None:
    """Show the member to whom they chose, and keep what they agreed to with it."""
    session = get_session()
    if form.audience is Audience.NOBODY:
        homes.show_to_nobody(session, membership)
        return
    homes.show_to(session, membership, form.audience)
    is_finer = needs_second_consent(zone.level, offered)
    consent_wordings.keep(
        session, member, condition, zone, form.audience, is_finer=is_finer, agrees=form.agrees_to_finer
    )


def _is_fresh(member: Member) -> bool:
    """Whether the member proved who they are in the last minutes, or does so with this form."""
    return is_fresh() or is_proved(member, request.form.get("password", ""))


def _masked(member: Member, membership: Membership, home: Home, steps: list[Zone]) -> MaskedPlace:
    """The place as it is stored: this condition shows the chosen zone, the others their level of the home."""
    session, key = get_session(), current_app.config["ANCHOR_KEY"]
    known = {zone.id: zone for zone in steps}
    shown = {}
    for each, _condition in memberships.of(session, member):
        if each.condition_id == membership.condition_id:
            zone = steps[-1]
        elif each.shown_zone:
            zone_id = coarsen(home.zone_id, level_of(each.shown_zone))
            if homes.is_for_minor(session, each):
                zone_id = coarsen(zone_id, FINEST_FOR_MINORS)
            zone = known.get(zone_id) or tree.get(session, zone_id)
        else:
            continue
        shown[each.condition_id] = jitter(zone, member.id, each.condition_id, salt=each.salt, key=key)
    return MaskedPlace(home.zone_id, shown)


def _in_words(obstacle: Obstacle, home: Home | FormerHome | None) -> tuple[str, str]:
    """The field of the form that an obstacle belongs to, and what it says."""
    return {
        Obstacle.TOO_FINE: ("zone", _("For somebody under 18, a region is the most that can be shown.")),
        Obstacle.NEEDS_CONSENT: (
            "finer",
            _("Few people with this condition live there. Please agree, or choose a wider zone."),
        ),
        Obstacle.SAY_MOVED: (
            "moved",
            _("This is not the location stored for you. Please say that you have moved."),
        ),
        Obstacle.MOVED_TOO_SOON: (
            "zone",
            _(
                "Your location was changed less than 90 days ago. You can choose another one from %(day)s. "
                "Hiding, showing less and deleting it work at any time.",
                day=format_date(free_again(home)) if home else "",
            ),
        ),
    }[obstacle]


def _page(
    member: Member,
    condition: Condition,
    membership: Membership,
    form: PlaceForm,
    *,
    within: str = "",
    country: str = "",
) -> str:
    return render_template(
        "places/location/edit.html",
        member=member,
        condition=condition,
        membership=membership,
        form=form,
        standing=standing(membership),
        shown_before=hiding.before(member, membership),
        act=hiding.act_of(membership),
        minutes_left=hiding.minutes_left,
        is_fresh=is_fresh(),
        is_browsing=bool(within or country),
        **page_facts(member, condition, membership, marked=form.zone, within=within, country=country),
    )
