"""The same figures in every format, on the same terms, and nothing that a program would run."""

import csv
import io
import json
import zipfile

import openpyxl
import pyogrio
import pyogrio.raw
import pytest
import shapely.geometry

from mapservice.files.formats import TYPES, Format, write
from mapservice.files.table import COLUMNS, Sheet, values
from tests.files.conftest import ROWS, TERMS

FIGURES = {("fever", "world"): 210, ("fever", "DE.3"): 25, ("fever", "FJ.1"): None, ("fever", "IS.1"): 15}


def written(sheet: Sheet, form: Format, folder):
    path = folder / f"figures.{form}"
    write(sheet, form, path, name="figures")
    return path


def read_csv(path):
    return [(row["condition"], row["zone"], row["people"]) for row in csv.DictReader(io.StringIO(path.read_text()))]


def read_geojson(path):
    features = json.loads(path.read_text())["features"]
    return [[feature["properties"][name] for name in ("condition", "zone", "people")] for feature in features]


def read_geopackage(path):
    meta, _ids, _shapes, columns = pyogrio.raw.read(path, layer="figures")
    table = dict(zip(meta["fields"], columns, strict=True))
    return zip(
        table["condition"], table["zone"], (None if n != n else n for n in table["people"].tolist()), strict=True
    )


def read_xlsx(path):
    header, *rows = openpyxl.load_workbook(path)["Figures"].iter_rows(values_only=True)
    at = [header.index(name) for name in ("condition", "zone", "people")]
    return [[row[column] for column in at] for row in rows]


READERS = {
    Format.CSV: read_csv,
    Format.GEOJSON: read_geojson,
    Format.GEOPACKAGE: read_geopackage,
    Format.XLSX: read_xlsx,
}


@pytest.mark.parametrize(("form", "reader"), READERS.items())
def test_every_format_has_the_same_figures(sheet, form, reader, tmp_path):
    figures = {(condition, zone): people for condition, zone, people in reader(written(sheet, form, tmp_path))}

    assert {key: None if people in ("", None) else int(people) for key, people in figures.items()} == FIGURES


@pytest.mark.parametrize("form", [Format.CSV, Format.GEOJSON, Format.DICTIONARY])
def test_the_same_figures_are_the_same_bytes(form, tmp_path):
    words = {name: (name, name) for name in COLUMNS}
    first, second = (written(Sheet(TERMS, iter(ROWS), words), form, tmp_path).read_bytes() for _ in range(2))

    assert first == second


def test_a_table_is_rfc_4180_with_a_header(sheet, tmp_path):
    content = written(sheet, Format.CSV, tmp_path).read_bytes()

    assert content.startswith((",".join(COLUMNS) + "\r\n").encode())
    assert content.count(b"\r\n") == content.count(b"\n") == len(ROWS) + 1


def test_never_lets_a_spreadsheet_run_a_formula(sheet, tmp_path):
    cells = [cell for row in csv.reader(io.StringIO(written(sheet, Format.CSV, tmp_path).read_text())) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'-1+1" in cells


def test_never_puts_a_formula_or_a_link_into_a_workbook(sheet, tmp_path):
    path = written(sheet, Format.XLSX, tmp_path)

    cells = [cell for page in openpyxl.load_workbook(path) for row in page for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not [
        name for name in zipfile.ZipFile(path).namelist() if "external" in name.lower() or "vba" in name.lower()
    ]


@pytest.mark.parametrize("form", [Format.CSV, Format.GEOJSON, Format.XLSX, Format.GEOPACKAGE])
def test_never_carries_a_control_character(sheet, form, tmp_path):
    path = written(sheet, form, tmp_path)
    content = (
        b"".join(zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist())
        if (form is Format.XLSX)
        else path.read_bytes()
    )

    assert "\u202e".encode() not in content
    assert b'")\x07' not in content
    assert b"\\u202e" not in content


def test_the_dictionary_names_every_column_and_the_terms(sheet, tmp_path):
    dictionary = json.loads(written(sheet, Format.DICTIONARY, tmp_path).read_text())

    assert dictionary["url"] == "figures.csv"
    assert [column["name"] for column in dictionary["tableSchema"]["columns"]] == list(COLUMNS)
    assert "Second sentence." in dictionary["dc:description"]
    assert dictionary["dc:license"] == "CC BY 4.0"
    assert dictionary["dc:issued"]["@value"] == "2026-11-02"


def test_features_are_geojson_as_rfc_7946_wants_it(sheet, tmp_path):
    collection = json.loads(written(sheet, Format.GEOJSON, tmp_path).read_text())

    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert (collection["release"], collection["threshold"], collection["licence"]) == (
        7,
        TERMS.profile.threshold,
        "CC BY 4.0",
    )
    world, *places = collection["features"]
    assert world["geometry"] is None
    for feature in places:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in shape.geoms)
        west, south, east, north = shape.bounds
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90


def test_a_geopackage_says_what_it_is(sheet, tmp_path):
    path = written(sheet, Format.GEOPACKAGE, tmp_path)
    info = pyogrio.read_info(path, layer="figures")

    assert info["crs"] == "EPSG:4326"
    assert info["geometry_type"] == "MultiPolygon"
    assert info["layer_metadata"]["LICENCE"] == "CC BY 4.0"
    assert info["layer_metadata"]["RELEASE"] == "7"
    assert "Second sentence." in info["layer_metadata"]["DESCRIPTION"]


def test_an_empty_sheet_is_a_file_all_the_same(tmp_path):
    for form in READERS:
        words = {name: (name, name) for name in COLUMNS}
        assert list(READERS[form](written(Sheet(TERMS, iter(()), words), form, tmp_path))) == []


def test_every_row_tells_the_terms():
    for row in ROWS:
        by_column = values(TERMS, row)
        assert list(by_column) == list(COLUMNS)
        assert (by_column["release"], by_column["rounded_to"], by_column["plus_minus"]) == (
            7,
            5,
            TERMS.profile.interval,
        )
        assert "not prevalence" in by_column["note"]


def test_a_report_is_no_table(sheet, tmp_path):
    with pytest.raises(ValueError, match="no table"):
        written(sheet, Format.REPORT, tmp_path)


def test_every_format_has_a_media_type():
    assert set(TYPES) == set(Format)
