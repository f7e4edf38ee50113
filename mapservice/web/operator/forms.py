"""The forms with which an admin edits the service."""

from wtforms import EmailField, Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.operator.settings import CONTACT_LENGTH, NAME_LENGTH, ServiceSettings
from mapservice.store.tables.operator import MAX_SOURCE
from mapservice.text import colours
from mapservice.text.colours import Scheme
from mapservice.web.site.forms import Form, is_email

_AS_TYPED = {"autocomplete": "off", "spellcheck": "false"}


def _is_name(_form: Form, field: Field) -> None:
    field.data = " ".join((field.data or "").split())
    if len(field.data) > NAME_LENGTH:
        raise ValidationError(_("Enter a name of at most %(length)s characters.", length=NAME_LENGTH))
    if not all(character.isprintable() for character in field.data):
        raise ValidationError(_("This name contains invisible characters. Type it again."))


def _is_email_or_empty(form: Form, field: Field) -> None:
    if field.data:
        is_email(form, field)


def _is_readable(field: Field, scheme: Scheme) -> None:
    if not (field.data or "").strip():
        field.data = ""
        return
    colour = colours.read(field.data)
    if colour is None:
        raise ValidationError(_("Enter a colour as # and six digits or letters from a to f, like #0d5656."))
    if not colours.is_readable(colour, scheme):
        nearest = colours.nearest_readable(colour, scheme)
        words = (
            _("%(colour)s is too dark to read on our dark background. The nearest that works is %(nearest)s.")
            if scheme.is_dark
            else _("%(colour)s is too light to read on our light background. The nearest that works is %(nearest)s.")
        )
        raise ValidationError(words % {"colour": colour, "nearest": nearest})
    field.data = colour


class ServiceForm(Form):
    """The name, the contact and the colours of the service. An empty field has its default."""

    name = StringField(_l("Name of the service"), validators=[_is_name], render_kw={"autocomplete": "off"})
    contact = EmailField(
        _l("E-mail address for questions"),
        validators=[Length(max=CONTACT_LENGTH), _is_email_or_empty],
        render_kw={"inputmode": "email", "autocapitalize": "none", **_AS_TYPED},
    )
    colour = StringField(
        _l("Colour of links and buttons"),
        validators=[lambda _form, field: _is_readable(field, colours.LIGHT)],
        render_kw={"autocapitalize": "none", **_AS_TYPED},
    )
    colour_dark = StringField(
        _l("The same on a dark background"),
        validators=[lambda _form, field: _is_readable(field, colours.DARK)],
        render_kw={"autocapitalize": "none", **_AS_TYPED},
    )

    @classmethod
    def of(cls, settings: ServiceSettings) -> "ServiceForm":
        """Return the form with the present settings."""
        names = ("name", "contact", "colour", "colour_dark")
        return cls(formdata=None, data={name: getattr(settings, name) for name in names})


class TextForm(Form):
    """A text of the operator in one language. ``base`` is the number of the version that it was made from."""

    source = TextAreaField(
        _l("Text"),
        validators=[Length(max=MAX_SOURCE, message=_l("This text is too long."))],
        render_kw={"rows": "16", "autocomplete": "off"},
    )
    base = HiddenField()
    preview = HiddenField()

    @property
    def text(self) -> str:
        """The text as it is stored."""
        return (self.source.data or "").replace("\r\n", "\n").strip()


class RestoreForm(Form):
    """The number of an earlier version."""

    number = HiddenField()

    @property
    def version(self) -> int:
        """The number; 0, which no version has, if it is none."""
        typed = self.number.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
