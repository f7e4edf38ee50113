"""Where texts are written and read: the stories of a condition, what members say about a question, the forum."""

import uuid
from dataclasses import dataclass

from flask import abort, url_for

from mapservice.privacy.texts import MemberTextKind
from mapservice.questions import QuestionKind
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import AnyText, TextDraft
from mapservice.web.texts.forms import AnswerForm, ExperienceForm, StoryForm, ThreadForm, WritingForm

_FORMS: dict[MemberTextKind, type[WritingForm]] = {
    MemberTextKind.STORY: StoryForm,
    MemberTextKind.EXPERIENCE: ExperienceForm,
    MemberTextKind.THREAD: ThreadForm,
    MemberTextKind.ANSWER: AnswerForm,
}

# The pages on which texts are read in a list, and those on which they are written.
_LISTS = {
    MemberTextKind.STORY: "stories.index",
    MemberTextKind.EXPERIENCE: "experience.index",
    MemberTextKind.THREAD: "forum.index",
    MemberTextKind.ANSWER: "forum.show",
}
_WRITING = {
    MemberTextKind.STORY: "tell",
    MemberTextKind.EXPERIENCE: "experience",
    MemberTextKind.THREAD: "ask",
    MemberTextKind.ANSWER: "answer",
}


@dataclass(frozen=True, slots=True)
class TextPlace:
    """The texts of a kind in a condition: experiences with the question ``topic``, answers in the discussion."""

    slug: str
    kind: MemberTextKind = MemberTextKind.STORY
    topic: str | None = None
    thread_id: uuid.UUID | None = None

    @classmethod
    def of_question(cls, slug: str, question: str) -> "TextPlace":
        """Return the place of the experiences with a question; 404 if there is no such question."""
        if question not in set(QuestionKind):
            abort(404)
        return cls(slug, MemberTextKind.EXPERIENCE, question)

    @classmethod
    def of_thread(cls, slug: str, thread_id: uuid.UUID) -> "TextPlace":
        """Return the place of the answers in a discussion."""
        return cls(slug, MemberTextKind.ANSWER, thread_id=thread_id)

    @classmethod
    def of_text(cls, condition: Condition, row: AnyText) -> "TextPlace":
        """Return the place of a text."""
        kind = MemberTextKind(row.kind)
        return cls(condition.slug, kind, row.topic, row.thread_id if kind is MemberTextKind.ANSWER else None)

    @classmethod
    def of_draft(cls, condition: Condition, draft: TextDraft) -> "TextPlace":
        """Return the place of what was typed and not published."""
        kind = MemberTextKind(draft.kind)
        if kind is MemberTextKind.ANSWER:
            return cls.of_thread(condition.slug, uuid.UUID(draft.topic))
        return cls(condition.slug, kind, draft.topic or None)

    @property
    def about(self) -> str:
        """What tells drafts of one kind apart: the question or the discussion, otherwise nothing."""
        return self.topic or str(self.thread_id or "")

    @property
    def form(self) -> type[WritingForm]:
        """The form in which they are written."""
        return _FORMS[self.kind]

    @property
    def list_address(self) -> str:
        """The address of their list."""
        return self._address(_LISTS[self.kind])

    def address(self, step: str) -> str:
        """Return the address of a step of writing: ``write``, ``publish``, ``preview``, ``keep`` or ``forget``."""
        return self._address(f"{_WRITING[self.kind]}.{step}")

    def address_of(self, row: AnyText) -> str:
        """Return the address at which a text is read."""
        if self.kind is MemberTextKind.EXPERIENCE:
            return url_for("experience.index", slug=self.slug, question=self.topic, _anchor=f"text-{row.id}")
        if self.kind is MemberTextKind.ANSWER:
            return url_for("forum.find", slug=self.slug, text_id=row.id)
        if self.kind is MemberTextKind.THREAD:
            return url_for("forum.show", slug=self.slug, thread_id=row.id)
        return url_for("stories.show", slug=self.slug, text_id=row.id)

    def _address(self, endpoint: str) -> str:
        # What is None is left out of the address.
        return url_for(endpoint, slug=self.slug, question=self.topic, thread_id=self.thread_id)
