"""The forms with which editors write, review and restore articles."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import (
    MAX_BODY,
    MAX_CONFLICTS,
    MAX_NAME,
    MAX_PROFESSION,
    MAX_SHORT,
    MAX_SOURCES,
    MAX_STEPS,
    ArticleText,
    Source,
)
from mapservice.store.knowledge.articles import Signature
from mapservice.store.tables.articles import ArticleVersion
from mapservice.web.site.forms import Form, Tick

_TOO_LONG = _l("This text is too long.")
_PLAIN = {"autocomplete": "off"}

# Maximum lengths of a source, in characters.
_TITLE, _ADDRESS = 200, 500


def _is_name(_form: Form, field: Field) -> None:
    field.data = " ".join((field.data or "").split())
    if not 2 <= len(field.data) <= MAX_NAME or not field.data.isprintable():
        raise ValidationError(_("Enter a name of 2 to %(length)s characters.", length=MAX_NAME))


def _is_line(_form: Form, field: Field) -> None:
    field.data = " ".join((field.data or "").split())
    if not field.data.isprintable():
        raise ValidationError(_("This text contains invisible characters. Type it again."))


def _is_address(_form: Form, field: Field) -> None:
    field.data = (field.data or "").strip()
    parts = urlsplit(field.data)
    if field.data and (parts.scheme != "https" or "." not in parts.netloc or not field.data.isprintable()):
        raise ValidationError(_("Enter a full address that begins with https://, like https://example.org/page."))


def _is_day(_form: Form, field: Field) -> None:
    field.data = (field.data or "").strip()
    try:
        is_right = not field.data or dt.date.fromisoformat(field.data) <= today()
    except ValueError:
        is_right = False
    if not is_right:
        raise ValidationError(_("Enter a day that is not in the future, like 2026-03-31, or leave the field empty."))


class ArticleForm(Form):
    """The answer to a question. ``base`` is the number of the version that it was made from.

    The fields of the sources are ``source1_title`` and so on, see ``SOURCES``.
    """

    short = TextAreaField(
        _l("Short answer"), validators=[Length(max=MAX_SHORT, message=_TOO_LONG)], render_kw={"rows": "5", **_PLAIN}
    )
    body = TextAreaField(
        _l("Long answer"), validators=[Length(max=MAX_BODY, message=_TOO_LONG)], render_kw={"rows": "18", **_PLAIN}
    )
    next_steps = TextAreaField(
        _l("Next steps"), validators=[Length(max=MAX_STEPS, message=_TOO_LONG)], render_kw={"rows": "5", **_PLAIN}
    )
    author = StringField(_l("Your name, as readers see it"), validators=[_is_name], render_kw=_PLAIN)
    base = HiddenField()
    preview = HiddenField()

    def validate_short(self, field: TextAreaField) -> None:
        """Check that there is an answer."""
        if not (field.data or "").strip():
            raise ValidationError(_("Enter the short answer: two or three sentences."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and that each source has a title, a publisher and an address."""
        is_right = bool(super().validate(extra_validators))
        for row in self.source_rows():
            filled = [bool(field.data) for field in row[:3]]
            for field, has_text in zip(row[:3], filled, strict=True):
                if any(filled) and not has_text and not field.errors:
                    field.errors = [_("Enter the title, the publisher and the address of each source.")]
                    is_right = False
        return is_right

    def source_rows(self) -> Iterator[Sequence[Field]]:
        """Yield the fields of each source: title, publisher, address, day on which it was opened, compared."""
        for number in range(1, MAX_SOURCES + 1):
            yield [self[f"source{number}_{name}"] for name in SOURCE_FIELDS]

    @property
    def text(self) -> ArticleText:
        """The answer as it is stored."""
        sources = [
            Source(title.data, publisher.data, address.data, _day(seen.data), bool(is_compared.data))
            for title, publisher, address, seen, is_compared in self.source_rows()
            if title.data
        ]
        short, body, steps = (
            (field.data or "").replace("\r\n", "\n").strip() for field in (self.short, self.body, self.next_steps)
        )
        return ArticleText(short, body, steps, tuple(sources))

    @classmethod
    def of(cls, version: ArticleVersion | None, author: str) -> "ArticleForm":
        """Return the form with the text of a version, or an empty one."""
        data: dict[str, Any] = {"author": author, "base": "0"}
        if version is not None:
            data |= {name: getattr(version, name) for name in ("short", "body", "next_steps")}
            data["base"] = str(version.number)
            for number, source in enumerate(version.sources, 1):
                data |= {f"source{number}_{name}": source.get(name, "") for name in SOURCE_FIELDS}
        return cls(formdata=None, data=data)

    @property
    def base_number(self) -> int:
        """The number of the version that it was made from; 0 for none."""
        return number_in(self.base)


