"""What everybody may read of a condition: the figures of one release, and nothing that is counted since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownReleaseError
from mapservice.geo.zones import Level
from mapservice.store.figures import releases
from mapservice.store.figures.releases import Figure
from mapservice.store.tables import Condition, Release, Zone


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of a condition in a release: of the world, or None for "too few to show", and of places, by id."""

    release: Release
    world: int | None
    places: tuple[Figure, ...]


def get(session: Session, number: int) -> Release:
    """The release of a number.

    :raise UnknownReleaseError: if there is none.
    """
    release = session.get(Release, number)
    if release is None:
        raise UnknownReleaseError
    return release


def figures(session: Session, release: Release, condition: Condition) -> Published:
    """The figures of a condition in a release; a place that is too small to show is not among them."""
    places = sorted(releases.figures(session, release, condition), key=lambda each: each.zone_id)
    return Published(release, releases.world(session, release, condition), tuple(places))


def regions_in(session: Session, countries: Collection[str]) -> dict[str, int]:
    """How many regions each of some countries has, by the countries' ids."""
    rows = session.execute(
        select(Zone.parent, func.count())
        .where(Zone.parent.in_(countries), Zone.level == Level.REGION)
        .group_by(Zone.parent)
    )
    return {parent or "": n for parent, n in rows}
