"""The public figures of a condition: those of one release, without anything counted since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownReleaseError
from mapservice.geo.bbox import Bbox
from mapservice.geo.zones import Level, ZoneId
from mapservice.privacy.disclosure import DEFAULT, PROFILES, Profile
from mapservice.store.figures import releases
from mapservice.store.figures.releases import Figure
from mapservice.store.tables import Condition, Release, ZoneRow


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of a condition in a release: for the world (None if "too few to show"), and by zone id."""

    release: Release
    world: int | None
    places: tuple[Figure, ...]


def get_release(session: Session, number: int) -> Release:
    """Return the release with a number.

    :raise UnknownReleaseError: if there is none.
    """
    release = session.get(Release, number)
    if release is None:
        raise UnknownReleaseError
    return release


def figures(session: Session, release: Release, condition: Condition) -> Published:
    """Return the figures of a condition in a release, without places that are too few to show."""
    places = sorted(releases.figures(session, release, condition), key=lambda place: place.zone_id)
    return Published(release, releases.world(session, release, condition), tuple(places))


def region_counts(session: Session, countries: Collection[ZoneId]) -> dict[ZoneId, int]:
    """Return the number of regions of each country, by zone id."""
    rows = session.execute(
        select(ZoneRow.parent, func.count())
        .where(ZoneRow.parent.in_(countries), ZoneRow.level == Level.REGION)
        .group_by(ZoneRow.parent)
    )
    return {parent: n for parent, n in rows if parent}


def profile(figures: Published) -> Profile:
    """Return the disclosure profile of the figures."""
    return PROFILES.get(figures.release.profile, DEFAULT)


def largest_figure(figures: Published) -> int:
    """Return the largest figure of a place, which determines the colour classes."""
    return max((place.shown for place in figures.places), default=0)


def bounding_box(figures: Published) -> Bbox:
    """Return the bounding box of all bubbles, with a margin."""
    lngs, lats = [place.lng for place in figures.places], [place.lat for place in figures.places]
    west, south, east, north = min(lngs) - 4, min(lats) - 3, max(lngs) + 4, max(lats) + 3
    margin = (east - west) / 10
    return Bbox(
        max(west - margin, -180), max(south - margin / 2, -60), min(east + margin, 180), min(north + margin / 2, 78)
    )


def as_data(condition: Condition, figures: Published) -> dict[str, object]:
    """Return the figures for programs: by zone id, language-neutral, without places that are too few to show."""
    return {
        "condition": condition.slug,
        "release": figures.release.number,
        "made_on": figures.release.made_on.isoformat(),
        "tree": figures.release.tree,
        "world": figures.world,
        "interval": profile(figures).interval,
        "places": [
            {"zone": place.zone_id, "level": place.level, "name": place.name, "shown": place.shown}
            | {"anchor": [round(place.lng, 4), round(place.lat, 4)]}
            for place in figures.places
        ],
        "note": f"Self-reported members, not prevalence. Rounded to {profile(figures).base}, with noise: numbers may "
        "not add up. Places that are not listed have nobody, or too few people to show.",
    }
