"""The published figures of a condition as headline, table and map, all from one release."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from mapservice.db import get_session
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.geo.zones import Level, ZoneId, ancestor
from mapservice.i18n import bidi, figure_words
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.maps.canvas import Canvas, MapParts, page_parts
from mapservice.maps.choropleth import MAX_ZOOM, MIN_ZOOM, FigureLayer, colour_class, colour_scale
from mapservice.maps.elements import BaseLayer, ViewButtons
from mapservice.privacy.disclosure import Profile
from mapservice.store.figures import published, releases
from mapservice.store.figures.published import Published
from mapservice.store.figures.releases import Figure
from mapservice.store.tables import Condition, Release
from mapservice.store.zones import tree
from mapservice.web.site.headers import nonce


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of the table; ``shown`` and ``rank``, its colour class, are None for "too few to show"."""

    zone_id: ZoneId
    name: str
    shown: int | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class CountryFigures:
    """A country in the table with its regions; ``has_others`` if some of them are too few to show."""

    row: FigureRow
    regions: tuple[FigureRow, ...]
    has_others: bool


@dataclass(frozen=True, slots=True)
class FigurePage:
    """The figures of a release on the page of a condition; without countries there is no table and no map."""

    release: Release
    profile: Profile
    headline: str | None
    countries: list[CountryFigures]
    legend: list[tuple[int, str]]
    parts: MapParts | None


def page(condition: Condition, *, release: Release | None = None, is_guest: bool = False) -> FigurePage | None:
    """Return the figures of a release, by default the current one; None before the first.

    ``is_guest`` is for embedding in other sites.
    """
    session = get_session()
    release = release or releases.current(session)
    if release is None:
        return None
    figures = published.figures(session, release, condition)
    parts = map_parts(condition, figures, is_guest=is_guest) if figures.places else None
    legend = figure_words.legend(colour_scale(published.largest_figure(figures)))
    return FigurePage(
        release, published.profile(figures), figure_words.headline(figures), table(figures), legend, parts
    )


def table(figures: Published) -> list[CountryFigures]:
    """Return the countries with a figure, or with a region that has one: the largest first, equal ones by name."""
    scale = colour_scale(published.largest_figure(figures))
    below: dict[ZoneId, list[FigureRow]] = defaultdict(list)
    countries = {place.zone_id: _row(place, scale) for place in figures.places if place.level == Level.COUNTRY}
    for place in figures.places:
        if place.level == Level.REGION:
            below[ancestor(place.zone_id, Level.COUNTRY)].append(_row(place, scale))
    codes = {*countries, *below}
    how_many = published.region_counts(get_session(), codes)
    names = tree.names(get_session(), list(codes))
    rows = [countries.get(code) or FigureRow(code, zone_name(code, names[code]), None, None) for code in codes]
    return [
        CountryFigures(
            row, tuple(sorted(below[row.zone_id], key=_order)), len(below[row.zone_id]) < how_many[row.zone_id]
        )
        for row in sorted(rows, key=_order)
    ]


def map_parts(condition: Condition, figures: Published, *, is_guest: bool = False) -> MapParts:
    """Return the map of the figures, as parts for the page."""
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    label = _("Map of the published statistics: %(name)s", name=bidi.isolate(condition.name))
    canvas = Canvas(label, name="figures", bounds=published.bounding_box(figures), last_zoom=MAX_ZOOM, words=words)
    canvas.options["minZoom"] = MIN_ZOOM
    ViewButtons({"world": _("Show the whole world")}, is_guest=is_guest).add_to(canvas)
    BaseLayer().add_to(canvas)
    FigureLayer(
        url_for("figures.as_json", slug=condition.slug, release=figures.release.number),
        url_for("zone_data.countries", tree=TREE_VERSION),
        url_for("zone_data.regions", tree=TREE_VERSION),
        words=figure_words.layer_words(),
        scale=colour_scale(published.largest_figure(figures)),
        language=str(get_locale()).replace("_", "-"),
    ).add_to(canvas)
    return page_parts(canvas, nonce(), lambda file: url_for("static", filename=file))


def _row(figure: Figure, scale: Sequence[int]) -> FigureRow:
    return FigureRow(
        figure.zone_id, zone_name(figure.zone_id, figure.name), figure.shown, colour_class(figure.shown, scale)
    )


def _order(row: FigureRow) -> tuple[int, str]:
    return -(row.shown or 0), row.name
