"""Reporting messages of a conversation: those that the reporter ticks, and no others."""

import re
import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import UnprocessableEntity

from mapservice.actions import report as actions
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.errors import UnknownConversationError
from mapservice.i18n.dates import day
from mapservice.i18n.translation import gettext as _
from mapservice.message_keys import MessageKeys
from mapservice.privacy.messages import ConversationPart
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason
from mapservice.store.catalogue import conditions
from mapservice.store.messages import conversations, reading
from mapservice.store.messages.conversations import Conversation
from mapservice.store.messages.reading import ReadMessage
from mapservice.store.reports import reports
from mapservice.store.site import operations
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.reports.forms import ReportForm
from mapservice.web.reports.pages import report_key
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, Tick, page
from mapservice.web.site.idempotency import operation_id

bp = Blueprint("message_reports", __name__)

#: Messages to choose from on one page.
MESSAGES = 30

# The number after every message, and the name of the box of one.
_END, _TICK = 2**31 - 1, re.compile(r"message_[1-9][0-9]{0,9}")


@bp.get("/conditions/<slug>/messages/<conversation_id>/report")
@member_required
def ask(member: Member, slug: str, conversation_id: str) -> Answer:
    """Ask which messages are reported, and why."""
    form_fields.allow_only_queries("before")
    conversation = _conversation(member, slug, conversation_id)
    messages = _messages(member, conversation)
    return _page(conversation, messages, _form(messages))


@bp.post("/conditions/<slug>/messages/<conversation_id>/report")
@member_required
def send(member: Member, slug: str, conversation_id: str) -> Answer:
    """Send the chosen messages to the moderators."""
    form_fields.allow_only_queries("before")
    form_fields.allow_only("reason", "note", *filter(_TICK.fullmatch, request.form))
    session = get_session()
    conversation = _conversation(member, slug, conversation_id)
    messages = _messages(member, conversation)
    form = _form(messages)
    if not operations.is_done(session, operation_id(), member):
        is_valid, chosen = form.validate(), [message for message in messages if form[_tick(message)].data]
        if not chosen:
            form.form_errors.append(_("Choose at least one message."))
        if not is_valid or not chosen:
            session.rollback()
            return _page(conversation, messages, form)
        rate_limits.consume(rate_limits.limit("reports"), str(member.id))
        actions.report(
            session,
            member,
            conversation.condition,
            _other(conversation, member),
            ReportKind.MESSAGES,
            ReportReason(form.reason.data),
            [_excerpt(conversation, message) for message in chosen],
            note=form.note.data,
            key=report_key(),
        )
        commit(session)
    flash(_("Thank you. The moderators will look at your report."), "success")
    return redirect(url_for("reports.show"), code=303)


def _conversation(member: Member, slug: str, conversation_id: str) -> Conversation:
    """Return a conversation in which the other has written.

    :raise UnknownConversationError: if there is none for this member.
    """
    condition = conditions.get(get_session(), slug, hidden=True)
    try:
        id_ = uuid.UUID(conversation_id)
    except ValueError:
        raise UnknownConversationError from None
    conversation = conversations.get(get_session(), member, condition, id_)
    if conversation.part in (ConversationPart.SENT, ConversationPart.DRAFT):
        raise UnknownConversationError
    return conversation


def _messages(member: Member, conversation: Conversation) -> Sequence[ReadMessage]:
    """Return the messages to choose from: the last ones, or those before the one in the address."""
    asked = request.args.get("before", str(_END))
    if not (asked.isascii() and asked.isdigit() and len(asked) <= len(str(_END))):
        raise UnprocessableEntity
    keys, before = MessageKeys.of(current_config()), min(int(asked), _END)
    last = reading.messages(get_session(), keys, conversation, member, before=before, limit=MESSAGES)
    return [message for message in last if message.text is not None]


def _other(conversation: Conversation, member: Member) -> uuid.UUID:
    other = reports.other_in_conversation(get_session(), conversation.condition.id, conversation.id, member)
    if other is None:
        raise UnknownConversationError
    return other


def _form(messages: Sequence[ReadMessage]) -> ReportForm:
    """Return a form with a box for each message."""
    boxes = {_tick(message): Tick(message.text) for message in messages}
    form: ReportForm = type("MessageReportForm", (ReportForm,), boxes)()
    return form


def _tick(message: ReadMessage) -> str:
    return f"message_{message.number}"


def _excerpt(conversation: Conversation, message: ReadMessage) -> Excerpt:
    return Excerpt(f"{_writer(conversation, message)}, {day(message.sent_on)}", message.text or "")


def _writer(conversation: Conversation, message: ReadMessage) -> str:
    return _("The person who reports") if message.is_own else conversation.name


def _page(conversation: Conversation, messages: Sequence[ReadMessage], form: ReportForm) -> Answer:
    boxes = [(form[_tick(message)], message) for message in messages]
    return page(
        "reports/messages.html",
        form,
        condition=conversation.condition,
        conversation=conversation,
        boxes=boxes,
        before=request.args.get("before"),
    )
