"""Rows of the store as features of a collection, in English: a copy is the same for everybody."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from mapservice.files import features as files
from mapservice.store.figures import Found
from mapservice.store.tables import Condition, Release
from mapservice.store.zones import Place
from mapservice.web import extracts
from mapservice.web.interface.ogc_collections import Collection
from mapservice.web.terms import terms_of
from mapservice.web.words import country_name


def place(collection: Collection, found: Place) -> dict[str, Any]:
    """A country or region with its shape."""
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
    """Figures as the files have them; the id has a colon where a slash would be another address."""
    terms = terms_of(release, "")
    found = (files.feature(terms, row) for row in extracts.rows_of(rows, collection.level, extracts.LANGUAGES[0]))
    return [{**each, "id": each["id"].replace("/", ":")} for each in found]


def terms(release: Release, condition: Condition | None) -> dict[str, Any]:
    """On which terms the figures of a page may be read, as they stand in the files."""
    subject = condition.name if condition else gettext("a condition of the catalogue")
    return files.collection_terms(terms_of(release, subject))
