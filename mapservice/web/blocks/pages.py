"""Blocking a person in the community of a condition, the list of people one has blocked, and unblocking them."""

import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from mapservice.db import commit, get_session
from mapservice.errors import TooManyRequestsError, UnknownPersonError
from mapservice.i18n.bidi import isolate
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.places import member_lists
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import ask_if_stale, member_required
from mapservice.web.accounts.login import is_fresh
from mapservice.web.site import form_fields, people_limits, rate_limits
from mapservice.web.site.forms import Answer, Form, Tick
from mapservice.web.site.retries import idempotent

bp = Blueprint("blocks", __name__)

#: How long a login can undo a block that it has made, without a password.
UNDO_MINUTES = 10

# Prefix of the session keys that hold the time of a block; each has its own, so that of two at once none is lost.
_MADE = "blocked/"


class BlockForm(Form):
    """Whether the person is blocked on all maps of the member."""

    everywhere = Tick(_l("On all my maps"))


@bp.get("/conditions/<slug>/people/<public_id>/block")
@rate_limits.unlimited
@member_required
def ask(member: Member, slug: str, public_id: str) -> Answer:
    """Say what blocking a person does, and ask for confirmation."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug)
    if blocks.find(get_session(), member, condition, public_id) is not None:
        return redirect(url_for("blocks.show"))
    person = _person(member, condition, public_id)
    name = _name(member, condition, person)
    return render_template("blocks/ask.html", condition=condition, public_id=public_id, name=name, form=BlockForm())


@bp.post("/conditions/<slug>/people/<public_id>/block")
@rate_limits.unlimited
@member_required
@idempotent
def block(member: Member, slug: str, public_id: str) -> Answer:
    """Block a person. Somebody who is blocked already stays so, and may be blocked on all maps from then on."""
    stored, form = get_session(), BlockForm()
    condition = conditions.get(stored, slug)
    person = blocks.find(stored, member, condition, public_id)
    name = None
    if person is None:
        person = _person(member, condition, public_id)
        name = _name(member, condition, person)
    made = blocks.block(stored, member, person, name=name, everywhere=form.everywhere.data)
    commit(stored)
    _remember(made)
    flash(
        _("You have blocked %(name)s.", name=isolate(name)) if name else _("You have blocked this person."), "success"
    )
    return redirect(url_for("blocks.show"), code=303)


@bp.get("/me/blocked")
@rate_limits.unlimited
@member_required
def show(member: Member) -> str:
    """List the people whom the member has blocked, with the name that they saw then."""
    form_fields.allow_only_queries()
    made = blocks.made_by(get_session(), member)
    needs_password = not is_fresh() and not all(_can_undo(row.public_id) for row, _condition in made)
    entries = [{"block": row, "condition": condition} for row, condition in made]
    return render_template("blocks/show.html", blocks=entries, needs_password=needs_password)


@bp.post("/conditions/<slug>/unblock")
@rate_limits.unlimited
@member_required
def unblock(member: Member, slug: str) -> Any:
    """End a block. The other can see the member again, which needs a password once some minutes have passed."""
    block_id = request.form.get("block", "")
    refusal = None if _can_undo(block_id) else ask_if_stale(member)
    if refusal is not None:
        return refusal
    form_fields.allow_only("block")
    stored = get_session()
    if blocks.unblock(stored, member, memberships.get_condition(stored, member, slug), block_id):
        commit(stored)
        session.pop(_MADE + block_id, None)
        flash(_("You have unblocked this person."), "success")
    return redirect(url_for("blocks.show"), code=303)


def _person(member: Member, condition: Condition, public_id: str) -> Membership:
    """Return the membership of somebody else whom the member can see.

    :raise UnknownPersonError: if there is none.
    """
    viewer = memberships.viewer(get_session(), member, condition)
    person = visible_people.get(get_session(), condition, public_id, viewer)
    if person.member_id == member.id:
        raise UnknownPersonError
    return person


def _name(member: Member, condition: Condition, person: Membership) -> str | None:
    """Return the name of a person whom the member can see, or None if they have seen too many cards.

    Names are on cards only, and the number of cards is limited. Blocking somebody is not.
    """
    try:
        people_limits.consume(member)
    except TooManyRequestsError:
        return None
    viewer = memberships.viewer(get_session(), member, condition)
    return member_lists.card(get_session(), condition, person.public_id, viewer).pseudonym


def _remember(block_id: str) -> None:
    """Store a block in this login, which may then undo it, and forget those that it cannot undo any longer."""
    for key in [key for key in session if key.startswith(_MADE) and not _can_undo(key.removeprefix(_MADE))]:
        session.pop(key)
    session[_MADE + block_id] = time.time()


def _can_undo(block_id: str) -> bool:
    """Return whether this login has just made a block, and can undo it without a password."""
    made_at: float = session.get(_MADE + block_id, 0)
    return 0 <= time.time() - made_at < UNDO_MINUTES * 60
