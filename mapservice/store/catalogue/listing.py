"""Browsing the catalogue: by first letter, and other names and codes of a condition."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, ConditionCode, ConditionName

#: The list of names that begin with a digit.
FIGURES = "0–9"

#: Default number of conditions on a page.
PAGE = 100


def _letter() -> ColumnElement[str]:
    return func.upper(func.left(ConditionName.folded, 1))


def letters(session: Session) -> list[str]:
    """Return the first letters of all names, with digits combined at the start."""
    statement = select(_letter()).join(Condition).where(ConditionName.kind == "name", Condition.is_offered).distinct()
    initials = set(session.scalars(statement))
    figures = {letter for letter in initials if letter.isdigit()}
    return [FIGURES] * bool(figures) + sorted(initials - figures)


def beginning_with(session: Session, letter: str) -> Sequence[Condition]:
    """Return the conditions whose name begins with a letter, in alphabetical order."""
    begins = _letter().between("0", "9") if letter == FIGURES else _letter() == letter
    statement = (
        select(Condition)
        .join(ConditionName, ConditionName.condition_id == Condition.id)
        .where(ConditionName.kind == "name", Condition.is_offered, begins)
        .order_by(ConditionName.folded)
    )
    return session.scalars(statement).all()


def with_slugs(session: Session, slugs: Sequence[str]) -> Sequence[Condition]:
    """Return the conditions with these slugs that this service is for, in the given order."""
    named = select(Condition).where(Condition.slug.in_(slugs), Condition.is_offered)
    by_slug = {condition.slug: condition for condition in session.scalars(named)}
    return [by_slug[slug] for slug in slugs if slug in by_slug]


def offered(session: Session, limit: int = PAGE) -> Sequence[Condition]:
    """Return the conditions that this service is for, by name."""
    listed = select(Condition).where(Condition.is_offered).order_by(Condition.name, Condition.slug).limit(limit)
    return session.scalars(listed).all()


@dataclass(frozen=True, slots=True)
class ConditionEntry:
    """A condition in a list: its codes by system, and the number of its other names."""

    slug: str
    name: str
    codes: dict[str, list[str]]
    synonyms: int


def entries(
    session: Session, slugs: Sequence[str] | None = None, *, offset: int = 0, limit: int = PAGE
) -> tuple[list[ConditionEntry], int]:
    """Return a page of the conditions with these slugs in their order, or of all by name; and the total number."""
    chosen = select(Condition).where(Condition.is_offered).order_by(Condition.name, Condition.slug)
    if slugs is None:
        listed = session.scalars(chosen.limit(limit).offset(offset)).all()
        matched = session.scalar(select(func.count()).select_from(Condition).where(Condition.is_offered)) or 0
    else:
        listed, matched = with_slugs(session, slugs[offset : offset + limit]), len(slugs)
    ids = [condition.id for condition in listed]
    codes, synonym_counts = _codes(session, ids), _synonyms(session, ids)
    return [
        ConditionEntry(condition.slug, condition.name, codes[condition.id], synonym_counts.get(condition.id, 0))
        for condition in listed
    ], matched


def synonyms(session: Session, condition: Condition) -> Sequence[str]:
    """Return the other names of a condition, the shortest first: people remember an abbreviation."""
    statement = (
        select(ConditionName.name)
        .where(ConditionName.condition_id == condition.id, ConditionName.kind == "synonym")
        .order_by(func.length(ConditionName.name), ConditionName.folded)
    )
    return session.scalars(statement).all()


def codes(session: Session, condition: Condition) -> dict[str, list[str]]:
    """Return the codes of a condition by system, such as ``{"ORPHA": ["513"]}``."""
    return _codes(session, [condition.id])[condition.id]


def _codes(session: Session, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    statement = (
        select(ConditionCode.condition_id, ConditionCode.system, ConditionCode.code)
        .where(ConditionCode.condition_id.in_(ids))
        .order_by(ConditionCode.system, ConditionCode.code)
    )
    codes_by_id: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for condition_id, system, code in session.execute(statement):
        codes_by_id[condition_id].setdefault(system, []).append(code)
    return codes_by_id


def _synonyms(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(ConditionName.condition_id, func.count().label("n"))
        .where(ConditionName.condition_id.in_(ids), ConditionName.kind == "synonym")
        .group_by(ConditionName.condition_id)
    )
    return {row.condition_id: row.n for row in rows}
