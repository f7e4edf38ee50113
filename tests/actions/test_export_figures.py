"""What somebody asks for, and the file made of it."""

import csv
import re
import shutil
import tempfile
from dataclasses import replace

import pytest

from mapservice import create_app
from mapservice.actions import export_figures
from mapservice.errors import TooBusyError, TooMuchError, UnknownConditionError, UnknownReleaseError
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.store.figures import audit_log
from tests.accounts import CHEAP
from tests.releasing import put_figures

ALL = "acute-lymphoblastic-leukaemia"
SHOWN = {"world": 210, "DE": 85, "DE.3": 25, "XK": 20, "CH.1": 15}


@pytest.fixture
def app(config, connection, session):
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)
    with app.app_context():
        yield app


@pytest.fixture
def released(session, condition):
    put_figures(session, condition, 1, {"world": 190})
    put_figures(session, condition, 2, SHOWN)


def text_of(wanted, form) -> str:
    path = export_figures.file_of(wanted, form)
    try:
        return path.read_text()
    finally:
        shutil.rmtree(path.parent)


def test_without_a_number_the_newest_release_is_meant(app, released):
    assert export_figures.extract([ALL], Geography.COUNTRY).release.number == 2
    assert export_figures.extract([ALL], Geography.COUNTRY, release=1).release.number == 1


def test_countries_are_named_in_the_language_that_was_asked_for(app, released):
    for language, name in (("en", "Germany"), ("es", "Alemania"), ("ar", "ألمانيا"), ("ja", "ドイツ")):
        wanted = export_figures.extract([ALL], Geography.COUNTRY, language=language)
        rows = csv.DictReader(text_of(wanted, Format.CSV).splitlines())
        assert {row["zone"]: row["country_name"] for row in rows}["DE"] == name


def test_the_words_of_a_file_stay_in_the_language_of_the_site(app, released):
    wanted = export_figures.extract([ALL], Geography.COUNTRY, language="ar")

    page = text_of(wanted, Format.REPORT)
    assert 'lang="en" dir="ltr"' in page
    assert "ألمانيا" in page
    assert '"@language": "en"' in text_of(wanted, Format.DICTIONARY)


@pytest.mark.parametrize("form", [Format.CSV, Format.GEOJSON, Format.DICTIONARY, Format.REPORT])
def test_files_of_a_demo_say_that_its_people_are_invented(app, released, form):
    wanted = export_figures.extract([ALL], Geography.COUNTRY)
    assert "nvented" not in text_of(wanted, form)

    app.extensions["config"] = replace(app.extensions["config"], demo=True)

    assert "Invented people of a demo" in text_of(wanted, form)


def test_so_many_large_files_are_made_at_once_and_others_come_again(app, released, monkeypatch):
    monkeypatch.setattr(export_figures, "PATIENCE_S", 0)
    wanted = export_figures.extract([ALL], Geography.COUNTRY)
    with export_figures._room(), export_figures._room(), pytest.raises(TooBusyError):
        export_figures.file_of(wanted, Format.CSV)

    assert text_of(wanted, Format.CSV)


def test_a_file_that_cannot_be_noted_leaves_nothing_behind(app, released, monkeypatch, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(files))
    monkeypatch.setattr(audit_log, "note", lambda *_args, **_values: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        export_figures.noted_file(export_figures.extract([ALL], Geography.COUNTRY), Format.CSV, None, purpose="")

    assert list(files.iterdir()) == []


@pytest.mark.parametrize("form", Format)
def test_every_file_says_how_to_read_it(app, released, form):
    path = export_figures.file_of(export_figures.extract([ALL], Geography.REGION), form)
    try:
        assert path.name == f"figures-release-2-{ALL}-by-region.{form}"
        assert path.stat().st_size > 500
        if form in (Format.GEOJSON, Format.DICTIONARY, Format.REPORT):
            told = path.read_text()
            for words in ("not prevalence", "coarsened", "GeoNames", "no rate", "can be noise alone", "CC BY 4.0"):
                assert words in told
    finally:
        shutil.rmtree(path.parent)


def test_there_is_nothing_to_hand_out_before_the_first_release(app, condition):
    with pytest.raises(UnknownReleaseError):
        export_figures.extract([ALL], Geography.COUNTRY)


def test_what_is_not_there_cannot_be_asked_for(app, released):
    with pytest.raises(UnknownConditionError):
        export_figures.extract(["nothing"], Geography.COUNTRY)
    with pytest.raises(UnknownConditionError):
        export_figures.extract([], Geography.COUNTRY)
    with pytest.raises(UnknownReleaseError):
        export_figures.extract([ALL], Geography.COUNTRY, release=3)


def test_never_makes_a_file_without_end(app, released):
    with pytest.raises(TooMuchError):
        export_figures.extract(
            [f"condition-{at}" for at in range(export_figures.MOST_CONDITIONS + 1)], Geography.REGION
        )
    with pytest.raises(TooMuchError):
        export_figures.extract(
            [f"condition-{at}" for at in range(export_figures.MOST_LISTED + 1)], Geography.REGION, with_few=True
        )
    both = export_figures.extract([ALL, "crohns-disease"], Geography.COUNTRY)
    with pytest.raises(TooMuchError):
        export_figures.file_of(both, Format.REPORT)


def test_a_report_asks_nobody_for_anything(app, released):
    page = text_of(export_figures.extract([ALL], Geography.COUNTRY), Format.REPORT)

    assert not re.search(r'(?:src|href)\s*=\s*["\'](?!data:|#)', page.split("<body", 1)[0].split("<script", 1)[0])
    assert "<link" not in page
    assert "connect-src data:" in page
    assert "Germany" in page


def test_a_report_of_nothing_says_so(app, session, condition):
    put_figures(session, condition, 1, {})

    page = text_of(export_figures.extract([ALL], Geography.COUNTRY), Format.REPORT)

    assert "No country has enough people to be shown" in page
