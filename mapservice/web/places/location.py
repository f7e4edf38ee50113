"""The member's location in one condition: chosen in the page, sent as a zone, shown at the chosen level."""

import datetime as dt

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapservice.actions import hide
from mapservice.actions.show_location import Outcome, show_location
from mapservice.db import commit, get_session
from mapservice.i18n import consent_wordings
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.visibility_summary import visibility_summary
from mapservice.privacy.showing import Wish, only_narrows
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.contacts import my_contacts
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts.access import member_required, verify_password
from mapservice.web.accounts.login import is_fresh
from mapservice.web.places import after_a_move, hiding
from mapservice.web.places.location_form import LocationForm
from mapservice.web.places.zone_options import page_facts
from mapservice.web.site import form_fields, form_versions, rate_limits
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("place", __name__)


_HIDDEN_ONLY = _l(
    "You are hidden here, as you chose. Nothing else was saved, because your settings changed after you opened "
    "this page, perhaps in another tab. Your current settings are below."
)


@bp.get("/conditions/<slug>/place")
@member_required
def edit(member: Member, slug: str) -> str | Response:
    """Show what the member shows of their location here, and let them choose it on a map or from lists."""
    form_fields.allow_only_queries("country", "in")
    condition, membership = _membership(member, slug)
    if membership is None:
        return redirect(url_for("memberships.edit", slug=slug))
    if request.args:
        # An old URL in a history or a bookmark: its zone is dropped, and nothing is chosen by it.
        return redirect(url_for("place.edit", slug=slug), code=303)
    return _page(member, condition, membership, LocationForm.of(membership, membership.shown_zone or ""))


@bp.route("/conditions/<slug>/place/zones", methods=["GET", "POST"])
@member_required
def browse(member: Member, slug: str) -> str | Response:
    """Show the zones of a country, or the children of a zone, as lists. Sent as a form, so that no URL names a zone."""
    form_fields.allow_only("country", "in")
    condition, membership = _membership(member, slug)
    if membership is None or request.method != "POST":
        return redirect(url_for("place.edit", slug=slug), code=303 if request.method == "POST" else 302)
    within, country = request.form.get("in", ""), request.form.get("country", "")
    marked = "" if within else membership.shown_zone or ""
    form = LocationForm.of(membership, marked or within)
    return _page(member, condition, membership, form, within=within, country=country)


@bp.post("/conditions/<slug>/place")
@member_required
def save(member: Member, slug: str) -> Response | tuple[str, int]:
    """Show the member in the chosen zone to the chosen audience.

    An outdated form may show less, but not more.
    """
    session, form = get_session(), LocationForm()
    is_valid = form.validate()
    if not operations.is_done(session, operation_id(), member):
        condition = memberships.get_condition(session, member, slug)
        membership = memberships.get(session, member, condition)
        if not is_valid:
            session.rollback()
            return _page(member, condition, membership, form), 422
        if not form.zone.data:
            hide.take_off_map(session, membership)
        elif form_versions.is_current(member, membership) or _only_narrows(membership, form):
            form.explain(_show(member, membership, condition, form))
        else:
            return _answer_to_old_form(member, condition, membership, form)
        if form.problems:
            session.rollback()
            if form.chosen is Audience.NOBODY and _hide_as_chosen(member, condition):
                flash(_("You are hidden here, as you chose. Nothing else has been saved yet."))
            return _page(member, condition, membership, form), 422
        commit(session)
    if after_a_move.waiting(member):  # what a move hid; that page itself says that everything is saved
        return redirect(url_for("after_a_move.show"), code=303)
    flash(_saved(form))
    is_hidden = form.audience.data == Audience.NOBODY
    return redirect(url_for("place.edit" if is_hidden else "map.show", slug=slug), code=303)


@bp.post("/conditions/<slug>/hide", endpoint="hide")
@rate_limits.unlimited
@member_required
@idempotent
def hide_here(member: Member, slug: str) -> Response:
    """Hide the member in this condition, at once; the zone is kept."""
    form_fields.allow_only()
    session = get_session()
    membership = memberships.get(session, member, memberships.get_condition(session, member, slug))
    act = hide.hide_here(session, membership)
    commit(session)
    if act is not None:
        hiding.remember_act(act)
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
    """Delete the member's location, and remove them from the map of every condition."""
    form_fields.allow_only()
    session = get_session()
    hide.delete_location(session, member)
    commit(session)
    flash(_("Your location has been deleted and you no longer appear on any map. Your memberships are unchanged."))
    return redirect(url_for("memberships.mine"), code=303)


def _only_narrows(membership: Membership, form: LocationForm) -> bool:
    return only_narrows(membership.shown_zone, Audience(membership.audience), form.zone.data or "", form.chosen)


def _answer_to_old_form(
    member: Member, condition: Condition, membership: Membership, form: LocationForm
) -> tuple[str, int]:
    """Show the present settings and ask again."""
    get_session().rollback()
    is_hidden = form.chosen is Audience.NOBODY and _hide_as_chosen(member, condition)
    present = LocationForm.of(membership, membership.shown_zone or "")
    present.form_errors.append(_HIDDEN_ONLY if is_hidden else form_versions.CHANGED)
    return _page(member, condition, membership, present), 409


def _hide_as_chosen(member: Member, condition: Condition) -> bool:
    """Hide a member who chose the audience "nobody", whatever errors their form has; return False if already hidden."""
    session = get_session()
    if not hide.show_to_nobody(session, memberships.get(session, member, condition)):
        session.rollback()
        return False
    commit(session)
    return True


def _saved(form: LocationForm) -> str:
    """Return the message after saving."""
    if form.zone.data and form.audience.data == Audience.NOBODY:
        return _("Saved. Nobody can see you. To appear on the map, choose below who can see you.")
    return _("Saved. What you see here is all we store. We do not know anything more precise.")


def _membership(member: Member, slug: str) -> tuple[Condition, Membership | None]:
    condition = memberships.get_condition(get_session(), member, slug)
    return condition, memberships.find(get_session(), member, condition)


def _show(member: Member, membership: Membership, condition: Condition, form: LocationForm) -> Outcome:
    """Do what the form requests."""
    session = get_session()
    return show_location(
        session,
        member,
        membership,
        condition,
        Wish(tree.path(session, form.zone.data or ""), form.chosen, form.finer.data, form.moved.data),
        now=dt.datetime.now(dt.UTC),
        key=current_app.config["ANCHOR_KEY"],
        words=consent_wordings.wordings_to_store(form.chosen),
        confirm_identity=lambda: is_fresh() or verify_password(member, form.password.data or ""),
    )


def _page(
    member: Member,
    condition: Condition,
    membership: Membership,
    form: LocationForm,
    *,
    within: str = "",
    country: str = "",
) -> str:
    zone_names = tree.names(get_session(), [membership.shown_zone] if membership.shown_zone else [])
    contacts = my_contacts.number(get_session(), member, condition)
    return render_template(
        "places/location/edit.html",
        member=member,
        condition=condition,
        membership=membership,
        form=form,
        visibility=visibility_summary(membership, zone_names, contacts=contacts),
        contacts=contacts,
        shown_before=hide.audience_to_restore(get_session(), member, membership),
        act=hiding.act_id(membership),
        minutes_left=hiding.minutes_left,
        is_fresh=is_fresh(),
        is_browsing=bool(within or country),
        script_bundle="location",
        **page_facts(member, condition, membership, marked=form.zone.data or "", within=within, country=country),
    )