#: The fields of each source, in the order in which they are shown.
SOURCE_FIELDS = ("title", "publisher", "address", "seen", "is_compared")

for _number in range(1, MAX_SOURCES + 1):
    for _name, _field in {
        "title": StringField(
            _l("Title"), validators=[Length(max=_TITLE, message=_TOO_LONG), _is_line], render_kw=_PLAIN
        ),
        "publisher": StringField(
            _l("Publisher"), validators=[Length(max=_TITLE, message=_TOO_LONG), _is_line], render_kw=_PLAIN
        ),
        "address": StringField(
            _l("Address"),
            validators=[Length(max=_ADDRESS, message=_TOO_LONG), _is_address],
            render_kw={"inputmode": "url", "spellcheck": "false", "autocapitalize": "none", **_PLAIN},
        ),
        "seen": StringField(
            _l("Day on which you opened it"), validators=[_is_day], render_kw={"inputmode": "numeric", **_PLAIN}
        ),
        "is_compared": Tick(_l("The answer was only compared with it")),
    }.items():
        setattr(ArticleForm, f"source{_number}_{_name}", _field)


class ArticleDecisionForm(Form):
    """A decision about a version; ``number`` is that of the version."""

    decision = HiddenField()
    number = HiddenField()


class ReviewForm(Form):
    """How a reviewer is named, with what readers have to know about them."""

    name = StringField(_l("Your name, as readers see it"), validators=[_is_name], render_kw=_PLAIN)
    profession = StringField(_l("Your profession"), validators=[_is_line], render_kw=_PLAIN)
    conflicts = TextAreaField(
        _l("Your conflicts of interest"),
        validators=[Length(max=MAX_CONFLICTS, message=_TOO_LONG)],
        render_kw={"rows": "3", **_PLAIN},
    )
    sure = Tick(_l("I have read the whole text and its sources, and it is right as far as I know."))
    number = HiddenField()

    def validate_profession(self, field: StringField) -> None:
        """Check that there is one."""
        if not 2 <= len(field.data or "") <= MAX_PROFESSION:
            raise ValidationError(_("Enter your profession, such as haematologist or specialist nurse."))

    def validate_conflicts(self, field: TextAreaField) -> None:
        """Check that the reviewer said something, even if it is none."""
        field.data = (field.data or "").strip()
        if not field.data:
            raise ValidationError(_("Name your conflicts of interest, such as payments by a company, or enter “none”."))

    def validate_sure(self, field: Tick) -> None:
        """Check that the reviewer says that they have read it."""
        if not field.data:
            raise ValidationError(_("Tick the box if you have read the text and its sources."))

    @property
    def signature(self) -> Signature:
        """How the reviewer is named."""
        return Signature(self.name.data, self.profession.data, self.conflicts.data)


class RestoreVersionForm(Form):
    """The number of an earlier version."""

    number = HiddenField()


def number_in(field: Field) -> int:
    """Return the number in a hidden field; 0, which no version has, if it is none."""
    typed = field.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _day(typed: str) -> dt.date | None:
    return dt.date.fromisoformat(typed) if typed else None
