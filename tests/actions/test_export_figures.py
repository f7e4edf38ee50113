"""What somebody asks for, and the file made of it."""

import csv
import re
import shutil
import tempfile
from dataclasses import replace
from functools import partial

import pytest

from mapservice.actions import export_figures
from mapservice.errors import TooBusyError, TooMuchError, UnknownConditionError, UnknownReleaseError
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.store.figures import audit_log
from testing.releasing import put_figures

ALL = "acute-lymphoblastic-leukaemia"
SHOWN = {"world": 210, "DE": 85, "DE.3": 25, "XK": 20, "CH.1": 15}


@pytest.fixture
def released(session, condition):
    put_figures(session, condition, 1, {"world": 190})
    put_figures(session, condition, 2, SHOWN)


@pytest.fixture
def extract(session):
    return partial(export_figures.select_figures, session)


@pytest.fixture
def file_of(session, config):
    return partial(export_figures.write_file, session, config)


@pytest.fixture
def text_of(file_of):
    def text(selection, form) -> str:
        path = file_of(selection, form)
        try:
            return path.read_text()
        finally:
            shutil.rmtree(path.parent)

    return text


def test_without_a_number_the_newest_release_is_meant(released, extract):
    assert extract([ALL], Geography.COUNTRY).release.number == 2
    assert extract([ALL], Geography.COUNTRY, release=1).release.number == 1


def test_countries_are_named_in_the_language_that_was_asked_for(released, extract, text_of):
    for language, name in (("en", "Germany"), ("es", "Alemania"), ("ar", "ألمانيا"), ("ja", "ドイツ")):
        selection = extract([ALL], Geography.COUNTRY, language=language)
        rows = csv.DictReader(text_of(selection, Format.CSV).splitlines())
        assert {row["zone"]: row["country_name"] for row in rows}["DE"] == name


def test_the_words_of_a_file_stay_in_the_language_of_the_site(released, extract, text_of):
    selection = extract([ALL], Geography.COUNTRY, language="ar")

    page = text_of(selection, Format.REPORT)
    assert 'lang="en" dir="ltr"' in page
    assert "ألمانيا" in page
    assert '"@language": "en"' in text_of(selection, Format.DICTIONARY)


@pytest.mark.parametrize("form", [Format.CSV, Format.GEOJSON, Format.DICTIONARY, Format.REPORT])
def test_files_of_a_demo_say_that_its_people_are_invented(session, config, released, form, extract, text_of):
    selection = extract([ALL], Geography.COUNTRY)
    assert "nvented" not in text_of(selection, form)

    path = export_figures.write_file(session, replace(config, demo=True), selection, form)

    assert "Demo with invented people" in path.read_text()
    shutil.rmtree(path.parent)


def test_so_many_large_files_are_made_at_once_and_others_come_again(released, monkeypatch, extract, file_of, text_of):
    monkeypatch.setattr(export_figures, "TIMEOUT_S", 0)
    selection = extract([ALL], Geography.COUNTRY)
    with export_figures._file_slot(), export_figures._file_slot(), pytest.raises(TooBusyError):
        file_of(selection, Format.CSV)

    assert text_of(selection, Format.CSV)


def test_a_file_that_cannot_be_noted_leaves_nothing_behind(session, config, released, monkeypatch, tmp_path, extract):
    files = tmp_path / "files"
    files.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(files))
    monkeypatch.setattr(audit_log, "add_entry", lambda *_args, **_values: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        export_figures.write_logged_file(
            session, config, extract([ALL], Geography.COUNTRY), Format.CSV, None, purpose=""
        )

    assert list(files.iterdir()) == []


@pytest.mark.parametrize("form", Format)
def test_every_file_says_how_to_read_it(released, form, extract, file_of):
    path = file_of(extract([ALL], Geography.REGION), form)
    try:
        assert path.name == f"figures-release-2-{ALL}-by-region.{form}"
        assert path.stat().st_size > 500
        if form in (Format.GEOJSON, Format.DICTIONARY, Format.REPORT):
            content = path.read_text()
            for words in (
                "not prevalence",
                "grouped",
                "GeoNames",
                "cannot calculate a rate",
                "can be only noise",
                "CC BY 4.0",
            ):
                assert words in content
    finally:
        shutil.rmtree(path.parent)


def test_there_is_nothing_to_hand_out_before_the_first_release(condition, extract):
    with pytest.raises(UnknownReleaseError):
        extract([ALL], Geography.COUNTRY)


def test_what_is_not_there_cannot_be_asked_for(released, extract):
    with pytest.raises(UnknownConditionError):
        extract(["nothing"], Geography.COUNTRY)
    with pytest.raises(UnknownConditionError):
        extract([], Geography.COUNTRY)
    with pytest.raises(UnknownReleaseError):
        extract([ALL], Geography.COUNTRY, release=3)


def test_never_makes_a_file_without_end(released, extract, file_of):
    with pytest.raises(TooMuchError):
        extract([f"condition-{at}" for at in range(export_figures.MAX_CONDITIONS + 1)], Geography.REGION)
    with pytest.raises(TooMuchError):
        extract(
            [f"condition-{at}" for at in range(export_figures.MAX_LISTED_CONDITIONS + 1)],
            Geography.REGION,
            with_few=True,
        )
    both = extract([ALL, "crohns-disease"], Geography.COUNTRY)
    with pytest.raises(TooMuchError):
        file_of(both, Format.REPORT)


def test_a_report_asks_nobody_for_anything(released, extract, text_of):
    page = text_of(extract([ALL], Geography.COUNTRY), Format.REPORT)

    assert not re.search(r'(?:src|href)\s*=\s*["\'](?!data:|#)', page.split("<body", 1)[0].split("<script", 1)[0])
    assert "<link" not in page
    assert "connect-src data:" in page
    assert "Germany" in page


def test_a_report_of_nothing_says_so(session, condition, extract, text_of):
    put_figures(session, condition, 1, {})

    page = text_of(extract([ALL], Geography.COUNTRY), Format.REPORT)

    assert "No country has enough people to show" in page
