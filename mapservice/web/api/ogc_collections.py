"""The collections of the OGC API: shapes of countries and regions, and released figures."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from mapservice.db import get_session
from mapservice.files.table import FigureLevel
from mapservice.geo.zones import FLOOR, Level
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.figures import releases
from mapservice.web.site.redirects import base_url
from mapservice.web.site.responses import GEOJSON, JSON

#: Longitude before latitude. Source: RFC 7946, section 4.
CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: the shapes of a level, with or without figures."""

    name: str
    level: FigureLevel
    has_figures: bool
    title: Any
    words: Any


COLLECTIONS = (
    Collection("countries", FigureLevel.COUNTRY, False, _l("Countries"),
               _l("Simplified shapes of countries and groups of small states, with the minimum number of people who"
                  " live there.")),
    Collection("regions", FigureLevel.REGION, False, _l("Regions"),
               _l("Simplified shapes of regions: one or more ISO 3166-2 units with at least %(people)s people.",
                  people=f"{FLOOR[Level.REGION]:,}")),
    Collection("figures-by-country", FigureLevel.COUNTRY, True, _l("Statistics by country"),
               _l("Published statistics of members by condition and country. Self-reported, rounded and blurred, "
                  "not prevalence. A place that is missing has nobody or too few people to show.")),
    Collection("figures-by-region", FigureLevel.REGION, True, _l("Statistics by region"),
               _l("Published statistics of members by condition and region. Self-reported, rounded and blurred, not"
                  " prevalence. A place that is missing has nobody or too few people to show.")),
)  # fmt: skip
BY_NAME = {collection.name: collection for collection in COLLECTIONS}


def link(rel: str, endpoint: str, kind: str = JSON, title: Any = None, **values: Any) -> dict[str, str]:
    """Return a link object for one of our own URLs."""
    attributes = {"href": base_url() + url_for(endpoint, **values), "rel": rel, "type": kind}
    return attributes | ({"title": str(title)} if title else {})


def collection_json(collection: Collection) -> dict[str, Any]:
    """Return a collection as it is listed."""
    name = collection.name
    return {
        "id": name,
        "title": str(collection.title),
        "description": str(collection.words),
        "itemType": "feature",
        "crs": [CRS],
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS}} | _temporal(collection),
        "links": [
            link("self", "ogc.show_collection", collection=name),
            link("items", items_endpoint(collection), GEOJSON, collection.title, collection=name),
        ],
    }


def items_endpoint(collection: Collection) -> str:
    """Return the endpoint of the features of a collection."""
    return "ogc.list_figures" if collection.has_figures else "ogc.list_places"


def item_endpoint(collection: Collection) -> str:
    """Return the endpoint of one feature of a collection."""
    return "ogc.show_figure" if collection.has_figures else "ogc.show_place"


def _temporal(collection: Collection) -> dict[str, Any]:
    """Return the temporal extent: the day of the newest release; shapes have no time."""
    release = releases.current(get_session()) if collection.has_figures else None
    if release is None:
        return {}
    moment = f"{release.made_on.isoformat()}T00:00:00Z"
    return {"temporal": {"interval": [[moment, moment]]}}
