"""Decisions are found by their number."""

import re

from mapservice.config import HOME

DECISIONS = sorted((HOME / "docs" / "decisions").glob("*.md"))


def test_every_decision_has_a_number_of_its_own_without_a_gap():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_the_title_of_a_decision_begins_with_its_number():
    for path in DECISIONS:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name


def test_every_decision_that_is_named_anywhere_is_there():
    named = re.compile(r"\b(\d{4}-[a-z][a-z0-9-]*)\.md")
    names = {path.stem for path in DECISIONS}
    sources = [*HOME.glob("mapservice/**/*.py"), *HOME.glob("docs/**/*.md"), HOME / "README.md"]

    for source in sources:
        for name in named.findall(source.read_text()):
            assert name in names, f"{source.name} names {name}"
