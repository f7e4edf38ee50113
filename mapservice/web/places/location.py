"""The member's place in one condition: found in the page, sent as a zone, shown as finely as they choose."""

import datetime as dt
from dataclasses import dataclass, field

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from mapservice.actions import hide
from mapservice.actions.show_location import show_location
from mapservice.db import commit, get_session
from mapservice.i18n import consent_wordings
from mapservice.i18n.visibility_summary import standing
from mapservice.privacy.home_changes import REST
from mapservice.privacy.showing import Obstacle, Wish, only_narrows
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
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
    "You are hidden here, as you chose. Nothing else was saved, because your settings changed after you opened "
    "this page, perhaps in another tab. Your current settings are below."
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
            hide.take_off_map(session, membership)
        elif form_versions.is_current(member, membership) or _only_narrows(membership, form):
            form.problems.update(_show(member, membership, condition, form))
        else:
            return _answer_to_old_form(member, condition, membership, form)
        if form.problems:
            session.rollback()
            if form.audience is Audience.NOBODY and _hide_as_chosen(member, condition):
                flash(_("You are hidden here, as you chose. Nothing else has been saved yet."))
            return _page(member, condition, membership, form), 422
        commit(session)
    if after_a_move.waiting(member):  # what a move took off the map; that page says itself that all is saved
        return redirect(url_for("moved.show"), code=303)
    flash(_saved(form))
    return redirect(url_for("map.show" if form.audience is not Audience.NOBODY else "place.edit", slug=slug), code=303)


@bp.post("/conditions/<slug>/hide", endpoint="hide")
@rate_limits.unlimited
@member_required
@idempotent
def hide_here(member: Member, slug: str) -> Response:
    """Show the member to nobody in this condition, at once; the zone is kept."""
    form_fields.allow_only()
    session = get_session()
    membership = memberships.get(session, member, conditions.get(session, slug))
    act = hide.hide_here(session, membership)
    commit(session)
    if act is not None:
        hiding.remember(act)
    flash(
        _(
            "You are hidden. Nobody can see you on the map, in the lists or in the numbers on the map. You can "
            "show yourself again below."
        )
    )
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.post("/me/place/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member) -> Response:
    """Erase the member's place, and take them off the map of every condition."""
    form_fields.allow_only()
    session = get_session()
    hide.delete_location(session, member)
    commit(session)
    flash(_("Your location has been deleted and you no longer appear on any map. Your memberships are unchanged."))
    return redirect(url_for("memberships.mine"), code=303)


def _only_narrows(membership: Membership, form: PlaceForm) -> bool:
    return only_narrows(membership.shown_zone, Audience(membership.audience), form.zone, form.audience)


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
    if not hide.show_to_nobody(session, memberships.get(session, member, condition)):
        session.rollback()
        return False
    commit(session)
    return True


def _saved(form: PlaceForm) -> str:
    """What is said after saving."""
    if form.zone and form.audience is Audience.NOBODY:
        return _("Saved. Nobody can see you. To appear on the map, choose below who can see you.")
    return _("Saved. What you see here is all we store. We do not know anything more precise.")


def _membership(member: Member, slug: str) -> tuple[Condition, Membership | None]:
    condition = conditions.get(get_session(), slug)
    return condition, memberships.find(get_session(), member, condition)


def _show(member: Member, membership: Membership, condition: Condition, form: PlaceForm) -> dict[str, str]:
    """Do what the form asks for; what prevents it, by the field that it belongs to."""
    session = get_session()
    outcome = show_location(
        session,
        member,
        membership,
        condition,
        Wish(tree.path(session, form.zone), form.audience, form.agrees_to_finer, form.says_moved),
        now=dt.datetime.now(dt.UTC),
        key=current_app.config["ANCHOR_KEY"],
        words=consent_wordings.kept(form.audience),
        confirm_identity=lambda: is_fresh() or is_proved(member, request.form.get("password", "")),
    )
    return dict(_in_words(obstacle, outcome.free_again) for obstacle in outcome.obstacles)


def _in_words(obstacle: Obstacle, free_again: dt.date | None) -> tuple[str, str]:
    """The field of the form that an obstacle belongs to, and what it says."""
    return {
        Obstacle.TOO_FINE: ("zone", _("For someone under 18, you can show at most the region.")),
        Obstacle.NEEDS_CONSENT: (
            "finer",
            _("Few people with this condition live there. Please agree to be shown there, or choose a wider zone."),
        ),
        Obstacle.SAY_MOVED: (
            "moved",
            _("This is not the location we have for you. Please confirm that you have moved."),
        ),
        Obstacle.MOVED_TOO_SOON: (
            "zone",
            _(
                "You changed your location less than %(days)s days ago. You can choose another one from %(day)s. "
                "You can hide, show less or delete it at any time.",
                days=REST.days,
                day=format_date(free_again) if free_again else "",
            ),
        ),
        Obstacle.CONFIRM_IDENTITY: (
            "password",
            _("To become more visible, please confirm your password."),
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
    zone_names = tree.names(get_session(), [membership.shown_zone] if membership.shown_zone else [])
    return render_template(
        "places/location/edit.html",
        member=member,
        condition=condition,
        membership=membership,
        form=form,
        standing=standing(membership, zone_names),
        shown_before=hide.audience_to_restore(get_session(), member, membership),
        act=hiding.act_of(membership),
        minutes_left=hiding.minutes_left,
        is_fresh=is_fresh(),
        is_browsing=bool(within or country),
        **page_facts(member, condition, membership, marked=form.zone, within=within, country=country),
    )
