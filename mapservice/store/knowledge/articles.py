"""Articles in the database: saving a version, what is public, and the state of each version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.questions import PUBLIC, ArticleOrigin, ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.articles import ArticleSignature, ArticleVersion
from mapservice.store.transactions import withdrawals

#: Number of earlier versions that a page lists.
HISTORY = 30

#: The parts that people have in a version.
AUTHOR, REVIEWER = "author", "reviewer"


@dataclass(frozen=True, slots=True)
class ArticleKey:
    """Which article: the question, the condition and the language."""

    condition_id: int
    kind: QuestionKind
    language: str


@dataclass(frozen=True, slots=True)
class Signature:
    """How somebody is named with a version: their name, and of a reviewer profession and conflicts of interest."""

    name: str
    profession: str = ""
    conflicts: str = ""


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """A version with its author and its reviewer, as far as they still have an account."""

    version: ArticleVersion
    author: ArticleSignature | None
    reviewer: ArticleSignature | None


def public(session: Session, condition: Condition) -> Sequence[ArticleVersion]:
    """Return the public versions of all articles about a condition, in every language."""
    listed = select(ArticleVersion).where(ArticleVersion.condition_id == condition.id, ArticleVersion.state.in_(PUBLIC))
    return session.scalars(listed.order_by(ArticleVersion.kind, ArticleVersion.language)).all()


def public_version(session: Session, key: ArticleKey) -> ArticleVersion | None:
    """Return the version of an article that everybody can read; None if there is none."""
    return session.scalars(_of(key).where(ArticleVersion.state.in_(PUBLIC))).first()


def latest_states(session: Session, condition_id: int, language: str) -> Mapping[QuestionKind, Sequence[ArticleState]]:
    """Return for each question with an article the states that an editor looks for: the newest, and the public one."""
    listed = (
        select(ArticleVersion.kind, ArticleVersion.state)
        .filter_by(condition_id=condition_id, language=language)
        .order_by(ArticleVersion.number.desc())
    )
    states: dict[QuestionKind, list[ArticleState]] = {}
    for kind, state in session.execute(listed):
        known = states.setdefault(QuestionKind(kind), [])
        if not known or (state in PUBLIC and state not in known):
            known.append(ArticleState(state))
    return states


def versions(session: Session, key: ArticleKey) -> list[SignedVersion]:
    """Return the latest versions of an article, the newest first."""
    listed = _of(key).order_by(ArticleVersion.number.desc()).limit(HISTORY + 1)
    return [signed(session, version) for version in session.scalars(listed)]


def newest(session: Session, key: ArticleKey) -> SignedVersion | None:
    """Return the newest version of an article, public or not; None if there never was one."""
    version = session.scalars(_of(key).order_by(ArticleVersion.number.desc()).limit(1)).first()
    return signed(session, version) if version else None


def get(session: Session, key: ArticleKey, number: int, *, lock: bool = False) -> SignedVersion | None:
    """Return one version; with ``lock`` nobody else can decide about the article until the end of the transaction."""
    if lock:
        session.execute(_of(key).with_for_update())
    version = session.get(ArticleVersion, (key.condition_id, key.kind, key.language, number), populate_existing=lock)
    return signed(session, version) if version else None


def replaced_before(session: Session, key: ArticleKey, number: int) -> ArticleVersion | None:
    """Return the version that was public before another one and was replaced, not withdrawn; None if there is none."""
    earlier = _of(key).where(ArticleVersion.state == ArticleState.REPLACED, ArticleVersion.number < number)
    return session.scalars(earlier.order_by(ArticleVersion.number.desc()).limit(1)).first()


def latest_reviewed(session: Session, language: str, *, limit: int) -> Sequence[tuple[ArticleVersion, Condition]]:
    """Return the reviewed articles in a language with their conditions, the newest day first."""
    listed = (
        select(ArticleVersion, Condition)
        .join(Condition, Condition.id == ArticleVersion.condition_id)
        .where(ArticleVersion.state == ArticleState.REVIEWED, ArticleVersion.language == language, Condition.is_offered)
        .order_by(ArticleVersion.decided_on.desc(), ArticleVersion.id)
    )
    return [(row[0], row[1]) for row in session.execute(listed.limit(limit))]


def text_of(version: ArticleVersion) -> ArticleText:
    """Return what a version says."""
    sources = tuple(Source.of(data) for data in version.sources)
    return ArticleText(version.short, version.body, version.next_steps, sources)


def save(
    session: Session,
    key: ArticleKey,
    base: int,
    text: ArticleText,
    *,
    origin: ArticleOrigin = ArticleOrigin.EDITOR,
    state: ArticleState = ArticleState.DRAFT,
) -> int | None:
    """Add a version after ``base``; return its number, or None, without changes, if there is a newer one already.

    Two who save at the same time get different answers: the number is the key of the row.
    """
    if (session.scalar(select(func.max(ArticleVersion.number)).filter_by(**_columns(key))) or 0) != base:
        return None
    added = insert(ArticleVersion).values(
        **_columns(key),
        number=base + 1,
        state=state,
        origin=origin,
        short=text.short,
        body=text.body,
        next_steps=text.next_steps,
        sources=[source.stored for source in text.sources],
        decided_on=func.current_date() if state in PUBLIC else None,
    )
    return session.scalar(added.on_conflict_do_nothing().returning(ArticleVersion.number))


def sign(session: Session, version: ArticleVersion, part: str, member: Member, signature: Signature) -> None:
    """Name somebody as the author or the reviewer of a version, instead of the one before."""
    values = {
        "member_id": member.id,
        "name": signature.name,
        "profession": signature.profession,
        "conflicts": signature.conflicts,
    }
    row = insert(ArticleSignature).values(
        condition_id=version.condition_id,
        kind=version.kind,
        language=version.language,
        number=version.number,
        part=part,
        **values,
    )
    key = ("condition_id", "kind", "language", "number", "part")
    session.execute(row.on_conflict_do_update(index_elements=key, set_=values))


def set_state(session: Session, version: ArticleVersion, state: ArticleState) -> None:
    """Change the state of a version; if it becomes public, the one before it is replaced."""
    of_article = update(ArticleVersion).where(
        ArticleVersion.condition_id == version.condition_id,
        ArticleVersion.kind == version.kind,
        ArticleVersion.language == version.language,
    )
    if state in PUBLIC:
        session.execute(
            of_article.where(ArticleVersion.number != version.number, ArticleVersion.state.in_(PUBLIC)).values(
                state=ArticleState.REPLACED
            )
        )
    if state is ArticleState.WITHDRAWN:
        withdrawals.note(session, version.id)
    is_decided = state in PUBLIC or state is ArticleState.WITHDRAWN
    session.execute(
        of_article.where(ArticleVersion.number == version.number).values(
            state=state, **({"decided_on": func.current_date()} if is_decided else {})
        )
    )
    session.refresh(version)


def last_signature(session: Session, member: Member, condition_id: int, part: str) -> ArticleSignature | None:
    """Return how a member was last named in a part for a condition, so that they need not type it again."""
    listed = select(ArticleSignature).filter_by(member_id=member.id, condition_id=condition_id, part=part)
    return session.scalars(listed.order_by(ArticleSignature.number.desc()).limit(1)).first()


def _of(key: ArticleKey) -> Select[ArticleVersion]:
    return select(ArticleVersion).filter_by(**_columns(key))


def _columns(key: ArticleKey) -> dict[str, object]:
    return {"condition_id": key.condition_id, "kind": key.kind.value, "language": key.language}


def signed(session: Session, version: ArticleVersion) -> SignedVersion:
    """Return a version with the people who are named with it."""
    key = version.condition_id, version.kind, version.language, version.number
    author, reviewer = (session.get(ArticleSignature, (*key, part)) for part in (AUTHOR, REVIEWER))
    return SignedVersion(version, author, reviewer)
