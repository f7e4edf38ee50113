"""Blocking a person in the community of a condition, the list of people one has blocked, and unblocking them."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from mapservice.db import commit, get_session
from mapservice.errors import TooManyRequestsError, UnknownConversationError, UnknownPersonError
from mapservice.i18n.bidi import isolate
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.messages import conversations, correspondents
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


# The fields of this form. They are looked at before anybody is looked for.
_FIELDS = ("everywhere",)


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who can be blocked, the name that the member knows, and the page from which they came."""

    condition: Condition
    member_id: uuid.UUID
    name: str | None
    page: str


@bp.get("/conditions/<slug>/people/<public_id>/block")
@rate_limits.unlimited
@member_required
def ask(member: Member, slug: str, public_id: str) -> Answer:
    """Say what blocking a person does, and ask for confirmation."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug)
    if blocks.find(get_session(), member, condition, public_id) is not None:
        return redirect(url_for("blocks.show"))
    return _ask(_on_card(member, condition, public_id))


@bp.post("/conditions/<slug>/people/<public_id>/block")
@rate_limits.unlimited
@member_required
@idempotent
def block(member: Member, slug: str, public_id: str) -> Answer:
    """Block a person. Somebody who is blocked already stays so, and may be blocked on all maps from then on."""
    form_fields.allow_only(*_FIELDS)
    condition = conditions.get(get_session(), slug)
    blocked = blocks.find(get_session(), member, condition, public_id)
    if blocked is None:
        return _block(member, _on_card(member, condition, public_id))
    return _block(member, _Person(condition, blocked.member_id, None, ""))


@bp.get("/conditions/<slug>/messages/<conversation_id>/block")
@rate_limits.unlimited
@member_required
def ask_writer(member: Member, slug: str, conversation_id: str) -> Answer:
    """Say what blocking the other in a conversation does, who may not have joined, and ask for confirmation."""
    form_fields.allow_only_queries()
    person = _in_conversation(member, slug, conversation_id)
    return redirect(url_for("blocks.show")) if person is None else _ask(person)


@bp.post("/conditions/<slug>/messages/<conversation_id>/block")
@rate_limits.unlimited
@member_required
@idempotent
def block_writer(member: Member, slug: str, conversation_id: str) -> Answer:
    """Block the other in a conversation. Once they are blocked there is no such conversation."""
    form_fields.allow_only(*_FIELDS)
    person = _in_conversation(member, slug, conversation_id)
    return redirect(url_for("blocks.show"), code=303) if person is None else _block(member, person)


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


def _ask(person: _Person) -> Answer:
    return render_template("blocks/ask.html", person=person, form=BlockForm())


def _block(member: Member, person: _Person) -> Answer:
    stored, form = get_session(), BlockForm()
    key = person.condition.id, person.member_id
    made = blocks.block_account(stored, member, *key, name=person.name, everywhere=form.everywhere.data)
    commit(stored)
    _remember(made)
    name = isolate(person.name or "")
    flash(_("You have blocked %(name)s.", name=name) if name else _("You have blocked this person."), "success")
    return redirect(url_for("blocks.show"), code=303)


def _on_card(member: Member, condition: Condition, public_id: str) -> _Person:
    """Return somebody else whom the member can see, or with whom they have a conversation.

    :raise UnknownPersonError: if there is none.
    """
    viewer = memberships.viewer(get_session(), member, condition)
    page = url_for("map.card", slug=condition.slug, public_id=public_id)
    try:
        person = visible_people.get(get_session(), condition, public_id, viewer)
    except UnknownPersonError:
        known = correspondents.find(get_session(), member, condition, public_id)
        if known is None:
            raise
        return _Person(condition, known[0].member_id, known[1], page)
    if person.member_id == member.id:
        raise UnknownPersonError
    return _Person(condition, person.member_id, _name(member, condition, person), page)


def _in_conversation(member: Member, slug: str, conversation_id: str) -> _Person | None:
    """Return the other in a conversation of the member; None if there is no such conversation for them.

    That is so once the other is blocked: a form that comes again gets the same answer.
    """
    condition = conditions.get(get_session(), slug)
    try:
        conversation = conversations.get(get_session(), member, condition, uuid.UUID(conversation_id))
    except (ValueError, UnknownConversationError):
        return None
    other_id = correspondents.other(get_session(), member, conversation)
    return None if other_id is None else _Person(condition, other_id, conversation.name, request.path[: -len("/block")])


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
