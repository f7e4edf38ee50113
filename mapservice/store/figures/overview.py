"""Figures of all communities for staff: released figures only, by condition and by release."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mapservice.privacy.disclosure import WORLD
from mapservice.store.tables import Condition, Release, ReleasedCount
from mapservice.text.folding import fold

# Only conditions with a published figure: of the others it is not even known whether they have members.
_COMMUNITIES = text("""
    with figure as (
        select condition_id,
               max(shown) filter (where place = 'world') as people,
               count(*) filter (where place not like '%.%' and place <> 'world') as countries,
               count(*) filter (where place like '%.%') as regions
        from released_count where release = :release group by condition_id
    )
    select condition.slug, condition.name, people, countries, regions, count(*) over () as how_many
    from figure join condition on condition.id = condition_id and condition.is_offered
    where :wanted = '' or condition.slug = :slug or exists (
        select from condition_name where condition_id = condition.id and position(:wanted in folded) > 0
    )
    order by people desc nulls last, condition.name
    limit :limit offset :offset
""")


@dataclass(frozen=True, slots=True)
class ConditionFigures:
    """The figure of a condition for the world in a release, and its numbers of published countries and regions."""

    slug: str
    name: str
    people: int | None
    countries: int
    regions: int


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of a condition for the world in one release, or None for "too few to show"."""

    release: int
    made_on: dt.date
    people: int | None


def communities(
    session: Session, release: Release, query: str, *, limit: int, offset: int
) -> tuple[int, list[ConditionFigures]]:
    """Return how many conditions have published figures and match ``query``, and a page of them, the largest first.

    ``query`` is part of a name; names are compared folded, as in the search of the site.
    """
    values = {"release": release.number, "wanted": fold(query), "slug": query, "limit": limit, "offset": offset}
    rows = session.execute(_COMMUNITIES, values).all()
    conditions = [ConditionFigures(row.slug, row.name, row.people, row.countries, row.regions) for row in rows]
    return (rows[0].how_many if rows else 0), conditions


def growth(session: Session, condition: Condition) -> list[Point]:
    """Return the figure of a condition for the world in every release, the oldest first."""
    figure = (ReleasedCount.condition_id == condition.id) & (ReleasedCount.place == WORLD)
    rows = session.execute(
        select(Release.number, Release.made_on, ReleasedCount.shown)
        .outerjoin(ReleasedCount, (ReleasedCount.release == Release.number) & figure)
        .order_by(Release.number)
    )
    return [Point(*row) for row in rows]
