"""A report of one condition on one page of A4, which opens and prints without a network."""

import gzip

import orjson
from flask import current_app, render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from mapservice.config import HOME, Config
from mapservice.db import get_session
from mapservice.files.table import Geography, Level, Sheet
from mapservice.geo.shapes import FILES
from mapservice.maps.canvas import Canvas, MapParts
from mapservice.maps.choropleth import FigureLayer, scale_of
from mapservice.maps.standalone import data_address, standalone_parts, style
from mapservice.store.figures import published
from mapservice.store.figures.published import Published
from mapservice.store.tables import Condition
from mapservice.web.figures import public_figures

#: Places that stand in the table: no more fit on the page beside the map and the terms.
PLACES = 24

# The page never leaves its reader's machine for anything, whatever opens it.
_NONCE = "report"


def page(condition: Condition, sheet: Sheet, by: Geography) -> str:
    """The report as HTML: title, sentence, map, table of the largest figures, terms."""
    found = _published(condition, sheet)
    rows = [row for row in sheet.rows if row.people is not None and row.level is not Level.WORLD]
    rows.sort(key=lambda row: (-(row.people or 0), row.country_name, row.region_name))
    config: Config = current_app.extensions["config"]
    return render_template(
        "figures/report/page.html",
        condition=condition,
        by=by,
        terms=sheet.terms,
        headline=public_figures.headline(found),
        rows=rows[:PLACES],
        others=max(len(rows) - PLACES, 0),
        parts=_drawn(condition, found, by) if rows else None,
        legend=public_figures.legend(found),
        styles=[style(_read(f"css/{name}.css")) for name in ("theme", "figures", "report")],
        nonce=_NONCE,
        is_demo=config.demo,
    )


def _published(condition: Condition, sheet: Sheet) -> Published:
    session = get_session()
    return published.figures(session, published.get(session, sheet.terms.release), condition)


def _drawn(condition: Condition, found: Published, by: Geography) -> MapParts:
    """The map of the countries or of the regions alone; it asks nobody for anything."""
    places = tuple(each for each in found.places if each.level == by)
    shown = Published(found.release, found.world, places)
    words = {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out")}
    label = _("Map of the published figures: %(name)s", name=condition.name)
    canvas = Canvas(label, name="figures", bounds=public_figures.around(shown), last_zoom=8, words=words)
    canvas.options |= {"minZoom": public_figures.NO_ZOOM, "zoomSnap": 0.25, "scrollWheelZoom": False}
    FigureLayer(
        data_address(orjson.dumps(public_figures.as_json(condition, shown))),
        data_address(_countries(opened=by is Geography.REGION)),
        data_address(gzip.decompress(FILES["region"].read_bytes()) if by is Geography.REGION else b"{}"),
        words=public_figures.layer_words(),
        scale=scale_of(public_figures.largest(shown)),
        language=str(get_locale()).replace("_", "-"),
    ).add_to(canvas)
    return standalone_parts(canvas, _NONCE, _read)


def _countries(*, opened: bool) -> bytes:
    """The shapes of countries; ``opened`` are drawn by region at every zoom."""
    table = orjson.loads(gzip.decompress(FILES["country"].read_bytes()))
    if opened:
        for shape in table["objects"]["areas"]["geometries"]:
            shape["properties"]["opens"] = 0
    return orjson.dumps(table)


def _read(file: str) -> str:
    return (HOME / "static" / file).read_text(encoding="utf-8")
