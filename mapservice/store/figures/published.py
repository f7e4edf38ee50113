"""What everybody may read of a condition: the figures of one release, and nothing that is counted since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownReleaseError
from mapservice.geo.bbox import Bbox
from mapservice.geo.zones import Level
from mapservice.privacy.disclosure import DEFAULT, PROFILES, Profile
from mapservice.store.figures import releases
from mapservice.store.figures.releases import Figure
from mapservice.store.tables import Condition, Release, ZoneRow


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
        select(ZoneRow.parent, func.count())
        .where(ZoneRow.parent.in_(countries), ZoneRow.level == Level.REGION)
        .group_by(ZoneRow.parent)
    )
    return {parent or "": n for parent, n in rows}


def profile(found: Published) -> Profile:
    """The rules by which the figures were made."""
    return PROFILES.get(found.release.profile, DEFAULT)


def largest(found: Published) -> int:
    """The largest figure of a place, by which the classes of colour are chosen."""
    return max((each.shown for each in found.places), default=0)


def around(found: Published) -> Bbox:
    """The box around all bubbles, with room for the land around them."""
    lngs, lats = [each.lng for each in found.places], [each.lat for each in found.places]
    west, south, east, north = min(lngs) - 4, min(lats) - 3, max(lngs) + 4, max(lats) + 3
    margin = (east - west) / 10
    return Bbox(
        max(west - margin, -180), max(south - margin / 2, -60), min(east + margin, 180), min(north + margin / 2, 78)
    )


def as_data(condition: Condition, found: Published) -> dict[str, object]:
    """The same facts for programs: by zone id, in no reader's language, without what is too small to show."""
    return {
        "condition": condition.slug,
        "release": found.release.number,
        "made_on": found.release.made_on.isoformat(),
        "tree": found.release.tree,
        "world": found.world,
        "interval": profile(found).interval,
        "places": [
            {"zone": each.zone_id, "level": each.level, "name": each.name, "shown": each.shown}
            | {"anchor": [round(each.lng, 4), round(each.lat, 4)]}
            for each in found.places
        ],
        "note": "Self-reported members, not prevalence. Rounded to 5, with noise: numbers may not add up. "
        "What is not here is nobody or too few to show.",
    }
