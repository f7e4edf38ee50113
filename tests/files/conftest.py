"""A sheet as the service makes it, with a name that means harm."""

import datetime as dt

import pytest

from mapservice.files.table import COLUMNS, FigureLevel, Row, Sheet, Terms
from mapservice.privacy.disclosure import DEFAULT

EVIL = '=HYPERLINK("http://evil.example")\u202e\x07'

ROWS = (
    Row("fever", "Fever", "513", FigureLevel.WORLD, "world", "", "", "", "", 210),
    Row("fever", "Fever", "513", FigureLevel.REGION, "DE.3", "DE", "Germany", "DE-BW", "Baden-Württemberg", 25),
    Row("fever", "Fever", "513", FigureLevel.REGION, "FJ.1", "FJ", "Fiji", "FJ-C FJ-E", EVIL, None),
    Row("fever", "Fever", "513", FigureLevel.REGION, "IS.1", "IS", "Iceland", "IS-1", "-1+1", 15),
)

TERMS = Terms(
    title="People with Fever: release 7 of 2 November 2026",
    release=7,
    released_on=dt.date(2026, 11, 2),
    profile=DEFAULT,
    note="Self-reported members, not prevalence.",
    method=("First sentence.", "Second sentence."),
    population_source="GeoNames",
    licence="CC BY 4.0",
    citation="Mapservice: People with Fever.",
    sheet_names=("Figures", "How to read"),
    language="en",
)


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(TERMS, iter(ROWS), {name: (name.title(), f"What {name} means.") for name in COLUMNS})
