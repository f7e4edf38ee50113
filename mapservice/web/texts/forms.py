"""The forms of texts: what somebody tells, for whom, in which language and under which name."""

import json
from dataclasses import fields
from typing import Any
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from mapservice.i18n import profile_words, text_words
from mapservice.i18n.translation import get_locale, ngettext
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.texts import (
    MAX_EXPERIENCE,
    MAX_PART,
    MAX_TITLE,
    MIN_ANSWER,
    MIN_TEXT,
    ContentNote,
    MemberTextKind,
    TextAudience,
    Words,
)
from mapservice.store.tables import Member
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts.writing import NewText
from mapservice.text.language import recognise
from mapservice.text.tidying import tidy
from mapservice.web.accounts import display_names
from mapservice.web.site.forms import Form, Tick


def _part(label: Any, rows: int, most: int = MAX_PART) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[lambda text: tidy(text or "")],
        render_kw={"rows": str(rows), "maxlength": str(most), "dir": "auto"},
    )


def _title(label: Any) -> StringField:
    return StringField(
        label,
        filters=[lambda text: " ".join(tidy(text or "").split())],
        render_kw={"maxlength": str(MAX_TITLE), "autocomplete": "off", "dir": "auto"},
    )


def _note(note: ContentNote) -> str:
    return f"note_{note.name.lower()}"


class WritingForm(Form):
    """What every text has. A browser sends each box to tick as a field of its own.

    ``recognised`` is the language that we recognised in the text when its author last saw the form: whatever language
    is chosen then, they confirmed it.
    """

    #: The most characters of its parts, and the fewest of all together.
    most, least = MAX_PART, MIN_TEXT

    audience = RadioField(_l("Who can read it?"), invalid_choice_message=_l("Choose who can read it."))
    language = SelectField(_l("Language of your text"), invalid_choice_message=_l("Choose a language."))
    recognised = HiddenField()
    pen_name = StringField(
        _l("Another name for this text (optional)"),
        filters=[lambda text: display_names.normalize_name(text or "")],
        render_kw={"maxlength": str(display_names.MAX_LENGTH), "autocomplete": "off"},
    )

    def __init__(self, audiences: tuple[TextAudience, ...] = (), **values: Any) -> None:
        super().__init__(**values)
        self.offer(audiences)
        self.language.choices = [SelectChoice(code, name) for code, name in profile_words.spoken()]

    @classmethod
    def empty(cls, audiences: tuple[TextAudience, ...]) -> "WritingForm":
        """Return the form for a new text: for members of the condition, in the language of the page."""
        return cls(audiences, formdata=None, data=_beginning())

    @classmethod
    def of_draft(cls, audiences: tuple[TextAudience, ...], typed: str) -> "WritingForm":
        """Return the form with what was typed before."""
        return cls(audiences, formdata=None, data={**_beginning(), **json.loads(typed)})

    @classmethod
    def of_text(cls, audiences: tuple[TextAudience, ...], row: MemberText) -> "WritingForm":
        """Return the form with a text."""
        notes = {_note(ContentNote(note)): True for note in row.content_notes}
        said = {field.name: getattr(row, field.name) for field in fields(Words)}
        values = {"audience": row.audience, "language": row.language, "pen_name": row.pen_name or ""}
        values["recognised"] = recognise(str(row.words), profile_words.SPOKEN) or ""
        values["quotes"] = str(row.quotes_id or "")
        return cls(audiences, formdata=None, data={**values, **said, **notes})

    def offer(self, audiences: tuple[TextAudience, ...]) -> None:
        """Let the author choose from these audiences."""
        words = text_words.TEXT_AUDIENCES
        self.audience.choices = [SelectChoice(audience.value, words[audience]) for audience in audiences]

    @property
    def notes(self) -> list[Tick]:
        """The boxes of what the text warns of."""
        return [self[_note(note)] for note in ContentNote]

    @property
    def typed(self) -> str:
        """What was typed, to keep it."""
        return json.dumps({field.name: field.data for field in self if field.name != "csrf_token"}, ensure_ascii=False)

    @property
    def words(self) -> Words:
        """What the text says."""
        said = {field.name: self[field.name].data for field in fields(Words) if field.name in self}
        return Words(**{name: text[: MAX_TITLE if name == "title" else self.most] for name, text in said.items()})

    @property
    def quotes_id(self) -> UUID | None:
        """The id of the text that is quoted, if there is one."""
        try:
            return UUID(self.quotes.data) if "quotes" in self and self.quotes.data else None
        except ValueError:
            return None

    def text(
        self, kind: MemberTextKind, topic: str | None, profile_name: str, thread_id: UUID | None = None
    ) -> NewText:
        """Return the text of a valid form; the name of the profile is no other name."""
        name = self.pen_name.data
        return NewText(
            kind,
            self.words,
            TextAudience(self.audience.data),
            self.language.data,
            topic=topic,
            pen_name=name if name and name != profile_name else None,
            content_notes=tuple(note.value for note in ContentNote if self[_note(note)].data),
            thread_id=thread_id,
            quotes_id=self.quotes_id,
        )

    def check(self, member: Member) -> bool:
        """Return whether the text can be published; otherwise each field says what is wrong."""
        is_valid: bool = self.validate()
        if "title" in self and not self.title.data:
            self.reject("title", _("Enter a title."))
        for field in fields(Words):
            self._check_length(field.name)
        if self.words.length < self.least:
            self.reject("body", _("Write at least %(length)s characters.", length=self.least))
        if problem := self._name_problem(member):
            self.reject("pen_name", problem)
        return is_valid and not self.problems and self._is_language_confirmed()

    def _is_language_confirmed(self) -> bool:
        """Return whether the author chose the language, or we recognise the text as being in it; otherwise ask once.

        The language of the page is what the form begins with, so nobody has chosen it yet.
        """
        if self.language.data != get_locale().language:
            return True
        found = recognise(str(self.words), profile_words.SPOKEN)
        if found in (None, self.language.data, self.recognised.data):
            return True
        self.language.data = self.recognised.data = found
        self.reject(
            "language",
            _(
                "Your text seems to be in this language: %(language)s. We have chosen it for you. Choose another one "
                "if that is wrong, then continue.",
                language=profile_words.language_name(str(found)),
            ),
        )
        return False

    def _check_length(self, name: str) -> None:
        most = MAX_TITLE if name == "title" else self.most
        over = len(self[name].data) - most if name in self else 0
        if over > 0:
            self.reject(
                name,
                ngettext(
                    "This is %(num)s character too long. It can have %(max)s.",
                    "This is %(num)s characters too long. It can have %(max)s.",
                    over,
                    max=most,
                ),
            )

    def _name_problem(self, member: Member) -> str | None:
        name = self.pen_name.data
        if not name:
            return None
        if display_names.is_minors_name(member, name):
            return str(display_names.NAME_OF_CHILD)
        return display_names.problem(name)


