"""The cases that hold the scripts of the pages are what Python's rules give now."""

import json

from mapservice.privacy import precision
from tools.script_cases import rules
from tools.script_cases.__main__ import FOLDER, texts


def test_the_committed_cases_are_current():
    written = {path.name: path.read_text() for path in FOLDER.iterdir()}

    assert written.keys() == texts().keys()
    assert [name for name, text in texts().items() if written[name] != text] == [], "Run python -m tools.script_cases."


def test_another_rule_makes_the_cases_old(monkeypatch):
    before = rules.groups()
    monkeypatch.setattr(precision, "MIN_EXPECTED_PEOPLE", precision.MIN_EXPECTED_PEOPLE + 1)

    assert [name for name, cases in rules.groups().items() if cases != before[name]] == ["choices", "consent"]


def test_the_cases_hold_both_answers_to_every_question():
    cases = json.loads((FOLDER / "rules.json").read_text())

    for name in ("consent", "sees", "pin", "elsewhere"):
        assert {case["gives"] for case in cases[name]} == {True, False}, name
    for key in ("isSuggested", "isBarred", "needsConsent"):
        assert {choice[key] for case in cases["choices"] for choice in case["gives"]} == {True, False}, key
    points = [zone for row in json.loads((FOLDER / "points.json").read_text()).values() for *_place, zone in row]
    assert points.count(None) > 20
    assert len(set(points)) > 50
