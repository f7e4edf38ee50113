"""Publish and change a text: what the rules of moderation hold is read by nobody before a moderator has looked."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy.orm import Session

from mapservice.moderation import rules, shield
from mapservice.moderation.rules import Author, HoldReason, own_words_of
from mapservice.privacy.texts import TextState
from mapservice.store.catalogue import listing
from mapservice.store.forum import follows
from mapservice.store.knowledge import facts
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import drafts, writing
from mapservice.store.texts.writing import NewText


def publish_text(
    session: Session, member: Member, membership: Membership, condition: Condition, text: NewText, today: dt.date
) -> MemberText:
    """Store a new text, held or shown to its audience, and delete what was typed for it."""
    reasons = _judge(session, member, membership, condition, text, today)
    row = writing.add(session, membership, text, reasons, today)
    drafts.forget(session, membership, text.kind, text.topic or str(text.thread_id or ""))
    if row.thread_id is not None:
        follows.follow(session, membership, row.thread_id)
        follows.announce(session, row)
    return row


def change_text(
    session: Session,
    member: Member,
    membership: Membership,
    condition: Condition,
    row: MemberText,
    text: NewText,
    today: dt.date,
) -> None:
    """Replace a text, which is held or shown by the same rules as a new one."""
    reasons = _judge(session, member, membership, condition, text, today, besides=row)
    writing.change(session, row, text, reasons)


def _judge(
    session: Session,
    member: Member,
    membership: Membership,
    condition: Condition,
    text: NewText,
    today: dt.date,
    *,
    besides: MemberText | None = None,
) -> tuple[HoldReason, ...]:
    """Return why a text is held: for what it says, or for what it says together with others of somebody new.

    In that case those are held as well.
    """
    own_words = own_words_of(_names(session, condition))
    author = writing.author(session, member, today)
    said = _said(text.pen_name, str(text.words))
    reasons = shield.reasons_to_hold(said, own_words, author)
    if not author.is_new:
        return reasons
    for row in writing.lately(session, membership, today):
        if row is not besides:
            reasons = reasons or _together(session, row, said, own_words, author)
    return reasons


def _together(
    session: Session, row: MemberText, said: str, own_words: frozenset[str], author: Author
) -> tuple[HoldReason, ...]:
    """Return why the rules hold a text together with an earlier one, which is then held too."""
    reasons = rules.reasons_to_hold(f"{_said(row.pen_name, str(row.words))}\n{said}", own_words, author)
    if reasons and row.state == TextState.SHOWN:
        writing.hold(session, row, reasons)
    return reasons


def _said(pen_name: str | None, words: str) -> str:
    return f"{pen_name}\n{words}" if pen_name else words


def _names(session: Session, condition: Condition) -> Iterator[str]:
    """Yield the names of a condition and of its symptoms in all languages."""
    yield condition.name
    yield from listing.synonyms(session, condition)
    terms = [fact.term for fact in facts.facts(session, condition)]
    terms += [symptom.term for symptom in facts.chosen_symptoms(session, condition)]
    for term in terms:
        yield from (term.label, term.spanish, term.plain)
