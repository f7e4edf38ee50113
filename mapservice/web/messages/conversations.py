"""The inbox, one conversation, and what a member writes in it."""

import uuid
from functools import partial

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.errors import UnknownConversationError
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.messages import MAX_REPLY, ConversationPart
from mapservice.store.catalogue import conditions
from mapservice.store.contacts import my_contacts
from mapservice.store.messages import conversations, reading, writing
from mapservice.store.messages.conversations import Conversation
from mapservice.store.site import operations
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.messages.current_keys import message_keys
from mapservice.web.messages.forms import ReplyForm
from mapservice.web.site import card_actions, form_fields, pagination
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.redirects import wants_json
from mapservice.web.site.retries import idempotent

bp = Blueprint("conversations", __name__)

#: Conversations on a page of the inbox, and messages on a page of a conversation.
PAGE, MESSAGES = 20, 30

# What a conversation is for somebody who may have typed something in it.
_WITH_DRAFT = frozenset({ConversationPart.ACCEPTED, ConversationPart.DRAFT})

# The longest beginning of a message in the inbox.
_EXCERPT = 120

# The number after every message, and the most digits of one.
_END, _DIGITS = 2**31 - 1, 9


@bp.get("/messages")
@member_required
def inbox(member: Member) -> str:
    """List the conversations of a member in all communities, the last active first."""
    form_fields.allow_only_queries("page")
    session, keys = get_session(), message_keys()
    listed = pagination.load_page(partial(conversations.inbox, session, member), PAGE)
    last = reading.last_messages(session, keys, listed.rows, member)
    typed = reading.drafts(session, keys, [one for one in listed.rows if one.part in _WITH_DRAFT], member)
    rows = []
    for conversation in listed.rows:
        place = (conversation.row.condition_id, conversation.id)
        message, draft = last.get(place), typed.get(place, "")
        rows.append((conversation, _excerpt(draft or (message.text if message else "")), bool(draft)))
    asked = my_contacts.questions(session, member, today())
    return render_template("messages/inbox.html", listed=listed, rows=rows, asked=asked)


@bp.get("/conditions/<slug>/messages/<conversation_id>")
@member_required
def show(member: Member, slug: str, conversation_id: str) -> Answer:
    """Show a conversation, its last messages or those before one of them."""
    form_fields.allow_only_queries("before")
    conversation = find(member, slug, conversation_id)
    if conversation.part is ConversationPart.DRAFT:
        return redirect(url_for("first_message.edit", slug=slug, public_id=conversation.public_id))
    return _page(member, conversation, ReplyForm(formdata=None, data={"text": _draft(conversation, member)}))


@bp.post("/conditions/<slug>/messages/<conversation_id>/reply")
@member_required
def reply(member: Member, slug: str, conversation_id: str) -> Answer:
    """Send a message in an accepted conversation; with an error, what was typed is kept."""
    session, form = get_session(), ReplyForm()
    is_valid = form.validate()
    if not operations.is_done(session, operation_id(), member):
        conversation = _accepted(member, slug, conversation_id)
        if not is_valid:
            session.rollback()
            return _page(member, conversation, form)
        writing.reply(session, message_keys(), conversation, member, form.text.data)
        commit(session)
    return to_end(slug, conversation_id)


@bp.post("/conditions/<slug>/messages/<conversation_id>/draft")
@member_required
@idempotent
def keep(member: Member, slug: str, conversation_id: str) -> Answer:
    """Keep what was typed, without sending it."""
    session, form = get_session(), ReplyForm()
    conversation = _accepted(member, slug, conversation_id)
    writing.save_draft(session, message_keys(), conversation.row, member, form.text.data[:MAX_REPLY])
    commit(session)
    if wants_json():
        return jsonify(saved=True)
    flash(_("Your draft has been saved."), "success")
    return to_end(slug, conversation_id)


@bp.post("/conditions/<slug>/messages/<conversation_id>/read")
@member_required
@idempotent
def read(member: Member, slug: str, conversation_id: str) -> Answer:
    """Note up to which message the member has read; nobody else learns that."""
    form_fields.allow_only("number")
    conversation = find(member, slug, conversation_id, is_locked=True)
    writing.mark_read(get_session(), conversation, member, _number(request.form.get("number")))
    commit(get_session())
    if wants_json():
        return jsonify(unread=conversations.unread(get_session(), member))
    return to_end(slug, conversation_id)


def find(member: Member, slug: str, conversation_id: str, *, is_locked: bool = False) -> Conversation:
    """Return a conversation of a member by what its address says.

    :raise UnknownConversationError: if it does not exist for them.
    """
    condition = conditions.get(get_session(), slug, hidden=True)
    try:
        id_ = uuid.UUID(conversation_id)
    except ValueError:
        raise UnknownConversationError from None
    return conversations.get(get_session(), member, condition, id_, is_locked=is_locked)


def to_end(slug: str, conversation_id: str) -> Response:
    """Return to a conversation, where its last message is."""
    return redirect(url_for("conversations.show", slug=slug, conversation_id=conversation_id, _anchor="end"), code=303)


def _accepted(member: Member, slug: str, conversation_id: str) -> Conversation:
    conversation = find(member, slug, conversation_id, is_locked=True)
    if conversation.part is not ConversationPart.ACCEPTED:
        raise UnknownConversationError
    return conversation


def _draft(conversation: Conversation, member: Member) -> str:
    if conversation.part not in _WITH_DRAFT:
        return ""
    return reading.draft(get_session(), message_keys(), conversation.row, member)


def _number(text: str | None) -> int:
    """Return the number of a message; 422 if it is none."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise UnprocessableEntity
    return int(text)


def _excerpt(text: str | None) -> str:
    """Return the beginning of a message on one line."""
    line = " ".join((text or "").split())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT].rstrip()}…"


def _page(member: Member, conversation: Conversation, form: ReplyForm) -> Answer:
    asked = request.args.get("before")
    before = _number(asked) if asked is not None else _END
    messages = reading.messages(get_session(), message_keys(), conversation, member, before=before, limit=MESSAGES)
    is_told = conversation.part is not ConversationPart.SENT
    slug = conversation.condition.slug
    return page(
        "messages/show.html",
        form,
        condition=conversation.condition,
        conversation=conversation,
        messages=messages,
        is_earlier=asked is not None,
        contact=my_contacts.in_conversation(get_session(), member, conversation.row, today()),
        actions=card_actions.links_in_conversation(slug, conversation.id) if is_told else [],
    )
