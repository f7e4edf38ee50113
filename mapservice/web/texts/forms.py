"""The forms of texts: what somebody tells, for whom, in which language and under which name."""

import json
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from mapservice.i18n import profile_words, text_words
from mapservice.i18n.translation import get_locale, ngettext
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.texts import (
    MAX_PART,
    MAX_TITLE,
    MIN_TEXT,
    ContentNote,
    MemberTextKind,
    StoryPart,
    TextAudience,
    Words,
)
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts.writing import NewText
from mapservice.text.tidying import tidy
from mapservice.web.accounts import display_names
from mapservice.web.site.forms import Form, Tick


def _part(label: Any, rows: int) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[lambda text: tidy(text or "")],
        render_kw={"rows": str(rows), "maxlength": str(MAX_PART), "dir": "auto"},
    )


def _note(note: ContentNote) -> str:
    return f"note_{note.name.lower()}"


class StoryForm(Form):
    """A story: parts with headings that help to begin, or one piece. A browser sends each box as a field of its own."""

    kind = MemberTextKind.STORY

    title = StringField(
        _l("Title"),
        filters=[lambda text: " ".join(tidy(text or "").split())],
        render_kw={"maxlength": str(MAX_TITLE), "autocomplete": "off", "dir": "auto"},
    )
    first_signs = _part(_l("First signs"), 4)
    diagnosis = _part(_l("The diagnosis"), 4)
    helped = _part(_l("What helped"), 4)
    earlier_self = _part(_l("What I would tell my earlier self"), 4)
    body = _part(_l("Your story in your own words"), 8)
    audience = RadioField(_l("Who can read it?"), invalid_choice_message=_l("Choose who can read it."))
    language = SelectField(_l("Language of your text"), invalid_choice_message=_l("Choose a language."))
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
    def empty(cls, audiences: tuple[TextAudience, ...]) -> "StoryForm":
        """Return the form for a new text: for members of the condition, in the language of the page."""
        return cls(audiences, formdata=None, data=_beginning())

    @classmethod
    def of_draft(cls, audiences: tuple[TextAudience, ...], typed: str) -> "StoryForm":
        """Return the form with what was typed before."""
        return cls(audiences, formdata=None, data={**_beginning(), **json.loads(typed)})

    @classmethod
    def of_text(cls, audiences: tuple[TextAudience, ...], row: MemberText) -> "StoryForm":
        """Return the form with a text."""
        notes = {_note(ContentNote(note)): True for note in row.content_notes}
        parts = {part.value: getattr(row, part) for part in StoryPart}
        values = {
            "title": row.title,
            "audience": row.audience,
            "language": row.language,
            "pen_name": row.pen_name or "",
        }
        return cls(audiences, formdata=None, data={**values, **parts, **notes})

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
        return Words(self.title.data[:MAX_TITLE], *(self[part.value].data[:MAX_PART] for part in StoryPart))

    def text(self, membership: Membership, profile_name: str) -> NewText:
        """Return the text of a valid form; the name of the profile is no other name."""
        name = self.pen_name.data
        notes = tuple(note.value for note in ContentNote if self[_note(note)].data)
        pen_name = name if name and name != profile_name else None
        return NewText(
            self.kind, self.words, TextAudience(self.audience.data), self.language.data,
            pen_name=pen_name, content_notes=notes,
        )  # fmt: skip

    def check(self, member: Member) -> bool:
        """Return whether the text can be published; otherwise each field says what is wrong."""
        is_valid: bool = self.validate()
        if not self.title.data:
            self.reject("title", _("Enter a title."))
        self._check_length("title", MAX_TITLE)
        for part in StoryPart:
            self._check_length(part.value, MAX_PART)
        if self.words.length < MIN_TEXT:
            self.reject("body", _("Write at least %(length)s characters, in one of the parts.", length=MIN_TEXT))
        if problem := self._name_problem(member):
            self.reject("pen_name", problem)
        return is_valid and not self.problems

    def _check_length(self, name: str, most: int) -> None:
        over = len(self[name].data) - most
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


def _beginning() -> dict[str, str]:
    return {"audience": TextAudience.CONDITION.value, "language": get_locale().language}


for _one, _words in text_words.CONTENT_NOTES.items():
    setattr(StoryForm, _note(_one), Tick(_words))
