"""What a member does with a conversation: accept or decline a first message, and delete it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.messages import ConversationPart
from mapservice.store.contacts import my_contacts
from mapservice.store.messages import erasure, writing
from mapservice.store.messages.conversations import Conversation
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.messages.conversations import find, to_end
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, SureForm
from mapservice.web.site.retries import idempotent

bp = Blueprint("answers", __name__)


@bp.post("/conditions/<slug>/messages/<conversation_id>/accept")
@member_required
@idempotent
def accept(member: Member, slug: str, conversation_id: str) -> Response:
    """Accept a first message: from now on both can write."""
    _answer(member, slug, conversation_id, writing.accept)
    flash(_("You can now write to each other."), "success")
    return to_end(slug, conversation_id)


@bp.post("/conditions/<slug>/messages/<conversation_id>/decline")
@rate_limits.unlimited
@member_required
@idempotent
def decline(member: Member, slug: str, conversation_id: str) -> Response:
    """Decline a first message. Its writer is not told."""
    _answer(member, slug, conversation_id, writing.decline)
    return redirect(url_for("conversations.show", slug=slug, conversation_id=conversation_id), code=303)


@bp.post("/conditions/<slug>/messages/<conversation_id>/undo")
@member_required
@idempotent
def undo(member: Member, slug: str, conversation_id: str) -> Response:
    """Put a declined first message back among those that wait for an answer."""
    _answer(member, slug, conversation_id, writing.undo_decline)
    return redirect(url_for("conversations.show", slug=slug, conversation_id=conversation_id), code=303)


@bp.route("/conditions/<slug>/messages/<conversation_id>/delete", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def delete(member: Member, slug: str, conversation_id: str) -> Answer:
    """Ask for confirmation, then delete a conversation with all its messages, for both."""
    form, session = SureForm(), get_session()
    conversation = find(member, slug, conversation_id, is_locked=form_fields.is_sent())
    if not form.sure.data:
        contact = my_contacts.in_conversation(session, member, conversation.row, today())
        words = {"condition": conversation.condition, "conversation": conversation, "contact": contact}
        return render_template("messages/delete.html", **words)
    if conversation.part in {ConversationPart.ASKED, ConversationPart.DECLINED}:
        writing.decline(session, conversation, member)
    else:
        erasure.erase(session, conversation.row.condition_id, conversation.id)
    commit(session)
    flash(_("Deleted."), "success")
    return redirect(url_for("conversations.inbox"), code=303)


def _answer(
    member: Member, slug: str, conversation_id: str, give: Callable[[Session, Conversation, Member], object]
) -> None:
    """Give an answer to a first message, while nobody else changes the conversation."""
    form_fields.allow_only()
    give(get_session(), find(member, slug, conversation_id, is_locked=True), member)
    commit(get_session())
