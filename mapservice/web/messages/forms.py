"""The forms of conversations: a first message, a reply, and who may write."""

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice

from mapservice.i18n.labels import AUDIENCES
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.translation import ngettext
from mapservice.privacy.messages import MAX_FIRST, MAX_REPLY, MIN_FIRST
from mapservice.privacy.visibility import Audience
from mapservice.text import contacts
from mapservice.text.tidying import tidy
from mapservice.web.site.forms import Form

_WRITERS = {**AUDIENCES, Audience.MEMBERS: _l("Everyone who can see me")}


def _tidied(text: str | None) -> str:
    return tidy(text or "")


class FirstMessageForm(Form):
    """The first message to somebody."""

    text = TextAreaField(_l("Your message"), filters=[_tidied], render_kw={"rows": "7", "maxlength": str(MAX_FIRST)})

    @property
    def sent_text(self) -> str:
        """The message as it is sent: without contact details."""
        return contacts.mask(self.text.data, _("[hidden]"))

    @property
    def has_contacts(self) -> bool:
        """Whether contact details are hidden in the message."""
        return bool(self.sent_text != self.text.data)

    def validate(self, **more: Any) -> bool:
        """Check the length of the message: the longest with, and the shortest without contact details."""
        is_valid: bool = super().validate(**more)
        problem = _length_problem(self.text.data)
        if problem:
            self.reject("text", problem)
        return is_valid and not problem


class ReplyForm(Form):
    """A message in a conversation that both wanted."""

    text = TextAreaField(_l("Your message"), filters=[_tidied], render_kw={"rows": "4", "maxlength": str(MAX_REPLY)})

    def validate(self, **more: Any) -> bool:
        """Check that there is a message, and that it is not too long."""
        is_valid: bool = super().validate(**more)
        if not self.text.data:
            self.reject("text", _("Write a message first."))
        elif len(self.text.data) > MAX_REPLY:
            self.reject("text", _("Use at most %(length)s characters.", length=MAX_REPLY))
        return is_valid and not self.text.errors


class WritersForm(Form):
    """Who may write to a member in a condition."""

    writers = RadioField(
        _l("Who can send you a first message?"), invalid_choice_message=_l("Choose one of the answers.")
    )

    def __init__(self, choices: tuple[Audience, ...], **values: Any) -> None:
        super().__init__(**values)
        self.writers.choices = [SelectChoice(audience.value, _WRITERS[audience]) for audience in choices]


def _length_problem(text: str) -> str:
    """Return what is wrong with the length of a first message; empty if nothing is."""
    if len(text) > MAX_FIRST:
        return ngettext(
            "Your message is %(num)s character too long. It can have %(max)s.",
            "Your message is %(num)s characters too long. It can have %(max)s.",
            len(text) - MAX_FIRST,
            max=MAX_FIRST,
        )
    without_contacts = contacts.mask(text, "").strip()
    if len(without_contacts) >= MIN_FIRST:
        return ""
    if len(text) >= MIN_FIRST:
        return _(
            "We hide contact details in first messages. Write at least %(length)s characters besides them.",
            length=MIN_FIRST,
        )
    return _(
        "Write at least %(length)s characters, so that the other person knows why you are writing.", length=MIN_FIRST
    )
