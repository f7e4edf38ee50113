"""Each command writes its own part of the page of measurements, and nothing else; the list of commands is complete."""

import argparse
import ast
import re

import pytest

from bench import report
from mapservice.config import HOME

BENCH = HOME / "bench"


def commands():
    """The modules that are run as ``python -m bench.…``: those with a function ``main``."""
    modules = [path for path in BENCH.glob("*.py") if defines_main(path)]
    return sorted(
        [f"bench.{path.stem}" for path in modules]
        + [f"bench.{path.parent.name}" for path in BENCH.glob("*/__main__.py")]
    )


def defines_main(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def publishers():
    """The names of the parts that commands write, by the module that writes each."""
    paths = {f"bench.{path.stem}": path for path in BENCH.glob("*.py")}
    paths |= {f"bench.{path.parent.name}": path for path in BENCH.glob("*/__main__.py")}
    texts = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    return {name: re.findall(r'report\.publish\(\s*"([^"]+)"', text) for name, text in texts.items()}


@pytest.fixture
def options(tmp_path):
    return argparse.Namespace(page=tmp_path / "page.md", members=20_000, writers=[8, 32], at_once=True, one_lane=False)


def test_a_part_is_replaced_and_every_other_byte_stays(options):
    other = "<!-- begin bench.mapping -->\nother\n<!-- end bench.mapping -->\n"
    before = f"{report.HEAD}\nBy hand, with  two blanks \n\n{other}"
    options.page.write_text(before + "\n<!-- begin bench.map -->\nold\n<!-- end bench.map -->\n\nAfter.\n")

    report.publish("bench.map", options, ["new figures"], "Node 20")

    text = options.page.read_text()
    assert text.startswith(before + "\n<!-- begin bench.map -->\n")
    assert text.endswith("new figures\n<!-- end bench.map -->\n\nAfter.\n")
    assert "old" not in text


def test_the_first_part_makes_the_page_and_the_second_comes_after_it(options):
    report.publish("bench.map", options, ["first"])
    page = options.page.read_text()
    report.publish("bench.pages", options, ["second"])

    assert page.startswith(report.HEAD)
    assert options.page.read_text().startswith(page)
    assert [path.name for path in options.page.parent.iterdir()] == ["page.md"]


def test_a_control_has_a_part_of_its_own(options):
    report.publish("bench.flood", options, ["as it is"])
    report.publish("bench.flood", options, ["as it was"], variant="one-lane")
    report.publish("bench.flood", options, ["as it is now"])

    text = options.page.read_text()
    assert "as it was" in text
    assert "as it is now" in text
    assert text.count("`python -m bench.flood --members 20000") == 2


def test_the_same_figures_again_change_nothing():
    page = report.replace_part(report.HEAD, "bench.map", "## bench.map\n\nfigures\n")

    assert report.replace_part(page, "bench.map", "## bench.map\n\nfigures\n") == page


def test_a_part_without_an_end_is_not_guessed():
    with pytest.raises(ValueError, match=r"bench\.map"):
        report.replace_part("<!-- begin bench.map -->\nold\n\nAfter.\n", "bench.map", "new")


def test_a_part_says_how_to_repeat_it_and_on_what_it_was_measured(options, capsys):
    report.publish("bench.write", options, ["figures"], "PostgreSQL 15.18", "granian 2")

    text = options.page.read_text()
    assert "`python -m bench.write --members 20000 --writers 8 32 --at-once`" in text
    assert re.search(r"\d cores \(.+\), load \d+\.\d at the end\. Python 3\.\S+, PostgreSQL 15\.18, granian 2\.", text)
    assert str(HOME) not in text
    assert str(options.page.parent) not in text
    assert "figures" in capsys.readouterr().out


def test_each_command_is_named_in_the_list_of_commands():
    text = (BENCH / "README.md").read_text(encoding="utf-8")

    assert {"bench.ceiling", "bench.attacks", "bench.ground"} <= set(commands())
    assert [name for name in commands() if f"python -m {name} " not in text.replace("\n", " ")] == []


def test_each_command_writes_the_part_with_its_own_name():
    assert {name: parts for name, parts in publishers().items() if parts not in ([], [name])} == {}
    assert publishers()["bench.ceiling"] == ["bench.ceiling"]


def test_the_page_has_only_parts_of_commands_that_exist():
    text = report.PAGE.read_text(encoding="utf-8")
    parts = re.findall(r"^<!-- begin (.+) -->$", text, re.MULTILINE)

    assert parts
    assert text.startswith(report.HEAD)
    assert {part.split()[0] for part in parts} <= {part for names in publishers().values() for part in names}
    assert len(parts) == len(set(parts))
    assert parts == re.findall(r"^<!-- end (.+) -->$", text, re.MULTILINE)
