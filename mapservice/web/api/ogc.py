"""Published figures and their shapes for a GIS. Source: OGC API Features, Part 1: Core 1.0.1 (OGC 17-069r4).

All texts are in English: caches keep one response for everybody, its URL has no language, and the standard's way to
choose one, the header Accept-Language, would divide them.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from mapservice.db import get_session
from mapservice.geo.bbox import Bbox
from mapservice.geo.shapes import intersecting
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.translation import use_locale
from mapservice.store.catalogue import conditions
from mapservice.store.figures import file_rows, published, releases
from mapservice.store.tables import Condition, Release
from mapservice.store.zones import tree
from mapservice.web.accounts.access import public
from mapservice.web.api import ogc_features, openapi
from mapservice.web.api.annotations import ApiResponse, documented
from mapservice.web.api.ogc_collections import (
    BY_NAME,
    COLLECTIONS,
    Collection,
    collection_json,
    item_endpoint,
    items_endpoint,
    link,
)
from mapservice.web.api.ogc_parameters import BBOX, CONDITION, DATETIME, LIMIT, OFFSET, RELEASE, Period
from mapservice.web.api.parameters import Parameter
from mapservice.web.api.schemas import TEXT
from mapservice.web.site.responses import FOREVER_S, GEOJSON, JSON, SHORT, json_response
from mapservice.web.site.service import current_site

bp = Blueprint("ogc", __name__, url_prefix="/ogc")

CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{conformance_class}"
    for conformance_class in ("core", "geojson", "oas30")
]

FEATURE = Parameter("feature", _l("ID of a feature. It never changes."), TEXT)

View = Callable[..., Response]


def _route(path: str, *, of_figures: bool | None = None) -> Callable[[View], View]:
    """Register a view for each collection: collections without figures lack the parameters about figures."""

    def add(view: View) -> View:
        for collection in COLLECTIONS:
            if of_figures in {None, collection.has_figures}:
                address = f"/collections/{collection.name}{path}"
                bp.add_url_rule(address, view.__name__, view, methods=["GET"], defaults={"collection": collection.name})
        return view

    return add


@bp.get("", strict_slashes=False)
@public
@documented({200: ApiResponse(_l("The landing page."), {JSON: "LandingPage"})})
def show_landing() -> Response:
    """Show links to the collections and to the API description."""
    with use_locale("en"):
        site = current_site().site_name
        links = [
            link("self", "ogc.show_landing"),
            link("service-desc", "openapi.show", openapi.KIND, _l("Description of the API")),
            link("service-doc", "guide.show", "text/html", _l("How to use the API")),
            link("conformance", "ogc.show_conformance"),
            link("data", "ogc.list_collections"),
        ]
        words = _l("Released statistics only: self-reported members, rounded and blurred, not prevalence.")
        return json_response({"title": site, "description": str(words), "links": links})


@bp.get("/conformance")
@public
@documented({200: ApiResponse(_l("Conformance classes of the standard."), {JSON: "Conformance"})})
def show_conformance() -> Response:
    """Show the implemented parts of the standard."""
    return json_response({"conformsTo": CONFORMS})


@bp.get("/collections")
@public
@documented({200: ApiResponse(_l("The collections."), {JSON: "Collections"})})
def list_collections() -> Response:
    """List the collections."""
    with use_locale("en"):
        return json_response(
            {
                "collections": [collection_json(collection) for collection in COLLECTIONS],
                "links": [link("self", "ogc.list_collections")],
            }
        )


@_route("")
@public
@documented({200: ApiResponse(_l("A collection."), {JSON: "Collection"})})
def show_collection(collection: str) -> Response:
    """Show one collection."""
    with use_locale("en"):
        return json_response(collection_json(BY_NAME[collection]))


@_route("/items", of_figures=False)
@public
@documented({200: ApiResponse(_l("A page of features."), {GEOJSON: "Places"})}, query=(LIMIT, OFFSET, BBOX, DATETIME))
def list_places(collection: str, limit: int, offset: int, bbox: Bbox | None, datetime: Period | None) -> Response:
    """List the shapes of countries or regions; they have no time, so that any time matches."""
    which = BY_NAME[collection]
    places, matched = tree.places(get_session(), which.level, within=_within(which, bbox), offset=offset, limit=limit)
    with use_locale("en"):
        return _page(which, [ogc_features.place(which, place) for place in places], matched, limit, offset)


@_route("/items/<feature>", of_figures=False)
@public
@documented({200: ApiResponse(_l("A feature."), {GEOJSON: "Place"})}, path=(FEATURE,), errors=(404,))
def show_place(collection: str, feature: str) -> Response:
    """Show one country or region."""
    which = BY_NAME[collection]
    places, _matched = tree.places(get_session(), which.level, within=[feature])
    if not places:
        raise NotFound
    with use_locale("en"):
        return _feature(which, ogc_features.place(which, places[0]))


@_route("/items", of_figures=True)
@public
@documented(
    {200: ApiResponse(_l("A page of features."), {GEOJSON: "FigureItems"})},
    query=(LIMIT, OFFSET, BBOX, DATETIME, CONDITION, RELEASE),
    errors=(404,),
)
def list_figures(
    collection: str, limit: int, offset: int, bbox: Bbox | None, datetime: Period | None,
    condition: str | None, release: int | None,
) -> Response:  # fmt: skip
    """List the published figures of a release by condition and place, without the world."""
    which, session, shown = BY_NAME[collection], get_session(), _release(release)
    about = conditions.get(session, condition) if condition is not None else None
    within = _within(which, bbox)
    if datetime is not None and not datetime.first <= shown.made_on <= datetime.last:
        within = []
    page = file_rows.page(session, shown, which.level, condition=about, within=within, offset=offset, limit=limit)
    with use_locale("en"):
        features = ogc_features.figures(shown, page.rows, which)
        terms = ogc_features.terms(shown, about)
        return _page(which, features, page.matched, limit, offset, terms, for_ever=release is not None)


@_route("/items/<feature>", of_figures=True)
@public
@documented(
    {200: ApiResponse(_l("A feature."), {GEOJSON: "FigureItem"})}, path=(FEATURE,), query=(RELEASE,), errors=(404,)
)
def show_figure(collection: str, feature: str, release: int | None) -> Response:
    """Show the published figure of one condition in one place."""
    which, session, shown = BY_NAME[collection], get_session(), _release(release)
    slug, _colon, place = feature.rpartition(":")
    about: Condition = conditions.get(session, slug)
    page = file_rows.page(session, shown, which.level, condition=about, within=[place])
    if not page.rows:
        raise NotFound
    with use_locale("en"):
        [told_feature] = ogc_features.figures(shown, page.rows, which)
        return _feature(which, told_feature, for_ever=release is not None)


def _release(number: int | None) -> Release:
    """Return the release with a number, or the newest."""
    if number is not None:
        return published.get_release(get_session(), number)
    return releases.newest(get_session())


def _within(collection: Collection, bbox: Bbox | None) -> list[str] | None:
    return None if bbox is None else intersecting(collection.level, bbox)


def _page(
    collection: Collection, features: list[Any], matched: int, limit: int, offset: int,
    terms: dict[str, Any] | None = None, *, for_ever: bool = False,
) -> Response:  # fmt: skip
    """Return a page of features with links to the previous and the next page."""

    def elsewhere(rel: str, start: int) -> dict[str, str]:
        values = {**request.args.to_dict(), "limit": limit, "offset": start, "collection": collection.name}
        return link(rel, items_endpoint(collection), GEOJSON, **values)

    links = [elsewhere("self", offset), link("collection", "ogc.show_collection", collection=collection.name)]
    links += [elsewhere("next", offset + limit)] if offset + len(features) < matched and features else []
    links += [elsewhere("prev", max(offset - limit, 0))] if offset else []
    told_page = {"type": "FeatureCollection", "numberMatched": matched, "numberReturned": len(features), "links": links}
    seconds = FOREVER_S if for_ever else SHORT
    return json_response(
        {**told_page, **(terms or {}), "features": features}, kind=GEOJSON, seconds=seconds, stamp=True
    )


def _feature(collection: Collection, feature: dict[str, Any], *, for_ever: bool = False) -> Response:
    values = {**request.args.to_dict(), "collection": collection.name}
    links = [
        link("self", item_endpoint(collection), GEOJSON, feature=feature["id"], **values),
        link("collection", "ogc.show_collection", collection=collection.name),
    ]
    return json_response({**feature, "links": links}, kind=GEOJSON, seconds=FOREVER_S if for_ever else SHORT)
