"""The links to the sources of public articles, and those that did not answer on two days."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.questions import PUBLIC, Source
from mapservice.store.tables.articles import ArticleVersion
from mapservice.store.tables.source_links import SourceLink
from mapservice.store.transactions.execution import DATABASE_ONLY


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A source of the answer to a question that did not answer on two days, and these days."""

    kind: str
    source: Source
    first_failed_on: dt.date
    failed_on: dt.date


def addresses(session: Session) -> list[str]:
    """Return the links to the sources of all public articles, those first that were never checked or long ago."""
    public = session.scalars(select(ArticleVersion.sources).where(ArticleVersion.state.in_(PUBLIC)))
    named = {Source.of(data).address for sources in public for data in sources}
    checked = {row.address: row.checked_on for row in session.scalars(select(SourceLink))}
    return sorted(named, key=lambda address: (checked.get(address, dt.date.min), address))


def forget_others(session: Session, named: Sequence[str]) -> None:
    """Delete what is known of links that no public article names any longer."""
    session.execute(delete(SourceLink).where(SourceLink.address.not_in(named)), execution_options=DATABASE_ONLY)


def note(session: Session, address: str, today: dt.date, *, has_answered: bool) -> None:
    """Note whether a link answered today; an answer makes up for all days before."""
    row = session.get(SourceLink, address)
    first = None if has_answered else (row.first_failed_on if row else None) or today
    values = {"checked_on": today, "first_failed_on": first, "failed_on": None if has_answered else today}
    noted = insert(SourceLink).values(address=address, **values)
    session.execute(noted.on_conflict_do_update(index_elements=["address"], set_=values))
    session.expire_all()


def dead(session: Session, condition_id: int, language: str) -> list[DeadLink]:
    """Return the sources of public articles about a condition in a language that did not answer on two days."""
    public = select(ArticleVersion.kind, ArticleVersion.sources).filter_by(condition_id=condition_id, language=language)
    rows = session.execute(public.where(ArticleVersion.state.in_(PUBLIC)).order_by(ArticleVersion.kind))
    named = [(kind, Source.of(data)) for kind, sources in rows for data in sources]
    links = _dead(session, [source.address for _kind, source in named])
    return [DeadLink(kind, source, *links[source.address]) for kind, source in named if source.address in links]


def _dead(session: Session, named: Sequence[str]) -> Mapping[str, tuple[dt.date, dt.date]]:
    failed = select(SourceLink.address, SourceLink.first_failed_on, SourceLink.failed_on).where(
        SourceLink.address.in_(named), SourceLink.failed_on > SourceLink.first_failed_on
    )
    return {address: (first, last) for address, first, last in session.execute(failed) if first and last}
