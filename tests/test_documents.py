"""What documents and comments point to is there: rooms, files, tests and names."""

import ast
import io
import re
import sys
import tokenize
import tomllib
from dataclasses import fields
from functools import cache
from itertools import pairwise

from mapservice.config import HOME, VERSION
from mapservice.geo.zones import FLOOR
from mapservice.privacy.disclosure import DEFAULT, STRICT, Profile

PACKAGE = HOME / "mapservice"
FOLDERS = (
    *("bench", "data", "docs", "mapservice", "migrations", "scripts"),
    *("static", "templates", "testing", "tests", "tools"),
)
ROOMS = sorted(path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())

# Decisions and the changelog are history: they may name what was there when they were written.
DOCUMENTS = sorted({*HOME.glob("*.md"), *HOME.glob("docs/*.md"), *HOME.glob("*/README.md")})
LIVING = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
CODE = [path for folder in FOLDERS for path in sorted((HOME / folder).rglob("*.py"))]
REST = [
    *HOME.glob("scripts/*.sh"),
    *HOME.glob("static/js/**/*.js"),
    *HOME.glob("static/css/*.css"),
    *HOME.glob("templates/**/*.html"),
    *(HOME / name for name in ("check", "serve", "pyproject.toml", ".gitignore", ".pre-commit-config.yaml")),
]

PATH = re.compile(rf"(?<![\w/.:@<>%{{}}-])((?:{'|'.join([*FOLDERS, *ROOMS])})/[\w./-]*[\w-])(?![\w<{{%*(])")
MEDIA_TYPE = re.compile(r"text/(html|plain|csv|css|javascript|uri-list)")
#: What is not in the repository: a file of an npm package, a key of PEP 3333, what is made first by a script.
ELSEWHERE = {"data/build.json", "wsgi.file_wrapper", "mapservice/i18n/translations"}
IS_FILE = re.compile(r"\.(html|tsv|json|gz|pot?)$")
PYTHON_FILE = re.compile(r"(?<![\w./*-])([a-z_]+\.py)\b")
TEST_NAME = re.compile(r"`(test_\w+[a-z0-9])`")
QUOTED_NAME = re.compile(r"(?:``|:\w+:`)~?([A-Za-z_][\w.]*\w)(?:\(\))?`")


def prose(path):
    """What a reader reads: all of a document, but of Python the docstrings and comments alone."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join([*docstrings, *(token.string for token in tokens if token.type == tokenize.COMMENT)])


def is_there(name, beside=HOME):
    scripts = HOME / "static" / "js"
    places = (HOME, PACKAGE, PACKAGE / "hosting", PACKAGE / "web", HOME / "templates", scripts, beside)
    return any((place / f"{name}{suffix}").exists() for place in places for suffix in ("", ".py", ".js"))


def dead_paths(text, beside=HOME):
    names = {name.rstrip(".") for name in PATH.findall(text)} - ELSEWHERE
    return sorted(
        name for name in names if not (MEDIA_TYPE.fullmatch(name) or "NNNN" in name or is_there(name, beside))
    )


def dead_in_prose(path, search):
    """What a search for something dead finds in what a reader reads; a file in which it finds nothing is not parsed."""
    return search(path.read_text(encoding="utf-8")) and search(prose(path))


def found_in(paths, search):
    """What a search finds in each file, without the files in which it finds nothing."""
    return {str(path.relative_to(HOME)): dead for path in paths if (dead := search(path))}


def test_every_path_that_is_named_exists():
    paths = [*LIVING, *CODE, *(path for path in REST if path.exists())]

    assert found_in(paths, lambda path: dead_in_prose(path, lambda text: dead_paths(text, path.parent))) == {}


def test_a_path_that_is_not_there_is_found():
    text = "see mapservice/web/places/nowhere.py, store/rights, tests/privacy/test_showing.py and text/html"

    assert dead_paths(text) == ["mapservice/web/places/nowhere.py", "store/rights"]


def test_every_link_leads_somewhere():
    assert found_in(DOCUMENTS, dead_links) == {}


def dead_links(path):
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    return [target for target in targets if ":" not in target and not (path.parent / target).exists()]


@cache
def names_by_module():
    """The names that each module defines or imports, by the module's path without its suffix."""
    return {path: names_in(ast.parse(path.read_text(encoding="utf-8"))) for path in CODE}


def names_in(tree):
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                names.add(name)
            case ast.alias(name=name, asname=alias):
                names |= set(name.split(".")) | {alias or name}
    return names


def test_every_test_and_every_file_that_a_document_names_exists():
    files, names = {path.name for path in CODE}, set().union(*names_by_module().values())

    def dead(path):
        text = path.read_text(encoding="utf-8")
        tests = [name for name in TEST_NAME.findall(text) if name not in names and f"{name}.py" not in files]
        return tests + [name for name in PYTHON_FILE.findall(text) if name not in files]

    assert found_in(LIVING, dead) == {}


def test_every_name_that_a_docstring_quotes_exists():
    modules = [path for path in CODE if PACKAGE in path.parents]

    assert found_in(modules, lambda path: dead_in_prose(path, dead_names)) == {}


