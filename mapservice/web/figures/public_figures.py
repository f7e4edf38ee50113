"""The published figures of a condition in words: a sentence, a table, a map; all of one release."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask import url_for
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from mapservice.db import get_session
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.geo.zones import Level
from mapservice.i18n import bidi
from mapservice.i18n.labels import zone_name
from mapservice.maps.canvas import Canvas, MapParts, page_parts
from mapservice.maps.choropleth import FigureLayer, class_of, scale_of
from mapservice.maps.elements import BaseLayer, ViewButtons
from mapservice.privacy.disclosure import DEFAULT, PROFILES, Profile
from mapservice.store.figures import published, releases
from mapservice.store.figures.published import Published
from mapservice.store.figures.releases import Figure
from mapservice.store.tables import Condition, Release
from mapservice.store.zones import tree
from mapservice.web.site.headers import nonce

#: The nearest zoom of the public map: it has nothing finer than regions.
_LAST_ZOOM = 8

#: Farther than any map shows: static/js/figures.js finds how far one may go, so that the world just fits.
NO_ZOOM = -2


@dataclass(frozen=True, slots=True)
class Row:
    """A place of the table; ``shown`` and ``rank``, its class of colour, are None for "too few to show"."""

    zone_id: str
    name: str
    shown: int | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the table with its regions; ``has_others`` if it has some that are too small to show."""

    row: Row
    regions: tuple[Row, ...]
    has_others: bool


@dataclass(frozen=True, slots=True)
class FigurePage:
    """What the page of a condition shows of a release; without countries there is neither table nor map."""

    release: Release
    profile: Profile
    headline: str | None
    countries: list[Country]
    legend: list[tuple[int, str]]
    parts: MapParts | None


def page(condition: Condition, *, release: Release | None = None, is_guest: bool = False) -> FigurePage | None:
    """The figures of a release, by default the current one, or None before the first.

    ``is_guest`` is for the page of another site.
    """
    session = get_session()
    release = release or releases.current(session)
    if release is None:
        return None
    found = published.figures(session, release, condition)
    parts = drawn(condition, found, is_guest=is_guest) if found.places else None
    return FigurePage(release, profile(found), headline(found), table(found), legend(found), parts)


def headline(found: Published) -> str | None:
    """How many people there are, and in how many countries; None where all of it is too few to show."""
    countries = sum(each.level == Level.COUNTRY for each in found.places)
    within = ngettext("in %(n)s country", "in %(n)s countries", countries, n=format_decimal(countries))
    if found.world is None:
        return _("People %(in_countries)s", in_countries=within) if countries else None
    people = _("About %(people)s people", people=format_decimal(found.world))
    return _("%(people)s %(in_countries)s", people=people, in_countries=within) if countries else people


def table(found: Published) -> list[Country]:
    """The countries with a figure, or with a region that has one: the largest first, those alike by name."""
    scale = scale_of(largest(found))
    below: dict[str, list[Row]] = defaultdict(list)
    countries = {each.zone_id: _row(each, scale) for each in found.places if each.level == Level.COUNTRY}
    for each in found.places:
        if each.level == Level.REGION:
            below[each.zone_id.partition(".")[0]].append(_row(each, scale))
    codes = {*countries, *below}
    how_many = published.regions_in(get_session(), codes)
    names = tree.names(get_session(), list(codes))
    rows = [countries.get(code) or Row(code, zone_name(code, names[code]), None, None) for code in codes]
    return [
        Country(row, tuple(sorted(below[row.zone_id], key=_order)), len(below[row.zone_id]) < how_many[row.zone_id])
        for row in sorted(rows, key=_order)
    ]


def profile(found: Published) -> Profile:
    """The rules by which the figures were made."""
    return PROFILES.get(found.release.profile, DEFAULT)


def drawn(condition: Condition, found: Published, *, is_guest: bool = False) -> MapParts:
    """The map of the figures, as parts for the page."""
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    label = _("Map of the published figures: %(name)s", name=bidi.isolate(condition.name))
    canvas = Canvas(label, name="figures", bounds=around(found), last_zoom=_LAST_ZOOM, words=words)
    canvas.options["minZoom"] = NO_ZOOM
    ViewButtons({"world": _("Show the whole world")}, is_guest=is_guest).add_to(canvas)
    BaseLayer().add_to(canvas)
    FigureLayer(
        url_for("figures.as_json", slug=condition.slug, release=found.release.number),
        url_for("ground.countries", tree=TREE_VERSION),
        url_for("ground.regions", tree=TREE_VERSION),
        words=layer_words(),
        scale=scale_of(largest(found)),
        language=str(get_locale()).replace("_", "-"),
    ).add_to(canvas)
    return page_parts(canvas, nonce(), lambda file: url_for("static", filename=file))


def as_json(condition: Condition, found: Published) -> dict[str, object]:
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
        "note": "Self-reported members, not prevalence. Rounded to 5, with noise: figures need not add up. "
        "What is not here is none or too few to show.",
    }


def largest(found: Published) -> int:
    """The largest figure of a place, by which the classes of colour are chosen."""
    return max((each.shown for each in found.places), default=0)


def legend(found: Published) -> list[tuple[int, str]]:
    """The classes of colour, each with the figures that it stands for."""
    scale = scale_of(largest(found))
    written = [(format_decimal(low), format_decimal(following - 5)) for low, following in pairwise(scale)]
    last = _("%(n)s and more", n=format_decimal(scale[-1]))
    return list(enumerate([*(f"{low}–{high}" for low, high in written), last], start=1))


def around(found: Published) -> tuple[float, float, float, float]:
    """The box around all bubbles, with room for the land around them: west, south, east, north in degrees."""
    lngs, lats = [each.lng for each in found.places], [each.lat for each in found.places]
    west, south, east, north = min(lngs) - 4, min(lats) - 3, max(lngs) + 4, max(lats) + 3
    margin = (east - west) / 10
    return max(west - margin, -180), max(south - margin / 2, -60), min(east + margin, 180), min(north + margin / 2, 78)


def _row(figure: Figure, scale: Sequence[int]) -> Row:
    return Row(figure.zone_id, zone_name(figure.zone_id, figure.name), figure.shown, class_of(figure.shown, scale))


def _order(row: Row) -> tuple[int, str]:
    return -(row.shown or 0), row.name


def layer_words() -> dict[str, object]:
    """The sentences of the map, in the reader's language."""
    return {
        "again": _("Try again"),
        "error": _("The map could not be loaded. The table has the same facts."),
        "few": _("{name}: too few to show"),
        "loading": _("Loading…"),
        "open": _("{name}: about {n} people; come nearer"),
        "place": _("{name}: about {n} people"),
    }
