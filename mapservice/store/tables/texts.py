"""What members write for others: stories, experiences, discussions; what they did not publish; thanks."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.texts import MemberTextKind, TextAudience, TextState, Words
from mapservice.store.tables.base import Base, one_of
from mapservice.store.tables.searched import NOT_MAPPED, search_column, search_index

# The words of a text without its title, as one text of SQL.
_SAID = r"first_signs || E'\n' || diagnosis || E'\n' || helped || E'\n' || earlier_self || E'\n' || body"


def _of_membership() -> ForeignKeyConstraint:
    columns, keys = ["condition_id", "member_id"], ["membership.condition_id", "membership.member_id"]
    return ForeignKeyConstraint(columns, keys, ondelete="CASCADE")


def _of_thread() -> ForeignKeyConstraint:
    columns, keys = ["condition_id", "thread_id"], ["forum_thread.condition_id", "forum_thread.id"]
    return ForeignKeyConstraint(columns, keys, ondelete="CASCADE")


class ForumThread(Base):
    """A discussion in the forum of a condition. Its first text has the same id, and can be deleted while answers stay.

    So it says nothing about a person. ``audience`` is the widest that an answer can have, ``numbers`` how many answers
    were written, of which each has a number.
    """

    __tablename__ = "forum_thread"
    __table_args__ = (CheckConstraint(one_of("audience", tuple(TextAudience)), name="audience"),)

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    audience: Mapped[str]
    numbers: Mapped[int] = mapped_column(default=0, server_default="0")


class MemberText(Base):
    """A text by a member in the community of a condition. It carries days, and no time.

    It is deleted with the membership; ``member_id`` is None if the author deleted the account and kept the text.
    ``topic`` is the question that an experience is about. ``pen_name`` is another name than that of the profile.
    ``reasons`` say why it is or was held, ``decision`` why a moderator removed it. ``is_checked``: a moderator approved
    these words, and ``shows_contacts`` the contact details in them, which are hidden otherwise; ``has_contacts``: there
    are some. ``state_before`` and ``withdrawn_on`` belong to a withdrawn text, which its author can show again for some
    days.

    ``thread_id`` is the discussion to which a text of the forum belongs, ``number`` its place there: 0 for the first
    one. ``quotes_id`` is the text that an answer quotes; its words are read where they stand. ``is_helpful``: the
    author of the first text says that an answer helped.
    """

    __tablename__ = "member_text"
    __table_args__ = (
        _of_membership(),
        CheckConstraint(one_of("kind", tuple(MemberTextKind)), name="kind"),
        CheckConstraint(one_of("audience", tuple(TextAudience)), name="audience"),
        CheckConstraint(one_of("state", tuple(TextState)), name="state"),
        CheckConstraint("(kind = 'experience') = (topic is not null)", name="topic"),
        CheckConstraint("(kind in ('thread', 'answer')) = (thread_id is not null)", name="thread_id"),
        _of_thread(),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on is not null)", name="withdrawn_on"),
        CheckConstraint("(state = 'withdrawn') = (state_before is not null)", name="state_before"),
        Index("ix_member_text_condition_id_kind", "condition_id", "kind", "topic", "state", "written_on", "id"),
        Index("ix_member_text_member_id", "member_id"),
        Index("ix_member_text_state", "state", "written_on"),
        Index("ix_member_text_written_on", "written_on"),
        Index("ix_member_text_condition_id_thread_id", "condition_id", "thread_id", "number"),
        Index(
            "ix_member_text_has_contacts",
            "written_on",
            postgresql_where=text("has_contacts and not is_checked and state = 'shown'"),
        ),
        Index(
            "ix_member_text_title",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
            postgresql_where=text("kind = 'thread'"),
        ),
        search_column("language", "title", _SAID, "shows_contacts"),
        search_index("member_text"),
    )
    __mapper_args__ = NOT_MAPPED

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    topic: Mapped[str | None]
    state: Mapped[str]
    state_before: Mapped[str | None]
    audience: Mapped[str]
    language: Mapped[str]
    pen_name: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="", server_default="")
    first_signs: Mapped[str] = mapped_column(default="", server_default="")
    diagnosis: Mapped[str] = mapped_column(default="", server_default="")
    helped: Mapped[str] = mapped_column(default="", server_default="")
    earlier_self: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    content_notes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    written_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    is_edited: Mapped[bool] = mapped_column(default=False, server_default="false")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    decision: Mapped[str] = mapped_column(default="", server_default="")
    is_checked: Mapped[bool] = mapped_column(default=False, server_default="false")
    shows_contacts: Mapped[bool] = mapped_column(default=False, server_default="false")
    has_contacts: Mapped[bool] = mapped_column(default=False, server_default="false")
    withdrawn_on: Mapped[dt.date | None]
    thread_id: Mapped[uuid.UUID | None]
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    quotes_id: Mapped[uuid.UUID | None]
    is_helpful: Mapped[bool] = mapped_column(default=False, server_default="false")

    @property
    def words(self) -> Words:
        """What it says."""
        return Words(self.title, self.first_signs, self.diagnosis, self.helped, self.earlier_self, self.body)


class PublicText(Base):
    """The copy of a text that everybody can read, made by ``store/texts/public_texts.py``; ``name`` is the author's.

    ``member_id`` is there for the member's own file, and never read for a page.
    """

    __tablename__ = "public_text"
    __table_args__ = (
        _of_membership(),
        ForeignKeyConstraint(
            ["condition_id", "id"], ["member_text.condition_id", "member_text.id"], ondelete="CASCADE"
        ),
        Index("ix_public_text_member_id", "member_id"),
        Index("ix_public_text_written_on", "written_on"),
        Index("ix_public_text_condition_id_kind", "condition_id", "kind", "topic", "written_on", "id"),
        Index("ix_public_text_condition_id_thread_id", "condition_id", "thread_id", "number"),
        search_column("language", "title", _SAID, "shows_contacts"),
        search_index("public_text"),
    )
    __mapper_args__ = NOT_MAPPED

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID | None] = mapped_column(deferred=True)
    kind: Mapped[str]
    topic: Mapped[str | None]
    language: Mapped[str]
    name: Mapped[str | None]
    title: Mapped[str]
    first_signs: Mapped[str]
    diagnosis: Mapped[str]
    helped: Mapped[str]
    earlier_self: Mapped[str]
    body: Mapped[str]
    content_notes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    written_on: Mapped[dt.date]
    is_edited: Mapped[bool]
    shows_contacts: Mapped[bool]
    thread_id: Mapped[uuid.UUID | None]
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    quotes_id: Mapped[uuid.UUID | None]
    is_helpful: Mapped[bool] = mapped_column(default=False, server_default="false")
    state = TextState.SHOWN.value

    @property
    def words(self) -> Words:
        """What it says."""
        return Words(self.title, self.first_signs, self.diagnosis, self.helped, self.earlier_self, self.body)


#: A text, or the copy of one.
AnyText = MemberText | PublicText


class TextDraft(Base):
    """What a member typed and did not publish: at most one of each kind, for each question or discussion.

    ``typed`` holds the fields of the form; ``topic`` is the question or the id of the discussion, otherwise empty.
    """

    __tablename__ = "text_draft"
    __table_args__ = (_of_membership(), Index("ix_text_draft_member_id", "member_id"))

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True, default="")
    typed: Mapped[str]
    saved_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())


class TextThanks(Base):
    """A member thanked for a text. It carries no date, and nobody sees whose it is."""

    __tablename__ = "text_thanks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "text_id"], ["member_text.condition_id", "member_text.id"], ondelete="CASCADE"
        ),
        Index("ix_text_thanks_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)


class ThreadFollow(Base):
    """A member follows a discussion. ``seen_number`` is the number of the newest answer that they have opened."""

    __tablename__ = "thread_follow"
    __table_args__ = (
        _of_membership(),
        _of_thread(),
        Index("ix_thread_follow_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seen_number: Mapped[int] = mapped_column(default=0, server_default="0")
