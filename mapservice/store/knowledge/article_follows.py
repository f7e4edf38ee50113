"""Following the articles about a condition: who follows them, what has changed, and telling them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.questions import PUBLIC, ArticleState
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.notifications import notifications
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.article_follows import ArticleFollow
from mapservice.store.tables.articles import ArticleVersion, Editor
from mapservice.store.transactions.execution import DATABASE_ONLY

#: The kind of news that an article about a condition that a member follows was reviewed or withdrawn.
NEWS = "articles"

#: Changes that are listed of each condition.
LISTED = 10


@dataclass(frozen=True, slots=True)
class Followed:
    """A condition whose articles a member follows: how many changes there were, and whether one is new to them."""

    condition: Condition
    changes: int
    is_new: bool


def follow(session: Session, member: Member, condition: Condition) -> None:
    """Let a member follow the articles about a condition from now on; doing it again changes nothing."""
    row = insert(ArticleFollow).values(condition_id=condition.id, member_id=member.id)
    session.execute(row.on_conflict_do_nothing())


def unfollow(session: Session, member: Member, condition: Condition) -> None:
    """Let a member no longer follow the articles about a condition."""
    session.execute(delete(ArticleFollow).where(*_one(member, condition)))


def is_following(session: Session, member: Member, condition: Condition) -> bool:
    """Return whether a member follows the articles about a condition."""
    return bool(session.scalar(select(select(ArticleFollow).where(*_one(member, condition)).exists())))


def is_editor_or_follower(session: Session, member: Member) -> bool:
    """Return whether a member is an editor of anything, or follows the articles about a condition."""
    either = (select(table).where(table.member_id == member.id).exists() for table in (Editor, ArticleFollow))
    return bool(session.scalar(select(or_(*either))))


def followed(session: Session, member: Member) -> list[Followed]:
    """Return the conditions whose articles a member follows, by name."""
    listed = select(Condition, ArticleFollow.changes, ArticleFollow.changes > ArticleFollow.seen_changes)
    listed = listed.join(ArticleFollow, ArticleFollow.condition_id == Condition.id)
    mine = ArticleFollow.member_id == member.id, Condition.is_offered
    return [Followed(*row) for row in session.execute(listed.where(*mine).order_by(Condition.name))]


def latest_changes(session: Session, condition: Condition, languages: Collection[str]) -> Sequence[ArticleVersion]:
    """Return the versions about a condition in some languages that were reviewed or withdrawn last."""
    states = ArticleState.REVIEWED, ArticleState.WITHDRAWN
    listed = select(ArticleVersion).where(
        ArticleVersion.condition_id == condition.id,
        ArticleVersion.state.in_(states),
        ArticleVersion.language.in_(languages),
    )
    newest = ArticleVersion.decided_on.desc(), ArticleVersion.kind, ArticleVersion.number.desc()
    return session.scalars(listed.order_by(*newest).limit(LISTED)).all()


def note_seen(session: Session, member: Member, condition: Condition, changes: int) -> None:
    """Note that a member has read the changes up to a number. Nobody else learns that."""
    seen = func.least(ArticleFollow.changes, max(changes, 0))
    row = update(ArticleFollow).where(*_one(member, condition), ArticleFollow.seen_changes < seen)
    session.execute(row.values(seen_changes=seen), execution_options=DATABASE_ONLY)


def unseen(session: Session, member: Member) -> int:
    """Return about how many conditions a member follows articles of which a change is new to them."""
    fresh = select(func.count()).select_from(ArticleFollow)
    fresh = fresh.join(Condition, and_(Condition.id == ArticleFollow.condition_id, Condition.is_offered))
    mine = ArticleFollow.member_id == member.id, ArticleFollow.changes > ArticleFollow.seen_changes
    return session.scalar(fresh.where(*mine)) or 0


def announce(session: Session, key: ArticleKey, decided_by: Member, *, fallback: str) -> None:
    """Note for those who follow an article and read it in this language that it was reviewed or withdrawn.

    Pages fall back to one language where there is no article in that of the reader.
    """
    followers = (
        select(ArticleFollow.member_id)
        .join(Member, Member.id == ArticleFollow.member_id)
        .where(ArticleFollow.condition_id == key.condition_id, ArticleFollow.member_id != decided_by.id)
        .where(_reads(session, key, fallback))
        # Two decisions at once lock them in the same order.
        .order_by(ArticleFollow.member_id)
        .with_for_update(of=ArticleFollow)
    )
    members = session.scalars(followers).all()
    changed = update(ArticleFollow).where(ArticleFollow.condition_id == key.condition_id)
    changed = changed.where(ArticleFollow.member_id.in_(members)).values(changes=ArticleFollow.changes + 1)
    session.execute(changed, execution_options=DATABASE_ONLY)
    for member_id in members:
        notifications.add(session, member_id, NEWS)


def _reads(session: Session, key: ArticleKey, fallback: str) -> ColumnElement[bool]:
    """Which members read an article in its language: it is theirs, or the one that pages fall back to."""
    language = func.coalesce(Member.language, fallback)
    if key.language != fallback:
        return language == key.language
    others = select(ArticleVersion.language).where(
        ArticleVersion.condition_id == key.condition_id,
        *(ArticleVersion.kind == key.kind.value, ArticleVersion.state.in_(PUBLIC)),
    )
    return or_(language == fallback, language.not_in(session.scalars(others).all()))


def _one(member: Member, condition: Condition) -> tuple[ColumnElement[bool], ...]:
    return ArticleFollow.condition_id == condition.id, ArticleFollow.member_id == member.id
