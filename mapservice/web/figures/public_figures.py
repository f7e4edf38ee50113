"""The published figures of a condition as headline, table and map, all from one release."""

from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app, render_template, url_for
from markupsafe import Markup

from mapservice import maps
from mapservice.db import get_session
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.i18n import bidi, figure_words
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.disclosure import Profile
from mapservice.store.figures import published, releases
from mapservice.store.figures.published import Published
from mapservice.store.tables import Condition, Release
from mapservice.web.figures import figure_table
from mapservice.web.site import bundles
from mapservice.web.site.headers import allow_script
from mapservice.web.site.languages import url_language
from mapservice.web.site.recently_used import RecentlyUsed

# How many conditions are kept, in each language.
_MAX_PAGES = 200

_PAGES = "figure_pages"

#: The scripts and the styles of a page with a map of figures.
BUNDLE = "figures"


@dataclass(frozen=True, slots=True)
class FigurePage:
    """The figures of a release on the page of a condition; without figures of countries there is no table and no map.

    It is the same for everybody who reads a language: nothing in it depends on who reads it.
    """

    release: Release
    profile: Profile
    headline: str | None
    table: Markup | None
    legend: list[tuple[int, str]]
    parts: "maps.canvas.MapParts | None"

    @property
    def script_bundle(self) -> str | None:
        """The scripts of a page with a map; without one it needs no more than every page."""
        return BUNDLE if self.parts else None


def init_app(app: Flask) -> None:
    """Keep the figures of current releases in the memory of this app's process."""
    app.extensions[_PAGES] = RecentlyUsed[FigurePage](_MAX_PAGES, size=lambda _page: 1)


def page(condition: Condition, *, release: Release | None = None, is_guest: bool = False) -> FigurePage | None:
    """Return the figures of a release, by default the current one; None before the first.

    ``is_guest`` is for embedding in other sites.
    """
    shown = _page(condition, release, is_guest=is_guest) if release else _current_page(condition, is_guest=is_guest)
    if shown and shown.parts:
        allow_script(shown.parts.script_hash)
    return shown


def _current_page(condition: Condition, *, is_guest: bool) -> FigurePage | None:
    """Return the figures of the current release, made once for each language of texts and of URLs."""
    current = releases.current_version(get_session())
    if current is None:
        return None
    pages: RecentlyUsed[FigurePage] = current_app.extensions[_PAGES]
    key = (condition.id, condition.name, current, str(get_locale()), url_language(), is_guest)
    shown = pages.get(key)
    if shown is None:
        release = published.get_release(get_session(), current.number)
        shown = _page(condition, release, is_guest=is_guest)
        pages.put(key, shown)
    return shown


def _page(condition: Condition, release: Release, *, is_guest: bool) -> FigurePage:
    figures = published.figures(get_session(), release, condition)
    legend = figure_words.legend(maps.choropleth.colour_scale(published.largest_figure(figures)))
    headline, profile = figure_words.headline(figures), published.profile(figures)
    if not figures.places:
        return FigurePage(release, profile, headline, None, legend, None)
    parts = map_parts(condition, figures, is_guest=is_guest)
    return FigurePage(release, profile, headline, _table(condition, figures, is_guest=is_guest), legend, parts)


def _table(condition: Condition, figures: Published, *, is_guest: bool) -> Markup:
    """Return the countries; a script adds the regions of one that is opened, from the figures that the map loads."""
    facts = {
        "condition": condition,
        "release": figures.release,
        "countries": figure_table.countries(figures),
        "scale": maps.choropleth.colour_scale(published.largest_figure(figures)),
        "framed": is_guest,
    }
    return Markup(render_template("figures/public/table.html", **facts))  # noqa: S704 -- our own template


def map_parts(condition: Condition, figures: Published, *, is_guest: bool = False) -> "maps.canvas.MapParts":
    """Return the map of the figures, as parts for the page."""
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    label = _("Map of the published statistics: %(name)s", name=bidi.isolate(condition.name))
    bbox = published.bounding_box(figures)
    canvas = maps.canvas.Canvas(label, name="figures", bounds=bbox, last_zoom=maps.choropleth.MAX_ZOOM, words=words)
    canvas.options["minZoom"] = maps.choropleth.MIN_ZOOM
    maps.elements.ViewButtons({"world": _("Show the whole world")}, is_guest=is_guest).add_to(canvas)
    maps.elements.BaseLayer().add_to(canvas)
    maps.choropleth.FigureLayer(
        url_for("figures.as_json", slug=condition.slug, release=figures.release.number),
        url_for("zone_data.countries", tree=TREE_VERSION),
        url_for("zone_data.regions", tree=TREE_VERSION),
        words=figure_words.layer_words(),
        scale=maps.choropleth.colour_scale(published.largest_figure(figures)),
        language=str(get_locale()).replace("_", "-"),
    ).add_to(canvas)
    return maps.canvas.page_parts(canvas, None, partial(bundles.address, "embed" if is_guest else BUNDLE, BUNDLE))
