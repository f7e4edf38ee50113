"""For admins: two releases of a condition side by side, with the differences that are not significant."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from mapservice.db import get_session
from mapservice.geo.zones import Level
from mapservice.i18n.labels import zone_name
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.interpretation import is_noise, largest_noise_between, warm_up_releases
from mapservice.store.catalogue import conditions
from mapservice.store.figures import published, releases
from mapservice.store.figures.published import Published
from mapservice.store.tables import Member
from mapservice.web.accounts.staff_access import admin_page, page_release, requested_release
from mapservice.web.site import form_fields

bp = Blueprint("comparison", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class Pair:
    """A place in two releases; ``is_noise`` if the difference is not significant."""

    name: str
    before: int | None
    after: int | None
    is_noise: bool

    @property
    def difference(self) -> int | None:
        """The increase from the earlier figure, or None if one of them is too few to show."""
        return None if self.before is None or self.after is None else self.after - self.before


@bp.get("/conditions/<slug>/compare")
@admin_page
def show(_member: Member, slug: str) -> str:
    """Show the figures of a condition in two releases, by country, and which differences may be noise."""
    form_fields.allow_only_queries("before", "after")
    session = get_session()
    condition = conditions.get(session, slug)
    after = page_release("after")
    every = releases.list_all(session)
    before = page_release("before") if requested_release("before") else every[min(1, len(every) - 1)] if every else None
    filling = warm_up_releases(DEFAULT)
    facts = {"condition": condition, "releases": every, "before": before, "after": after, "filling": filling}
    if before is None or after is None:
        return render_template("figures/comparison/show.html", pairs=[], noise=0, **facts)
    first, second = (published.figures(session, release, condition) for release in (before, after))
    pairs, noise = _pairs(first, second), largest_noise_between(published.profile(second))
    return render_template(
        "figures/comparison/show.html", pairs=pairs, world=_world(first, second), noise=noise, **facts
    )


def _pairs(first: Published, second: Published) -> list[Pair]:
    """Return the countries of both releases, the largest change first."""
    before, after = (
        {place.zone_id: place for place in figures.places if place.level == Level.COUNTRY}
        for figures in (first, second)
    )
    pairs = [
        _pair(
            zone_name(zone_id, (after.get(zone_id) or before[zone_id]).name),
            before[zone_id].shown if zone_id in before else None,
            after[zone_id].shown if zone_id in after else None,
            second,
        )
        for zone_id in {*before, *after}
    ]
    return sorted(pairs, key=lambda pair: (-abs((pair.after or 0) - (pair.before or 0)), pair.name))


def _world(first: Published, second: Published) -> Pair:
    return _pair("", first.world, second.world, second)


def _pair(name: str, before: int | None, after: int | None, second: Published) -> Pair:
    return Pair(name, before, after, is_noise(before, after, published.profile(second)))
