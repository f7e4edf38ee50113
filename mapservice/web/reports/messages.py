"""Reporting messages of a conversation: those that the reporter ticks, and no others."""

import re
import uuid
from collections.abc import Sequence

from flask import Blueprint, request
from werkzeug.exceptions import UnprocessableEntity

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.errors import UnknownConversationError
from mapservice.i18n.dates import day
from mapservice.i18n.translation import gettext as _
from mapservice.message_keys import MessageKeys
from mapservice.privacy.messages import ConversationPart
from mapservice.privacy.reports import Excerpt, ReportKind
from mapservice.store.catalogue import conditions
from mapservice.store.messages import conversations, reading
from mapservice.store.messages.conversations import Conversation
from mapservice.store.messages.reading import ReadMessage
from mapservice.store.reports import reports
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.reports import sending
from mapservice.web.reports.forms import ReportForm
from mapservice.web.reports.sending import Reported
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer, Tick

bp = Blueprint("message_reports", __name__)

#: Messages to choose from on one page.
MESSAGES = 30

# The number after every message, and the name of the box of one.
_END, _TICK = 2**31 - 1, re.compile(r"message_[1-9][0-9]{0,9}")


class MessagesReportForm(ReportForm):
    """A report with a box for each message to choose from, of which at least one is ticked."""

    def validate(self, **more: object) -> bool:
        """Check that there is a reason, and a message."""
        is_valid = bool(super().validate(**more))
        if not self.chosen:
            self.form_errors.append(_("Choose at least one message."))
        return is_valid and bool(self.chosen)

    @property
    def chosen(self) -> set[str]:
        """Return the names of the ticked boxes."""
        return {field.name for field in self if isinstance(field, Tick) and field.data}


@bp.get("/conditions/<slug>/messages/<conversation_id>/report")
@member_required
def ask(member: Member, slug: str, conversation_id: str) -> Answer:
    """Ask which messages are reported, and why."""
    form_fields.allow_only_queries("before")
    return sending.ask(_reported(member, slug, conversation_id))


@bp.post("/conditions/<slug>/messages/<conversation_id>/report")
@member_required
def send(member: Member, slug: str, conversation_id: str) -> Answer:
    """Send the chosen messages to the moderators."""
    form_fields.allow_only_queries("before")
    boxes = filter(_TICK.fullmatch, request.form)
    return sending.send(member, lambda: _reported(member, slug, conversation_id), *boxes)


def _reported(member: Member, slug: str, conversation_id: str) -> Reported:
    """Return a conversation whose messages this member can report."""
    conversation = _conversation(member, slug, conversation_id)
    messages = {_tick(message): message for message in _messages(member, conversation)}
    boxes = {name: Tick(message.text) for name, message in messages.items()}
    return Reported(
        condition=conversation.condition,
        member_id=_other(conversation, member),
        kind=ReportKind.MESSAGES,
        template="reports/messages.html",
        words={"conversation": conversation, "messages": messages, "before": request.args.get("before")},
        excerpts=lambda form: [_excerpt(conversation, messages[name]) for name in messages if form[name].data],
        form=type("BoxesReportForm", (MessagesReportForm,), boxes),
    )


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


def _tick(message: ReadMessage) -> str:
    return f"message_{message.number}"


def _excerpt(conversation: Conversation, message: ReadMessage) -> Excerpt:
    return Excerpt(f"{_writer(conversation, message)}, {day(message.sent_on)}", message.text or "")


def _writer(conversation: Conversation, message: ReadMessage) -> str:
    return _("The person who reports") if message.is_own else conversation.name