def test_a_quoted_name_that_is_not_there_is_found():
    text = (
        "``homes.save``, ``WithdrawalLog.account_mark``, ``time.sleep``, ``store.mails.Failure`` and ``letters.send``"
    )

    assert dead_names(text) == ["store.mails.Failure", "letters.send"]


def dead_names(text):
    """The quoted names ``module.name`` of which there is no such module or class, or no such name in it."""
    modules, classes = names_of_modules(), classes_of_modules()
    others = sys.stdlib_module_names | classes
    dotted = [name.split(".") for name in QUOTED_NAME.findall(text) if "." in name and not IS_FILE.search(name)]
    return [
        ".".join(parts)
        for parts in dotted
        if ".".join(parts) not in ELSEWHERE
        and (
            parts[0] not in modules.keys() | others
            or any(module in modules and name not in modules[module] for module, name in pairwise(parts))
        )
    ]


@cache
def names_of_modules():
    """The names in all modules of the package that are called the same."""
    modules = {}
    for path, names in names_by_module().items():
        if PACKAGE in path.parents:
            modules.setdefault(path.parent.name if path.stem == "__init__" else path.stem, set()).update(names)
            modules.setdefault(path.parent.name, set()).add(path.stem)
            modules.setdefault(path.parent.parent.name, set()).add(path.parent.name)
    return modules


@cache
def classes_of_modules():
    return {name for names in names_of_modules().values() for name in names if name[0].isupper()}


def layers():
    """The rows of rooms in the contract of imports, from top to bottom."""
    contracts = tomllib.loads((HOME / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract.get("containers") == ["mapservice"])
    return [sorted(re.split(r"\s*[:|]\s*", row)) for row in rows]


def drawn(picture):
    """The rows of rooms in a picture, by the numbers of its boxes."""
    boxes = re.findall(r"\bL(\d+)\[\"([^\"]+)\"\]", picture)
    rows = sorted((int(number), [part.split(":")[0].strip() for part in text.split("|")]) for number, text in boxes)
    return [sorted(names) for _number, names in rows]


def picture():
    return re.search(r"```mermaid\n(.*?)```", (HOME / "docs" / "architecture.md").read_text(), re.DOTALL)[1]


def test_the_picture_of_the_rooms_is_the_contract_of_imports():
    assert drawn(picture()) == layers()


def test_the_picture_has_every_room_on_disk():
    assert sorted(name for row in drawn(picture()) for name in row) == [name for name in ROOMS if name != "__init__"]


def test_an_arrow_leads_from_each_row_to_the_next():
    arrows = {(int(a), int(b)) for a, b in re.findall(r"\bL(\d+)(?:\[\"[^\"]+\"\])? --> L(\d+)", picture())}

    assert arrows == {(number, number + 1) for number in range(1, len(layers()))}


def test_a_room_that_is_missing_from_the_picture_is_found():
    assert drawn('L2["cli: commands"] --> L1["files: figures | store"]') == [["files", "store"], ["cli"]]


def test_the_table_of_rooms_in_the_readme_has_every_folder():
    named = re.findall(r"^\| `mapservice/(\w+)/`", (HOME / "README.md").read_text(), re.MULTILINE)

    assert sorted(named) == [room for room in ROOMS if (PACKAGE / room).is_dir()]


def rows(document, columns):
    """The rows of the tables in a document that have so many columns, without backticks and commas in numbers."""
    lines = (HOME / "docs" / document).read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return [row for row in cells if len(row) == columns]


def test_the_numbers_of_disclosure_control_are_those_of_the_profiles():
    written = {name: (default, strict) for name, default, strict, _meaning in rows("disclosure-control.md", 4)[1:]}
    names = [field.name for field in fields(Profile) if field.name != "name"] + ["threshold", "smallest", "interval"]

    assert written == {name: (str(getattr(DEFAULT, name)), str(getattr(STRICT, name))) for name in names}


def test_the_floors_of_the_privacy_model_are_those_of_the_levels():
    written = {level: int(people.replace(",", "")) for level, people in rows("privacy-model.md", 2)[1:]}

    assert written == {str(level): people for level, people in FLOOR.items()}


KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def changelog(text):
    """The versions of a changelog with their dates, and the kinds of change of each. Source: keepachangelog.com."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: re.findall(r"^### (.*)", part, re.MULTILINE) for part in parts}


def test_the_changelog_has_the_form_of_keep_a_changelog():
    versions = changelog((HOME / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert next(iter(versions)) == "[Unreleased]"
    assert [name for name in list(versions)[1:] if not re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", name)] == []
    assert {kind for kinds in versions.values() for kind in kinds} <= KINDS
    assert all(len(kinds) == len(set(kinds)) for kinds in versions.values())


def test_the_code_the_package_and_the_changelog_have_one_version():
    newest = list(changelog((HOME / "CHANGELOG.md").read_text(encoding="utf-8")))[1]

    assert newest.startswith(f"[{VERSION}]")
    assert tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["version"] == VERSION
