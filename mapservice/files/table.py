"""The content of a file in any format: rows, columns and metadata."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from mapservice.privacy.disclosure import Profile


class Geography(StrEnum):
    """The geographical division of a file."""

    COUNTRY = "country"
    REGION = "region"


class FigureLevel(StrEnum):
    """The kind of place that the figure of a row is for."""

    WORLD = "world"
    COUNTRY = "country"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Row:
    """The figure of one condition in one place, or None for "too few to show", which may also mean nobody.

    ``country`` is ISO 3166-1 alpha-2, or the code of a group of small states; ``iso_3166`` holds the codes of all
    countries or units that the place is made of, with a space between. ``zone`` is its id in the zone tree.
    """

    condition: str
    condition_name: str
    orpha: str
    level: FigureLevel
    zone: str
    country: str
    country_name: str
    iso_3166: str
    region_name: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The metadata of the figures in a file; texts are in the language of the file.

    ``note`` is one line, ``method`` describes how the figures are made, one sentence per item. ``sheet_names`` name
    the sheets of a workbook: the one with the figures, and the one with the metadata.
    """

    title: str
    release: int
    released_on: dt.date
    profile: Profile
    note: str
    method: Sequence[str]
    population_source: str
    licence: str
    citation: str
    sheet_names: tuple[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and title and description in the reader's language; ``datatype`` as in CSVW."""

    name: str
    datatype: str
    title: str
    description: str


#: Names and types of the columns, in order: those of a row, then those that repeat metadata.
COLUMNS = {
    "release": "integer",
    "released_on": "date",
    **{row_field.name: "integer" if row_field.name == "people" else "string" for row_field in fields(Row)},
    "threshold": "integer",
    "rounded_to": "integer",
    "plus_minus": "integer",
    "note": "string",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of a file. ``rows`` can be iterated once; ``words`` are title and description of each column."""

    terms: Terms
    rows: Iterable[Row]
    words: Mapping[str, tuple[str, str]]

    @property
    def columns(self) -> list[Column]:
        """Return the columns with their titles and descriptions."""
        return [Column(name, datatype, *self.words[name]) for name, datatype in COLUMNS.items()]


def values(terms: Terms, row: Row) -> dict[str, str | int | None]:
    """Return a row by the names of ``COLUMNS``, in their order."""
    return {
        "release": terms.release,
        "released_on": terms.released_on.isoformat(),
        **{row_field.name: getattr(row, row_field.name) for row_field in fields(Row)},
        "threshold": terms.profile.threshold,
        "rounded_to": terms.profile.base,
        "plus_minus": terms.profile.interval,
        "note": terms.note,
    }
