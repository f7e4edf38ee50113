"""Figures as an Excel workbook: a sheet with the rows, and a sheet with the metadata."""

from pathlib import Path

import xlsxwriter

from mapservice.files.sanitize import plain
from mapservice.files.table import COLUMNS, Sheet, values

# All texts are written as strings: nothing that looks like a formula, an address or a number is converted.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}

#: Maximum width of a column in characters.
_WIDEST = 40


def write(sheet: Sheet, path: Path) -> None:
    """Write both sheets; the file holds no formula, no macro and no link."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        terms = sheet.terms
        book.set_properties({"title": plain(terms.title), "comments": plain(terms.note), "author": ""})
        figures, metadata = terms.sheet_names
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        _figures(sheet, book.add_worksheet(figures), bold)
        _reading(sheet, book.add_worksheet(metadata), bold, wrapped)


def _figures(sheet: Sheet, page: xlsxwriter.worksheet.Worksheet, bold: object) -> None:
    for number, name in enumerate(COLUMNS):
        page.set_column(number, number, 12 if COLUMNS[name] != "string" else 24)
        page.write_string(0, number, name, bold)
    page.freeze_panes(1, 0)
    for line, row in enumerate(sheet.rows, start=1):
        for number, value in enumerate(values(sheet.terms, row).values()):
            if isinstance(value, int):
                page.write_number(line, number, value)
            elif value is not None:
                page.write_string(line, number, plain(value))


def _reading(sheet: Sheet, page: xlsxwriter.worksheet.Worksheet, bold: object, wrapped: object) -> None:
    terms = sheet.terms
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 2 * _WIDEST)
    lines = [("", terms.title), ("", terms.note), *(("", sentence) for sentence in terms.method)]
    lines += [("", terms.population_source), ("", terms.licence), ("", terms.citation), ("", "")]
    lines += [(column.name, f"{column.title}: {column.description}") for column in sheet.columns]
    for line, (name, text) in enumerate(lines):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, plain(text), wrapped)
