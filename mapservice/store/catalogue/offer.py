"""Which conditions the service is for: all of the catalogue, or those that its operator chose; and their own ones.

Nothing is deleted. A condition that is not offered has no page, no map and no figures anywhere, and its members keep
what they stored.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mapservice.errors import UnknownConditionError
from mapservice.store.operator import settings
from mapservice.store.operator.settings import Setting
from mapservice.store.tables import Condition, ConditionName
from mapservice.text.folding import fold

#: The form of a slug.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

#: How many conditions of an earlier choice are remembered.
MAX_REMEMBERED = 500


class LastConditionError(Exception):
    """A service has to be for one condition at least."""


class SameNameError(Exception):
    """There is a condition with this name or slug already."""


def choose(session: Session, slugs: Iterable[str]) -> None:
    """Make the service one for these conditions only.

    :raise UnknownConditionError: if there is none of this slug.
    :raise LastConditionError: if there is no slug.
    """
    wanted = set(slugs)
    if not wanted:
        raise LastConditionError
    known = set(session.scalars(select(Condition.slug).where(Condition.slug.in_(wanted))))
    if known != wanted:
        raise UnknownConditionError
    _set(session, Condition.slug.in_(wanted), is_offered=True)
    _set(session, Condition.slug.not_in(wanted), is_offered=False)
    _note_number(session)


def choose_all(session: Session) -> None:
    """Make the service one for all conditions of the catalogue, and remember the earlier choice."""
    if settings.load(session).offered:
        chosen = session.scalars(select(Condition.slug).where(Condition.is_offered).limit(MAX_REMEMBERED))
        settings.save(session, Setting.EARLIER, " ".join(sorted(chosen)))
    _set(session, ~Condition.is_offered, is_offered=True)
    settings.save(session, Setting.OFFERED, "")
    settings.save(session, Setting.ONLY, "")


def offer(session: Session, slug: str) -> bool:
    """Add a condition to those that the service is for; return False if it was one of them.

    :raise UnknownConditionError: if there is none.
    """
    return _change(session, slug, is_offered=True)


def hide(session: Session, slug: str) -> bool:
    """Take a condition from those that the service is for; return False if it was none of them.

    :raise UnknownConditionError: if there is none.
    :raise LastConditionError: if it is the only one.
    """
    if number_offered(session) == 1 and _get(session, slug).is_offered:
        raise LastConditionError
    return _change(session, slug, is_offered=False)


def number_offered(session: Session) -> int:
    """Return the number of conditions that the service is for."""
    return session.scalar(select(func.count()).select_from(Condition).where(Condition.is_offered)) or 0


def hidden(session: Session, limit: int) -> Sequence[Condition]:
    """Return the conditions that the service is not for, by name."""
    return session.scalars(select(Condition).where(~Condition.is_offered).order_by(Condition.name).limit(limit)).all()


def add_own(
    session: Session, slug: str, name: str, *, synonyms: Sequence[str] = (), prevalence: float | None = None
) -> Condition:
    """Add a condition that is not in the catalogue.

    :raise SameNameError: if there is one with this slug, or with this name.
    """
    same = select(ConditionName.condition_id).where(ConditionName.folded == fold(name), ConditionName.kind == "name")
    if session.scalar(select(Condition.id).filter_by(slug=slug)) or session.scalar(same.limit(1)):
        raise SameNameError
    condition = Condition(slug=slug, name=name, summary="", prevalence=prevalence, is_offered=True, is_own=True)
    session.add(condition)
    session.flush()
    names = {name: "name"} | {synonym: "synonym" for synonym in synonyms if synonym != name}
    for written, kind in names.items():
        session.add(ConditionName(condition_id=condition.id, name=written, folded=fold(written), kind=kind))
    session.flush()
    _note_number(session, is_chosen=bool(settings.load(session).offered))
    return condition


def _change(session: Session, slug: str, *, is_offered: bool) -> bool:
    condition = _get(session, slug)
    if condition.is_offered is is_offered:
        return False
    condition.is_offered = is_offered
    session.flush()
    _note_number(session, is_chosen=bool(settings.load(session).offered))
    return True


def _get(session: Session, slug: str) -> Condition:
    condition = session.scalar(select(Condition).filter_by(slug=slug))
    if condition is None:
        raise UnknownConditionError
    return condition


def _set(session: Session, which: object, *, is_offered: bool) -> None:
    changed = update(Condition).where(which, Condition.is_offered != is_offered)  # type: ignore[arg-type]
    session.execute(changed.values(is_offered=is_offered))


def _note_number(session: Session, *, is_chosen: bool = True) -> None:
    """Note how many conditions there are, for every page; of a service for all of the catalogue only the change."""
    if not is_chosen:
        settings.note_change(session)
        return
    slugs = session.scalars(select(Condition.slug).where(Condition.is_offered).limit(2)).all()
    settings.save(session, Setting.OFFERED, str(number_offered(session)))
    settings.save(session, Setting.ONLY, slugs[0] if len(slugs) == 1 else "")