class StoryForm(WritingForm):
    """A story: parts with headings that help to begin, or one piece."""

    title = _title(_l("Title"))
    first_signs = _part(_l("First signs"), 4)
    diagnosis = _part(_l("The diagnosis"), 4)
    helped = _part(_l("What helped"), 4)
    earlier_self = _part(_l("What I would tell my earlier self"), 4)
    body = _part(_l("Your story in your own words"), 8)


class ExperienceForm(WritingForm):
    """What a member has lived through with a question: one piece."""

    most = MAX_EXPERIENCE

    body = _part(_l("Your experience"), 7, MAX_EXPERIENCE)


class ThreadForm(WritingForm):
    """The first text of a discussion in the forum."""

    title = _title(_l("Your question or topic in one sentence"))
    body = _part(_l("More about it"), 7)


class AnswerForm(WritingForm):
    """An answer in a discussion; ``quotes`` is the id of the text that it quotes."""

    least = MIN_ANSWER

    body = _part(_l("Your answer"), 6)
    quotes = HiddenField()


class AnyTextForm(StoryForm):
    """The fields of all kinds of texts, for an address at which a text of any kind is sent."""

    quotes = HiddenField()


def _beginning() -> dict[str, str]:
    return {"audience": TextAudience.CONDITION.value, "language": get_locale().language}


for _one, _words in text_words.CONTENT_NOTES.items():
    setattr(WritingForm, _note(_one), Tick(_words))
