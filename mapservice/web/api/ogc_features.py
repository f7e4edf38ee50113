"""Database rows as features of a collection, in English: a response is the same for everybody."""

from collections.abc import Sequence
from typing import Any

from mapservice.actions import export_figures
from mapservice.config import Config
from mapservice.files import geojson as files
from mapservice.i18n.figure_metadata import file_terms
from mapservice.i18n.labels import country_name
from mapservice.i18n.translation import gettext
from mapservice.store.figures.file_rows import ReleasedFigure
from mapservice.store.tables import Condition, Release
from mapservice.store.zones.tree import Place
from mapservice.web.api.ogc_collections import Collection
from mapservice.web.site.service import current_site


def place(collection: Collection, row: Place) -> dict[str, Any]:
    """Return a country or region with its shape as a feature."""
    is_region = row.zone != row.country
    return {
        "type": "Feature",
        "id": row.zone,
        "geometry": files.geometry(collection.level, row.zone),
        "properties": {
            "zone": row.zone,
            "level": str(collection.level),
            "country": row.country,
            "country_name": country_name(row.country, row.country_name),
            "iso_3166": " ".join(row.codes),
            "region_name": row.name if is_region else "",
            "people_at_least": row.people,
        },
    }


def figures(release: Release, rows: Sequence[ReleasedFigure], collection: Collection) -> list[dict[str, Any]]:
    """Return figures as features, as in the files; the id has a colon instead of a slash."""
    terms = file_terms(_site(), release, "")
    features = (
        files.feature(terms, row) for row in export_figures.to_rows(rows, collection.level, export_figures.LANGUAGES[0])
    )
    return [{**feature, "id": feature["id"].replace("/", ":")} for feature in features]


def _site() -> Config:
    return current_site().config


def terms(release: Release, condition: Condition | None) -> dict[str, Any]:
    """Return the metadata of the figures on a page, as in the files."""
    subject = condition.name if condition else gettext("a condition of the catalogue")
    return files.collection_terms(file_terms(_site(), release, subject))
