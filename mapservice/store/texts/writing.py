"""Writing texts: publishing, changing and withdrawing them, and undoing that."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.errors import UnknownTextError
from mapservice.moderation.rules import Author, HoldReason
from mapservice.privacy.texts import WITHDRAWN_FOR, MemberTextKind, TextAudience, TextState, Words
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.text import contacts

#: How far back the texts of an author are read together with a new one, by the rules that hold texts.
TOGETHER = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewText:
    """A text as its author wants it; an answer has the discussion that it belongs to, and perhaps what it quotes."""

    kind: MemberTextKind
    words: Words
    audience: TextAudience
    language: str
    topic: str | None = None
    pen_name: str | None = None
    content_notes: tuple[str, ...] = ()
    thread_id: uuid.UUID | None = None
    quotes_id: uuid.UUID | None = None


def add(
    session: Session, membership: Membership, text: NewText, reasons: Sequence[HoldReason], today: dt.date
) -> MemberText:
    """Store a text, held if there are reasons."""
    row = MemberText(condition_id=membership.condition_id, member_id=membership.member_id, written_on=today)
    row.kind, row.topic = text.kind, text.topic
    _put_in_thread(session, row, text)
    _put(row, text, reasons)
    session.add(row)
    public_texts.refresh(session, row)
    return row


def change(session: Session, row: MemberText, text: NewText, reasons: Sequence[HoldReason]) -> None:
    """Replace the words and the audience of a text, held if there are reasons; what was approved in it no longer is.

    :raise UnknownTextError: if it was removed or withdrawn.
    """
    if row.state not in (TextState.SHOWN, TextState.HELD) or row.member_id is None:
        raise UnknownTextError
    withdrawals.note(session, row.id)
    row.is_edited = row.is_edited or row.words != text.words
    row.is_checked = row.shows_contacts = False
    _put(row, text, reasons)
    if row.kind == MemberTextKind.THREAD:
        _lock_thread(session, row.condition_id, row.id).audience = text.audience
    public_texts.refresh(session, row)


def own(session: Session, member: Member, condition: Condition, text_id: uuid.UUID) -> MemberText:
    """Return a text of a member, in whatever state, locked until the transaction ends.

    :raise UnknownTextError: if there is none of this id that is theirs.
    """
    key = condition.id, text_id
    row = session.get(MemberText, key, with_for_update=True, populate_existing=True)
    if row is None or row.member_id != member.id:
        raise UnknownTextError
    return row


def list_own(session: Session, member: Member) -> Sequence[tuple[MemberText, Condition]]:
    """Return all texts of a member, in whatever state, the newest first."""
    statement = (
        select(MemberText, Condition)
        .join(Condition, Condition.id == MemberText.condition_id)
        .where(MemberText.member_id == member.id)
        .order_by(MemberText.written_on.desc(), MemberText.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def put_words(row: MemberText, words: Words) -> None:
    """Let a text say something else."""
    for field in fields(Words):
        setattr(row, field.name, getattr(words, field.name))


def withdraw(session: Session, row: MemberText, today: dt.date) -> None:
    """Withdraw a text at once; its author can show it again for some days. Doing it again changes nothing."""
    if row.state == TextState.WITHDRAWN or row.member_id is None:
        return
    withdrawals.note(session, row.id)
    row.state_before, row.state, row.withdrawn_on = row.state, TextState.WITHDRAWN, today
    public_texts.refresh(session, row)


def undo_withdrawal(session: Session, row: MemberText) -> bool:
    """Give a withdrawn text the state that it had before; return False if it was not withdrawn."""
    if row.state != TextState.WITHDRAWN or row.state_before is None:
        return False
    row.state, row.state_before, row.withdrawn_on = row.state_before, None, None
    public_texts.refresh(session, row)
    return True


def erase(session: Session, row: MemberText) -> None:
    """Delete a text for good."""
    withdrawals.note(session, row.id)
    session.delete(row)
    session.flush()


def repeat(session: Session, is_noted: Callable[[uuid.UUID], bool]) -> int:
    """Withdraw the texts that were changed, withdrawn, deleted or removed since a backup was made; return how many.

    ``is_noted`` returns whether the log has an id. If their authors show them again, they are held first.
    """
    noted = [key for key in session.execute(select(MemberText.condition_id, MemberText.id)) if is_noted(key.id)]
    values = {"state": TextState.WITHDRAWN, "state_before": TextState.HELD, "withdrawn_on": func.current_date()}
    for key in noted:
        one = MemberText.condition_id == key.condition_id, MemberText.id == key.id
        session.execute(update(MemberText).where(*one).values(values), execution_options=DATABASE_ONLY)
        public_texts.refresh(session, session.get_one(MemberText, key, populate_existing=True))
    return len(noted)


def withdraw_all(session: Session, member_id: uuid.UUID) -> None:
    """Withdraw all texts of a member, after a restore: they may have withdrawn any of them."""
    of_member = update(MemberText).where(MemberText.member_id == member_id, MemberText.state != TextState.WITHDRAWN)
    values = {"state": TextState.WITHDRAWN, "state_before": MemberText.state, "withdrawn_on": func.current_date()}
    session.execute(of_member.values(values), execution_options=DATABASE_ONLY)
    public_texts.refresh_member(session, member_id)


def keep_without_author(session: Session, member_id: uuid.UUID) -> None:
    """Keep the shown texts of a member, without any link to them or among each other, when the account is deleted.

    Texts for a minor, or by one, are not kept: without an author nothing would say that they must never be public.
    """
    membership = (Membership.condition_id == MemberText.condition_id) & (Membership.member_id == member_id)
    for_minor = Membership.for_minor | func.coalesce(Member.minor_until > func.current_date(), False)
    kept = select(MemberText).join(Membership, membership).join(Member, Member.id == MemberText.member_id)
    for row in session.scalars(kept.where(MemberText.state == TextState.SHOWN, ~for_minor)):
        row.member_id, row.pen_name = None, None
        public_texts.refresh(session, row)


def mark_helpful(session: Session, condition: Condition, text_id: uuid.UUID, *, is_helpful: bool) -> None:
    """Note that an answer helped the author of the first text, or that it did not."""
    row = session.get_one(MemberText, (condition.id, text_id), with_for_update=True, populate_existing=True)
    row.is_helpful = is_helpful
    public_texts.refresh(session, row)


def author(session: Session, member: Member, today: dt.date) -> Author:
    """Return what the rules that hold texts know of an author."""
    shown = MemberText.member_id == member.id, MemberText.state == TextState.SHOWN
    how_many = session.scalar(select(func.count()).select_from(MemberText).where(*shown)) or 0
    return Author(how_many, (today - member.joined).days)


def lately(session: Session, membership: Membership, today: dt.date) -> Sequence[MemberText]:
    """Return the texts of a membership of the last days that no moderator has approved."""
    statement = select(MemberText).where(
        MemberText.condition_id == membership.condition_id,
        MemberText.member_id == membership.member_id,
        MemberText.state.in_((TextState.SHOWN, TextState.HELD)),
        MemberText.is_checked.is_(False),
        MemberText.written_on > today - TOGETHER,
    )
    return session.scalars(statement.order_by(MemberText.written_on, MemberText.id)).all()


def hold(session: Session, row: MemberText, reasons: Sequence[HoldReason]) -> None:
    """Hold a text that is shown."""
    row.state, row.reasons = TextState.HELD, list(reasons)
    public_texts.refresh(session, row)


def delete_expired(session: Session, today: dt.date) -> int:
    """Delete texts that were withdrawn some time ago; return how many."""
    withdrawn = delete(MemberText).where(MemberText.withdrawn_on <= today - WITHDRAWN_FOR)
    return session.connection().execute(withdrawn).rowcount


def _put_in_thread(session: Session, row: MemberText, text: NewText) -> None:
    """Begin a discussion with a text, or add it to one as the last."""
    if text.kind is MemberTextKind.THREAD:
        row.id = row.thread_id = uuid.uuid4()
        session.add(ForumThread(condition_id=row.condition_id, id=row.id, audience=text.audience))
        session.flush()
    elif text.thread_id is not None:
        thread = _lock_thread(session, row.condition_id, text.thread_id)
        thread.numbers += 1
        row.thread_id, row.number = thread.id, thread.numbers


def _lock_thread(session: Session, condition_id: int, thread_id: uuid.UUID) -> ForumThread:
    return session.get_one(ForumThread, (condition_id, thread_id), with_for_update=True, populate_existing=True)


def _put(row: MemberText, text: NewText, reasons: Sequence[HoldReason]) -> None:
    row.state, row.reasons = TextState.HELD if reasons else TextState.SHOWN, list(reasons)
    row.audience, row.language, row.pen_name = text.audience, text.language, text.pen_name
    row.content_notes, row.quotes_id = list(text.content_notes), text.quotes_id
    row.has_contacts = bool(contacts.find(str(text.words)))
    put_words(row, text.words)
