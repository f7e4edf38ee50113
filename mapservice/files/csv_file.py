"""Figures as CSV (RFC 4180), with metadata as CSV on the Web."""

import csv
import io
from typing import IO, Any

import orjson

from mapservice.files.sanitize import cell, plain
from mapservice.files.table import COLUMNS, Sheet, values


def write(sheet: Sheet, file: IO[bytes]) -> None:
    """Write the rows under a header, in UTF-8 without a byte order mark, with line ends as in RFC 4180."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for row in sheet.rows:
        rows.writerow(_cell(value) for value in values(sheet.terms, row).values())
    text.flush()
    text.detach()


def write_dictionary(sheet: Sheet, file: IO[bytes], *, table: str) -> None:
    """Write the descriptions of the columns and the metadata as JSON; ``table`` is the name of the CSV file.

    Source: Metadata Vocabulary for Tabular Data, W3C Recommendation 2015-12-17.
    """
    file.write(orjson.dumps(dictionary(sheet, table), option=orjson.OPT_INDENT_2) + b"\n")


def dictionary(sheet: Sheet, table: str) -> dict[str, Any]:
    """Return the description; a place that is missing, or has no figure, has nobody or too few to show."""
    terms = sheet.terms
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": terms.language}],
        "url": table,
        "dc:title": terms.title,
        "dc:description": " ".join([terms.note, *terms.method]),
        "dc:issued": {"@value": terms.released_on.isoformat(), "@type": "xsd:date"},
        "dc:license": terms.licence,
        "dc:bibliographicCitation": terms.citation,
        "dc:source": terms.population_source,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": column.name,
                    "datatype": column.datatype,
                    "dc:title": column.title,
                    "dc:description": column.description,
                    "required": column.name in _ALWAYS,
                }
                for column in sheet.columns
            ],
            "primaryKey": ["release", "condition", "zone"],
        },
    }


#: Columns that are never empty.
_ALWAYS = frozenset(("release", "released_on", "condition", "condition_name", "level", "zone", "note"))


def _cell(value: str | int | None) -> str | int:
    if value is None:
        return ""
    return cell(plain(value)) if isinstance(value, str) else value
