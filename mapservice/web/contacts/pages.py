"""Becoming contacts in a conversation, answering the question of the other, ending it, and the list of contacts.

Nobody is told that a question was refused, or that being contacts was ended; a page only says what one has chosen.
"""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.errors import UnknownConversationError
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.contacts import ContactPart, shows_to_contacts
from mapservice.privacy.messages import ConversationPart
from mapservice.privacy.precision import is_minor
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.contacts import contacts, my_contacts
from mapservice.store.messages import conversations, correspondents
from mapservice.store.places import restore_reviews
from mapservice.store.profiles import profiles
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import PASSWORD_FIELD, ask_if_stale, member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.retries import idempotent

bp = Blueprint("contacts", __name__)


@bp.get("/me/contacts")
@rate_limits.unlimited
@member_required
def show(member: Member) -> Answer:
    """List the contacts of a member in all communities, and the people whom they have asked."""
    form_fields.allow_only_queries()
    listed = my_contacts.listed(get_session(), member)
    return render_template("contacts/show.html", contacts=listed)


@bp.post("/conditions/<slug>/messages/<conversation_id>/contact")
@member_required
@idempotent
def agree(member: Member, slug: str, conversation_id: str) -> Any:
    """Ask the other in a conversation to become contacts, or agree; with a password where the other then sees more."""
    form_fields.allow_only(PASSWORD_FIELD)
    condition, own, other_id = _both(member, slug, conversation_id)
    if _shows_more(own):
        refusal = ask_if_stale(member)
        if refusal is not None:
            return refusal
        restore_reviews.require_reviewed(get_session(), member.id)
    form_fields.allow_only()
    contacts.agree(get_session(), condition.id, member.id, other_id)
    part = contacts.part(
        get_session(), condition.id, member.id, other_id, is_minor=is_minor(member.minor_until, today())
    )
    commit(get_session())
    flash(_("You are contacts now.") if part is ContactPart.CONTACTS else _("You have asked."), "success")
    return _to_conversation(slug, conversation_id)


@bp.post("/conditions/<slug>/messages/<conversation_id>/contact/refuse")
@rate_limits.unlimited
@member_required
@idempotent
def refuse(member: Member, slug: str, conversation_id: str) -> Response:
    """Refuse to become contacts. The other is not told."""
    return _silently(contacts.refuse, member, slug, conversation_id)


@bp.post("/conditions/<slug>/messages/<conversation_id>/contact/end")
@rate_limits.unlimited
@member_required
@idempotent
def end(member: Member, slug: str, conversation_id: str) -> Response:
    """End being contacts, or take the question back, at once. The other is not told."""
    return _silently(contacts.end, member, slug, conversation_id)


@bp.post("/conditions/<slug>/contacts/<public_id>/end")
@rate_limits.unlimited
@member_required
@idempotent
def end_listed(member: Member, slug: str, public_id: str) -> Response:
    """End being contacts with somebody in the list, or take the question back; the same answer if there is nobody."""
    form_fields.allow_only()
    condition = memberships.get_condition(get_session(), member, slug)
    other_id = my_contacts.find(get_session(), member, condition, public_id)
    if other_id is not None:
        blocks.lock_members(get_session(), member.id, other_id)
        contacts.end(get_session(), condition.id, member.id, other_id)
        commit(get_session())
    flash(_("Done. Nobody gets a message about it."))
    return redirect(url_for("contacts.show"), code=303)


def _silently(choose: Callable[..., None], member: Member, slug: str, conversation_id: str) -> Response:
    """Store a choice about the other in a conversation, of which nobody gets a message."""
    form_fields.allow_only()
    condition, _own, other_id = _both(member, slug, conversation_id)
    choose(get_session(), condition.id, member.id, other_id)
    commit(get_session())
    flash(_("Done. Nobody gets a message about it."))
    return _to_conversation(slug, conversation_id)


def _both(member: Member, slug: str, conversation_id: str) -> tuple[Condition, Membership, uuid.UUID]:
    """Return the condition of an accepted conversation, the member's membership, and the id of the other; both locked.

    :raise UnknownConversationError: if there is no such conversation, or one of them has not joined the condition.
    """
    condition = conditions.get(get_session(), slug, hidden=True)
    other_id = _other(member, condition, conversation_id)
    blocks.lock_members(get_session(), member.id, other_id)
    # Meanwhile the other may have blocked the member, or left.
    if _other(member, condition, conversation_id) != other_id:
        raise UnknownConversationError
    own = memberships.find(get_session(), member, condition)
    if own is None or get_session().get(Membership, (condition.id, other_id)) is None:
        raise UnknownConversationError
    return condition, own, other_id


def _other(member: Member, condition: Condition, conversation_id: str) -> uuid.UUID:
    try:
        conversation = conversations.get(get_session(), member, condition, uuid.UUID(conversation_id))
    except ValueError:
        raise UnknownConversationError from None
    other_id = correspondents.other(get_session(), member, conversation)
    if conversation.part is not ConversationPart.ACCEPTED or other_id is None:
        raise UnknownConversationError
    return other_id


def _shows_more(own: Membership) -> bool:
    """Return whether a new contact would see anything of a member that others of the community do not see."""
    return shows_to_contacts(Audience(own.audience), profiles.find(get_session(), own.condition_id, own.member_id))


def _to_conversation(slug: str, conversation_id: str) -> Response:
    return redirect(
        url_for("conversations.show", slug=slug, conversation_id=conversation_id, _anchor="contact"), code=303
    )
