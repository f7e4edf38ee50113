"""Hiding in one condition or everywhere, undoing it, and the confirmation before a location is deleted.

An act of hiding has a random id. The memberships that it hid carry it, and so does the login in which it happened,
with its time: that login may undo it for some minutes without a password. Neither reveals a condition or a zone.
"""

import datetime as dt
import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from mapservice.actions import hide
from mapservice.db import commit, get_session
from mapservice.i18n.bidi import join_names
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.home_changes import COOLDOWN, next_move_date
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.places import home_zones
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts.access import ask_if_stale, member_required
from mapservice.web.accounts.login import is_fresh, viewer
from mapservice.web.places.forms import ShowAgainForm
from mapservice.web.site import form_fields, form_versions, rate_limits
from mapservice.web.site.retries import idempotent

bp = Blueprint("hiding", __name__)

#: How long a login can undo what it hid, without a password.
UNDO_MINUTES = 10

#: Prefix of the session keys that hold the time of an act of hiding. Each act has its own key, so that of two at the
#: same moment none is lost.
ACT = "hidden/"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden membership, and the audience to which it can be shown again in one step, or None."""

    condition: Condition
    act: str
    version: str
    zone: str
    audience: Audience | None


def is_shown() -> bool:
    """Return whether anybody can see the signed-in member, and so whether there is anything to hide. For templates."""
    member = viewer()
    try:
        return member is not None and memberships.is_shown(get_session(), member)
    except SQLAlchemyError:
        return False


def shown_in() -> list[Condition]:
    """Return the conditions in which the signed-in member is visible. For templates."""
    member = viewer()
    if member is None:
        return []
    joined = memberships.list_for_member(get_session(), member)
    return [condition for membership, condition in joined if membership.audience != Audience.NOBODY]


def remember_act(act: uuid.UUID) -> None:
    """Store an act of hiding in this login, which may then undo it."""
    for name in [name for name in session if name.startswith(ACT)]:
        if name.removeprefix(ACT) not in _recent_acts():
            session.pop(name)
    session[f"{ACT}{act.hex}"] = time.time()


def act_id(membership: Membership) -> str:
    """Return the id of the act of hiding as a form carries it; a membership that was hidden again has another one."""
    return membership.hidden_by.hex if membership.hidden_by else ""


def minutes_left(act: str) -> int:
    """Return for how many minutes this login can still undo an act without a password, rounded up; 0 if it cannot."""
    since = _recent_acts().get(act)
    return 0 if since is None else math.ceil((since + UNDO_MINUTES * 60 - time.time()) / 60)


@bp.post("/me/hide")
@rate_limits.unlimited
@member_required
@idempotent
def hide_everywhere(member: Member) -> Response:
    """Hide the member in all conditions, at once and as one act."""
    form_fields.allow_only()
    stored = get_session()
    act = hide.hide_everywhere(stored, member)
    commit(stored)  # even if nobody could see them: forms from before become outdated
    if act is not None:
        remember_act(act)
    return redirect(url_for("hiding.show"), code=303)


@bp.get("/me/hidden")
@rate_limits.unlimited
@member_required
def show(member: Member) -> str:
    """Show where the member is hidden, what this login has just hidden, and how to undo it."""
    form_fields.allow_only_queries()
    hidden = _hidden(member)
    recent = [entry for entry in hidden if entry.audience and minutes_left(entry.act)]
    latest = max(recent, key=lambda entry: _recent_acts()[entry.act]).act if recent else ""
    return render_template(
        "places/hiding/show.html",
        just_now=[entry for entry in hidden if latest and entry.act == latest],
        others=[entry for entry in hidden if not latest or entry.act != latest],
        act=latest,
        minutes_left=minutes_left,
        is_fresh=is_fresh(),
    )


@bp.post("/me/hidden/undo")
@rate_limits.unlimited
@member_required
def undo(member: Member) -> Any:
    """Undo one act of hiding: the same zones and audiences as before, and nothing else."""
    act = ShowAgainForm().act.data or ""
    refusal = None if minutes_left(act) else ask_if_stale(member)
    if refusal is not None:
        return refusal
    stored = get_session()
    shown, changed = hide.undo(stored, member, _read(act))
    names = {condition.id: condition.name for _membership, condition in memberships.list_for_member(stored, member)}
    commit(stored)
    _flash_result(*([names[membership.condition_id] for membership in group] for group in (shown, changed)))
    return redirect(url_for("memberships.mine"), code=303)


@bp.post("/conditions/<slug>/show-again")
@rate_limits.unlimited
@member_required
def show_again(member: Member, slug: str) -> Any:
    """Show the member again as before they hid: the same zone, audience and consents."""
    stored, form = get_session(), ShowAgainForm()
    condition = memberships.get_condition(stored, member, slug)
    own = memberships.find(stored, member, condition)
    act = form.act.data or (act_id(own) if own else "")
    refusal = None if minutes_left(act) else ask_if_stale(member)
    if refusal is not None:
        return refusal
    membership = memberships.get(stored, member, condition)
    is_current = form_versions.is_current(member, membership)
    if not is_current or act_id(membership) != act or not hide.undo_here(stored, member, membership):
        flash(_("Choose below how you want to be shown.") if is_current else str(form_versions.CHANGED))
        return redirect(url_for("place.edit", slug=slug), code=303)
    commit(stored)
    flash(_("You are visible again as before."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.get("/me/place/forget")
@rate_limits.unlimited
@member_required
def forget(member: Member) -> str | Response:
    """Ask for confirmation before the location is deleted, which cannot be undone."""
    form_fields.allow_only_queries()
    home = home_zones.home(get_session(), member)
    if home is None:
        return redirect(url_for("memberships.mine"))
    names = tree.names(get_session(), [home.zone_id])
    joined = [
        condition.name for shown, condition in memberships.list_for_member(get_session(), member) if shown.shown_zone
    ]
    is_resting = dt.datetime.now(dt.UTC) - home.since < COOLDOWN
    return render_template(
        "places/location/forget.html",
        zone=zone_name(home.zone_id, names[home.zone_id]),
        joined=joined,
        choose_again_from=next_move_date(home) if is_resting else None,
    )


def _recent_acts() -> dict[str, float]:
    """Return the acts of this login that it can still undo without a password."""
    over = time.time() - UNDO_MINUTES * 60
    acts = {name.removeprefix(ACT): at for name, at in session.items() if name.startswith(ACT)}
    return {act: at for act, at in acts.items() if at > over}


def _read(act: str) -> uuid.UUID | None:
    """Return the id of an act from a form; None if it is not valid."""
    try:
        return uuid.UUID(act)
    except ValueError:
        return None


def _hidden(member: Member) -> list[Hidden]:
    """Return the memberships that have a zone and are hidden."""
    stored = get_session()
    rows = [
        row
        for row in memberships.list_for_member(stored, member)
        if row[0].shown_zone and row[0].audience == Audience.NOBODY
    ]
    names = tree.names(stored, [membership.shown_zone for membership, _condition in rows if membership.shown_zone])
    return [
        Hidden(
            condition,
            act_id(membership),
            form_versions.present(member, membership),
            zone_name(zone, names[zone]),
            hide.audience_to_restore(stored, member, membership),
        )
        for membership, condition in rows
        if (zone := membership.shown_zone)
    ]


def _flash_result(shown: Sequence[str], changed: Sequence[str]) -> None:
    """Tell the member where they are shown again, and where not."""
    if shown:
        flash(_("You are visible again as before in: %(names)s.", names=join_names(shown)))
    if changed:
        flash(
            _(
                "You are still hidden in: %(names)s. Something has changed there since you hid.",
                names=join_names(changed),
            )
        )
    if not shown and not changed:
        flash(_("There was nothing to undo. This page shows your current settings."))
