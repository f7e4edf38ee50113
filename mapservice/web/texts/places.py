"""Where texts are written and read: the stories of a condition, and what members say about one of its questions."""

from dataclasses import dataclass

from flask import abort, url_for

from mapservice.privacy.texts import MemberTextKind
from mapservice.questions import QuestionKind
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import AnyText
from mapservice.web.texts.forms import ExperienceForm, StoryForm, WritingForm


@dataclass(frozen=True, slots=True)
class TextPlace:
    """The stories of a condition or, with the question as ``topic``, the experiences with it."""

    slug: str
    topic: str | None = None

    @classmethod
    def of_question(cls, slug: str, question: str) -> "TextPlace":
        """Return the place of the experiences with a question; 404 if there is no such question."""
        if question not in set(QuestionKind):
            abort(404)
        return cls(slug, question)

    @classmethod
    def of_text(cls, condition: Condition, row: AnyText) -> "TextPlace":
        """Return the place of a text."""
        return cls(condition.slug, row.topic)

    @property
    def kind(self) -> MemberTextKind:
        """The kind of the texts."""
        return MemberTextKind.EXPERIENCE if self.topic else MemberTextKind.STORY

    @property
    def form(self) -> type[WritingForm]:
        """The form in which they are written."""
        return ExperienceForm if self.topic else StoryForm

    @property
    def list_address(self) -> str:
        """The address of their list."""
        return self._address("experience.index" if self.topic else "stories.index")

    def address(self, step: str) -> str:
        """Return the address of a step of writing: ``write``, ``publish``, ``preview``, ``keep`` or ``forget``."""
        return self._address(f"experience.{step}" if self.topic else f"tell.{step}")

    def address_of(self, row: AnyText) -> str:
        """Return the address at which a text is read."""
        if self.topic:
            return url_for("experience.index", slug=self.slug, question=self.topic, _anchor=f"text-{row.id}")
        return url_for("stories.show", slug=self.slug, text_id=row.id)

    def _address(self, endpoint: str) -> str:
        # Without a topic the address has no question: None is left out.
        return url_for(endpoint, slug=self.slug, question=self.topic)
