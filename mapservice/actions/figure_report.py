"""A report on one condition, on one page of A4, that can be opened and printed offline."""

import functools
import gzip

import orjson
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.orm import Session

from mapservice import maps
from mapservice.config import HOME
from mapservice.files.table import FigureLevel, Geography, Sheet
from mapservice.geo.shapes import FILES
from mapservice.i18n import figure_words, template_words
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.store.figures import published
from mapservice.store.figures.published import Published
from mapservice.store.tables import Condition

#: Maximum number of places in the table; no more fit on the page beside the map and the metadata.
MAX_PLACES = 24

# The page must never load anything from a network, whatever program opens it.
_NONCE = "report"


def page(session: Session, condition: Condition, sheet: Sheet, by: Geography, *, is_demo: bool) -> str:
    """Return the report as HTML: title, summary, map, table of the largest figures, metadata."""
    release = published.get_release(session, sheet.terms.release)
    figures = published.figures(session, release, condition)
    rows = [row for row in sheet.rows if row.people is not None and row.level is not FigureLevel.WORLD]
    rows.sort(key=lambda row: (-(row.people or 0), row.country_name, row.region_name))
    return (
        _templates()
        .get_template("figures/report/page.html")
        .render(
            condition=condition,
            by=by,
            terms=sheet.terms,
            headline=figure_words.headline(figures),
            rows=rows[:MAX_PLACES],
            others=max(len(rows) - MAX_PLACES, 0),
            parts=_map_parts(condition, figures, by) if rows else None,
            legend=figure_words.legend(maps.choropleth.colour_scale(published.largest_figure(figures))),
            styles=[maps.standalone.style(_read(f"css/{name}.css")) for name in ("theme", "figures", "report")],
            nonce=_NONCE,
            is_demo=is_demo,
        )
    )


@functools.cache
def _templates() -> Environment:
    """Return the template environment, which finds the same templates as the pages."""
    loader = FileSystemLoader(HOME / "templates")
    environment = Environment(loader=loader, autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True)
    template_words.add_filters(environment)
    template_words.add_words(environment)
    return environment


def _map_parts(condition: Condition, figures: Published, by: Geography) -> "maps.canvas.MapParts":
    """Return the map of the countries or of the regions; it needs no network."""
    places = tuple(place for place in figures.places if place.level == by)
    shown = Published(figures.release, figures.world, places)
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    label = _("Map of the published statistics: %(name)s", name=condition.name)
    bbox, data_url = published.bounding_box(shown), maps.standalone.data_url
    canvas = maps.canvas.Canvas(label, name="figures", bounds=bbox, last_zoom=maps.choropleth.MAX_ZOOM, words=words)
    canvas.options |= {"minZoom": maps.choropleth.MIN_ZOOM, "zoomSnap": 0.25, "scrollWheelZoom": False}
    maps.choropleth.FigureLayer(
        data_url(orjson.dumps(published.as_data(condition, shown))),
        data_url(_countries(opened=by is Geography.REGION)),
        data_url(gzip.decompress(FILES["region"].read_bytes()) if by is Geography.REGION else b"{}"),
        words=figure_words.layer_words(),
        scale=maps.choropleth.colour_scale(published.largest_figure(shown)),
        language=str(get_locale()).replace("_", "-"),
    ).add_to(canvas)
    return maps.standalone.standalone_parts(canvas, _NONCE, _read)


def _countries(*, opened: bool) -> bytes:
    """Return the shapes of countries as GeoJSON; ``opened`` countries are drawn by region at every zoom."""
    table = orjson.loads(gzip.decompress(FILES["country"].read_bytes()))
    if opened:
        for shape in table["objects"]["areas"]["geometries"]:
            shape["properties"]["opens"] = 0
    return orjson.dumps(table)


def _read(file: str) -> str:
    return (HOME / "static" / file).read_text(encoding="utf-8")
