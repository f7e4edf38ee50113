"""Writes a file in any of the formats, row by row, so that memory use does not grow with its size."""

from enum import StrEnum
from pathlib import Path

from mapservice.files import csv_file, geojson
from mapservice.files.table import Sheet


class Format(StrEnum):
    """A file format, by its extension."""

    CSV = "csv"
    DICTIONARY = "csv-metadata.json"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    XLSX = "xlsx"
    REPORT = "html"


#: The media type of each format.
TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.DICTIONARY: "application/csvm+json",
    Format.GEOJSON: "application/geo+json",
    Format.GEOPACKAGE: "application/geopackage+sqlite3",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.REPORT: "text/html; charset=utf-8",
}


def write(sheet: Sheet, form: Format, path: Path, *, name: str) -> None:
    """Write a table to a path; ``name`` is the final file name, without its extension.

    :raise ValueError: for a report, which is a page and not a table.
    """
    match form:
        case Format.GEOPACKAGE:
            from mapservice.files import geopackage  # loads GDAL

            geopackage.write(sheet, path)
        case Format.XLSX:
            from mapservice.files import xlsx  # loads XlsxWriter

            xlsx.write(sheet, path)
        case Format.CSV | Format.GEOJSON | Format.DICTIONARY:
            with path.open("wb") as file:
                if form is Format.CSV:
                    csv_file.write(sheet, file)
                elif form is Format.GEOJSON:
                    geojson.write(sheet, file)
                else:
                    csv_file.write_dictionary(sheet, file, table=f"{name}.{Format.CSV}")
        case _:
            raise ValueError(f"A {form} is no table.")
