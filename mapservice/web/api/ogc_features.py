"""Database rows as features of a collection, in English: a response is the same for everybody."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from mapservice.actions import export_figures
from mapservice.config import Config
from mapservice.current import current_config
from mapservice.files import geojson as files
from mapservice.i18n.figure_metadata import terms_of
from mapservice.i18n.labels import country_name
from mapservice.store.figures.file_rows import Found
from mapservice.store.tables import Condition, Release
from mapservice.store.zones.tree import Place
from mapservice.web.api.ogc_collections import Collection


def place(collection: Collection, found: Place) -> dict[str, Any]:
    """Return a country or region with its shape as a feature."""
    is_region = found.zone != found.country
    return {
        "type": "Feature",
        "id": found.zone,
        "geometry": files.geometry(collection.level, found.zone),
        "properties": {
            "zone": found.zone,
            "level": str(collection.level),
            "country": found.country,
            "country_name": country_name(found.country, found.country_name),
            "iso_3166": " ".join(found.codes),
            "region_name": found.name if is_region else "",
            "people_at_least": found.people,
        },
    }


def figures(release: Release, rows: Sequence[Found], collection: Collection) -> list[dict[str, Any]]:
    """Return figures as features, as in the files; the id has a colon instead of a slash."""
    terms = terms_of(_site(), release, "")
    found = (
        files.feature(terms, row) for row in export_figures.rows_of(rows, collection.level, export_figures.LANGUAGES[0])
    )
    return [{**each, "id": each["id"].replace("/", ":")} for each in found]


def _site() -> Config:
    return current_config()


def terms(release: Release, condition: Condition | None) -> dict[str, Any]:
    """Return the metadata of the figures on a page, as in the files."""
    subject = condition.name if condition else gettext("a condition of the catalogue")
    return files.collection_terms(terms_of(_site(), release, subject))
