"""The command that hands out figures, as somebody types it."""

import csv
import json

import pytest
from flask import Flask
from sqlalchemy import select

from mapservice import db
from mapservice.cli import main
from mapservice.files.formats import Format
from mapservice.hosting import embedded
from mapservice.store.catalogue import conditions
from mapservice.store.tables import AuditLogEntry
from testing import database
from testing.releasing import put_figures

ALL = "acute-lymphoblastic-leukaemia"


@pytest.fixture(scope="module")
def address(server):
    with database.clone(server, database.ground_template(server)) as name:
        engine = db.new_engine(embedded.url(server, embedded.SUPERUSER, name))
        with db.open_session(engine) as session:
            put_figures(session, conditions.get(session, ALL), 1, {"world": 210, "DE": 85, "DE.3": 25})
        engine.dispose()
        yield embedded.url(server, embedded.RUNTIME, name)


@pytest.fixture
def export(runner, address, tmp_path):
    settings = {"DATABASE_URL": address, "MAPSERVICE_STATE": str(tmp_path)}
    return lambda *words: runner.invoke(main, ["export", *words], env=settings)


def test_figures_come_out_of_the_command_as_a_table(export):
    answer = export(ALL)

    assert answer.exit_code == 0
    rows = list(csv.DictReader(answer.stdout.splitlines()))
    assert [(row["zone"], row["people"]) for row in rows] == [("world", "210"), ("DE", "85")]
    assert "Release 1 of" in answer.stderr


def test_a_file_goes_where_it_is_sent(export, tmp_path):
    answer = export(ALL, "--by", "region", "--format", "geojson", "--output", str(tmp_path / "out.geojson"))

    assert answer.exit_code == 0
    assert answer.stdout == ""
    collection = json.loads((tmp_path / "out.geojson").read_text())
    assert [feature["properties"]["zone"] for feature in collection["features"]] == ["world", "DE.3"]


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["nothing"], "There is no such condition"),
        ([ALL, "--release", "9"], "There is no such release"),
        ([ALL, "crohns-disease", "--format", "html"], "one in a report"),
        ([ALL, "--output", "/nowhere/at/all.csv"], "No such file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_1(export, words, advice):
    answer = export(*words)

    assert answer.exit_code == 1
    assert advice in answer.stderr
    assert "Traceback" not in answer.output


def test_every_export_is_noted(export, address):
    assert export(ALL, "--purpose", "A grant\u202e").exit_code == 0

    engine = db.new_engine(address)
    with db.open_session(engine) as session:
        line = session.scalars(select(AuditLogEntry).order_by(AuditLogEntry.made_at.desc())).first()
        noted = (line.actor, line.act, line.subject, line.release, line.format, line.purpose)
    engine.dispose()
    assert noted == ("", "export", f"{ALL} by country", 1, "csv", "A grant")


def test_never_builds_the_pages_to_write_a_file(export, monkeypatch):
    monkeypatch.setattr(Flask, "__init__", lambda *_args, **_values: 1 / 0)

    for form in Format:
        assert export(ALL, "--format", form.value, "--language", "es").exit_code == 0


def test_the_help_reads_well(export):
    help_text = export("--help").stdout

    assert "--by [country|region]" in help_text
    assert "Only released statistics are exported" in help_text
