"""The scripts as modules: of the plain form that our own bundle needs, all of them in use, none in a circle."""

import re

import pytest

from mapservice.config import HOME
from mapservice.maps import modules
from mapservice.maps.choropleth import FigureLayer
from mapservice.maps.elements import BaseLayer, ClusterLayer, ViewButtons
from mapservice.maps.modules import BrokenModuleError, bundle, imported_by, joined, with_imports
from mapservice.web.site.bundles import BUNDLES

SCRIPTS = sorted(path.relative_to(HOME / "static").as_posix() for path in (HOME / "static" / "js").rglob("*.js"))


def reader(**files: str):
    """Reads invented modules, by their names without the folder."""
    return lambda file: files[file.removeprefix("js/").removesuffix(".js")]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_can_be_put_into_a_page(script):
    text = bundle(f'import "{script}";')

    assert not re.search(r"^(?:import|export)\b", text, re.MULTILINE)
    assert "Mapservice." not in text
    assert '"use strict"' not in text


def test_every_script_is_used_by_a_page_or_a_map():
    templates = "".join(path.read_text() for path in (HOME / "templates").rglob("*.html"))
    named = {f"js/{name}.js" for name in re.findall(r'page_script\("([^"]+)"\)', templates)}
    named.add("js/members_map/first-view.js")  # with settings, before the scripts of the map
    named |= {file for bundle, files in BUNDLES.items() if bundle.endswith(".js") for file in files}
    named |= {file for part in (BaseLayer, ClusterLayer, FigureLayer, ViewButtons) for file in part.modules.values()}

    assert set(with_imports(sorted(named))) == set(SCRIPTS)


def test_what_is_imported_comes_first():
    order = imported_by("js/places/location.js")

    assert (
        order.index("js/places/zones.js") < order.index("js/places/precision.js") < order.index("js/places/levels.js")
    )
    assert "js/places/location.js" not in order


def test_a_bundle_takes_names_from_functions_of_their_own():
    files = reader(
        a='import { b as other, c } from "./b.js";\nexport const a = () => other() + c;',
        b="const hidden = 1;\nexport function b() {\n  return hidden;\n}\nexport const c = 2;",
    )

    text = bundle('import { a } from "js/a.js";\na();', files)

    assert text.index("const $module0") < text.index("const $module1")
    assert "const { b: other, c } = $module0;" in text
    assert "return { b, c };" in text
    assert text.endswith("const { a } = $module1;\na();")


@pytest.mark.parametrize(
    "text",
    [
        "export default 1;",
        "export { a };",
        "export let a = 1;",
        'import a from "./b.js";',
        'import * as a from "./b.js";',
        'const a = await import("./b.js");',
        'import { a } from "elsewhere";',
    ],
)
def test_another_form_of_module_is_refused(text):
    with pytest.raises(BrokenModuleError):
        bundle('import "js/a.js";', reader(a=text, b="export const a = 1;"))


def test_joined_modules_export_what_was_named_and_have_each_module_once():
    files = reader(
        a='import { c } from "./c.js";\nexport const a = () => c;',
        b='import { c as d } from "./c.js";\nexport class b {}\nd();',
        c="export const c = 2;",
    )

    text = joined(["js/a.js", "js/b.js"], files)

    assert text.count("const c = 2;") == 1
    assert "export const { a } = $module1;\nexport const { b } = $module2;" in text
    assert "import" not in text
    assert not re.search(r"export const \{ c \}", text)


def test_two_exports_of_one_name_are_refused():
    files = reader(a="export const a = 1;", b="export const a = 2;")

    with pytest.raises(BrokenModuleError, match="the same name"):
        joined(["js/a.js", "js/b.js"], files)


def test_a_circle_is_refused():
    files = reader(a='import { b } from "./b.js";', b='import { a } from "./a.js";')

    with pytest.raises(BrokenModuleError, match=re.escape("js/a.js → js/b.js → js/a.js")):
        with_imports(["js/a.js"], files)


def test_scripts_know_rooms_below_them_only():
    """Subjects import what all share (site, maps), never each other."""
    shared = {"site": {"site"}, "maps": {"maps", "site"}}
    for script in SCRIPTS:
        room = script.split("/")[1]
        rooms = {file.split("/")[1] for file in modules.with_imports([script])}
        assert rooms <= shared.get(room, {room, "maps", "site"}), script
