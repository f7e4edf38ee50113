"""Released figures of many conditions as rows for a file, read in batches; nothing unreleased."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Release

# Conditions by slug, places by id, the world first. Each step is materialised: planned together, wrong estimates about
# a fresh release can turn a moment into a minute.
_ROWS = """
    with wanted as materialized (
        select id as condition_id, slug, name as condition_name,
               (select coalesce(string_agg(code, ' ' order by code), '') from condition_code
                where condition_id = condition.id and system = 'ORPHA') as orpha
        from condition where slug = any(:slugs)
    ), place as materialized (
        select 'world' as place, '' as zone_name, '{}'::text[] as codes, '' as country, '' as country_name, 0 as depth
        union all
        select zone.id, zone.name, zone.codes, country.id, country.name, 1
        from zone join zone as country on country.id = split_part(zone.id, '.', 1)
        where zone.level = :level
    ), figure as materialized (
        select condition_id, place, shown from released_count
        where release = :release and condition_id = any(array(select condition_id from wanted))
    )
"""
_SELECT_ROWS = """
    select slug, condition_name, orpha, place, zone_name, codes, country, country_name, shown from {}
    order by slug, depth, place collate "C"
"""
_SHOWN = text(_ROWS + _SELECT_ROWS.format("figure join wanted using (condition_id) join place using (place)"))
_WITH_FEW = text(_ROWS + _SELECT_ROWS.format("wanted cross join place left join figure using (condition_id, place)"))

# Otherwise a cursor is planned for its first rows only.
_TO_THE_END = text("set local cursor_tuple_fraction = 1")

#: Number of rows fetched at a time.
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class ReleasedFigure:
    """A released figure with the names of its place; ``zone`` is "world" or an id of the zone tree.

    ``codes`` are ISO 3166-1 alpha-2 of a country (several for a group), ISO 3166-2 of a region.
    """

    slug: str
    condition_name: str
    orpha: str
    zone: str
    zone_name: str
    codes: Sequence[str]
    country: str
    country_name: str
    shown: int | None


def rows(
    session: Session, release: Release, slugs: Sequence[str], level: str, *, with_few: bool
) -> Iterator[ReleasedFigure]:
    """Yield the figures of some conditions in a release for the world and each place, by condition and place.

    ``with_few`` adds the places that are too few to show, with None; otherwise they are left out.
    """
    session.execute(_TO_THE_END)
    values = {"release": release.number, "slugs": list(slugs), "level": level}
    statement = _WITH_FEW if with_few else _SHOWN
    with session.execute(statement, values, execution_options={"yield_per": BATCH}) as result:
        for row in result:
            yield ReleasedFigure(*row)


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of the figures of a release, in a fixed order, and their total number."""

    rows: Sequence[ReleasedFigure]
    matched: int


# The figures of a release never change, so that paging returns each exactly once.
_OF_LEVEL = """
    with place as materialized (
        select zone.id as place, zone.name as zone_name, zone.codes, country.id as country, country.name as country_name
        from zone join zone as country on country.id = split_part(zone.id, '.', 1)
        where zone.level = :level and (cast(:within as text[]) is null or zone.id = any(cast(:within as text[])))
    ), figure as materialized (
        select condition_id, place, shown from released_count join condition on condition.id = condition_id
        where release = :release and is_offered
          and (cast(:condition as integer) is null or condition_id = cast(:condition as integer))
    )
"""
_COUNT = "select count(*) from figure join place using (place)"
_CUT = """
    , part as (
        select slug, condition.name as condition_name, condition_id, place.*, shown
        from figure join place using (place) join condition on condition.id = condition_id
        order by slug, place collate "C" limit :limit offset :offset
    )
    select slug, condition_name,
           (select coalesce(string_agg(code, ' ' order by code), '') from condition_code
            where condition_code.condition_id = part.condition_id and system = 'ORPHA') as orpha,
           place, zone_name, codes, country, country_name, shown
    from part order by slug, place collate "C"
"""
_MATCHED = text(_OF_LEVEL + _COUNT)
_PART = text(_OF_LEVEL + _CUT)


def page(
    session: Session,
    release: Release,
    level: str,
    *,
    condition: Condition | None = None,
    within: Sequence[str] | None = None,
    offset: int = 0,
    limit: int = 1,
) -> RowPage:
    """Return a page of figures of countries or regions in a release, by condition and place.

    They can be limited to one condition and to the places in ``within``. The world is not included, nor are places that
    are too few to show.
    """
    values = {
        "release": release.number,
        "level": level,
        "condition": condition.id if condition else None,
        "within": None if within is None else list(within),
    }
    matched = session.scalar(_MATCHED, values) or 0
    rows = session.execute(_PART, {**values, "offset": offset, "limit": limit})
    return RowPage([ReleasedFigure(*row) for row in rows], matched)
