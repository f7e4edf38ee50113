"""After a move: the other conditions, in which the member is hidden, each with a button to show the new zone."""

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions.show_location import show_location
from mapservice.db import commit, get_session
from mapservice.geo.zones import level_of
from mapservice.i18n import consent_wordings
from mapservice.i18n.labels import expected, zone_name
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.precision import expected_people, needs_second_consent, offered_level
from mapservice.privacy.showing import Obstacle, Wish
from mapservice.privacy.visibility import Audience
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts.access import fresh_member_required, member_required
from mapservice.web.places.forms import ShowThereForm
from mapservice.web.site import form_fields, form_versions
from mapservice.web.site.forms import Form
from mapservice.web.site.idempotency import operation_id

bp = Blueprint("after_a_move", __name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A condition in which a move hid the member: the zone that it would show, and the consent for it."""

    membership: Membership
    condition: Condition
    zone: str
    agreement: str
    finer: str
    """The second consent; empty if none is needed."""
    form: ShowThereForm


def waiting(member: Member, sent: dict[str, ShowThereForm] | None = None) -> list[Waiting]:
    """Return the conditions in which a move hid the member and that do not show the new zone yet.

    ``sent`` are the forms with errors, by condition.
    """
    joined = memberships.list_for_member(get_session(), member)
    return [
        _waiting(membership, condition, (sent or {}).get(condition.slug))
        for membership, condition in joined
        if _waits(member, membership)
    ]


@bp.get("/me/place/moved")
@member_required
def show(member: Member) -> str | Response:
    """List the conditions in which a move hid the member."""
    form_fields.allow_only_queries()
    listed = waiting(member)
    return _page(listed, member) if listed else redirect(url_for("memberships.mine"))


@bp.post("/conditions/<slug>/show-there")
@fresh_member_required
def show_there(member: Member, slug: str) -> Response | tuple[str, int]:
    """Show the member's new zone in one condition, to the same audience as before the move."""
    session, form = get_session(), ShowThereForm(suffix=slug)
    if not operations.is_done(session, operation_id(), member):
        condition = memberships.get_condition(session, member, slug)
        membership = memberships.get(session, member, condition)
        answered = _show(member, membership, condition, form)
        if answered.problems:
            session.rollback()
            return _page(waiting(member, {slug: form} if answered is form else {}), member, answered), 422
        commit(session)
        flash(_("You are visible again in: %(condition)s.", condition=condition.name))
    return redirect(url_for("after_a_move.show"), code=303)


def _show(member: Member, membership: Membership, condition: Condition, form: ShowThereForm) -> Form:
    """Show a membership in the new zone; return the form, with the obstacles as errors."""
    if not (form_versions.is_current(member, membership) and _waits(member, membership)):
        return _changed()
    session, audience = get_session(), Audience(str(membership.audience_before))
    path = tree.path(session, str(membership.shown_zone))
    outcome = show_location(
        session,
        member,
        membership,
        condition,
        Wish(path, audience, agrees_to_finer=form.finer.data, says_moved=False),
        now=dt.datetime.now(dt.UTC),
        key=current_app.config["ANCHOR_KEY"],
        words=consent_wordings.wordings_to_store(audience),
        confirm_identity=lambda: True,
    )
    if Obstacle.NEEDS_CONSENT in outcome.obstacles:
        form.reject(
            "finer",
            _("Few people with this condition live there. Please agree to be shown there, or choose a wider zone."),
        )
        return form
    return _changed() if outcome.obstacles else form


def _changed() -> Form:
    """Return a form with the error that everything has changed meanwhile."""
    form = Form(formdata=None)
    form.form_errors.append(form_versions.CHANGED)
    return form


def _waits(member: Member, membership: Membership) -> bool:
    """Return whether a membership was hidden by a move, and the member has not agreed to show it since."""
    zone = membership.shown_zone
    if membership.audience_before is None or zone is None:
        return False
    return not consents.has_agreed(get_session(), member, membership.condition_id, ConsentKind.SHOWN, zone_id=zone)


def _waiting(membership: Membership, condition: Condition, sent: ShowThereForm | None = None) -> Waiting:
    path = tree.path(get_session(), str(membership.shown_zone))
    zone, audience = path[-1], Audience(str(membership.audience_before))
    name = zone_name(zone.id, zone.name)
    offered = offered_level(path, condition.prevalence, for_minor=homes.is_for_minor(get_session(), membership))
    is_finer = needs_second_consent(level_of(zone.id), offered)
    finer = consent_wordings.second_consent(expected(expected_people(zone, condition.prevalence))) if is_finer else ""
    form = sent or ShowThereForm(formdata=None, suffix=condition.slug)
    return Waiting(membership, condition, name, consent_wordings.shown_consent(audience, name), finer, form)


def _page(listed: list[Waiting], member: Member, form: Form | None = None) -> str:
    return render_template("places/after_a_move/show.html", member=member, listed=listed, form=form)
