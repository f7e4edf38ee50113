"""One name means one thing in the package."""

import ast
from collections import defaultdict

from mapservice.config import HOME


def classes(sources):
    """The classes of modules by name, with the modules in which each is defined."""
    modules_by_class = defaultdict(list)
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                modules_by_class[node.name].append(name)
    return modules_by_class


def sources():
    package = HOME / "mapservice"
    return {str(path.relative_to(package)): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}


def twice(modules_by_class):
    return {name: modules for name, modules in modules_by_class.items() if len(modules) > 1}


def test_no_two_classes_have_one_name():
    assert twice(classes(sources())) == {}


def test_a_second_class_of_the_same_name_is_found():
    assert twice(classes({"a.py": "class Zone: pass", "b.py": "class Zone: pass"})) == {"Zone": ["a.py", "b.py"]}


def test_the_settings_of_the_app_are_read_in_one_place():
    readers = [name for name, source in sources().items() if 'current_app.extensions["config"]' in source]

    assert readers == ["current.py"]
