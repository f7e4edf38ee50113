"""Pages load few files: bundles have what is in the files, each once, and no page runs a module twice."""

import re

import pytest

from mapservice.config import HOME
from mapservice.web.site import bundles, static_files
from mapservice.web.site.compaction import compact
from testing.accounts import sign_in
from testing.releasing import put_figures
from tests.web.catalogue.test_condition_pages import LEUKAEMIA
from tests.web.site.test_static_files import FOREVER, address, fetch

STYLES = [name for name in bundles.BUNDLES if name.endswith(".css")]
SCRIPTS = [name for name in bundles.BUNDLES if name.endswith(".js")]
PAGES = ("/", LEUKAEMIA, f"{LEUKAEMIA}/embed", f"{LEUKAEMIA}/map", f"{LEUKAEMIA}/place", "/account", "/conditions/none")


@pytest.fixture
def pages(client, session, condition, bob) -> dict[str, str]:
    put_figures(session, condition, 1, {"world": 210, "DE": 85})
    sign_in(client, bob)
    return {path: client.get(path).text for path in PAGES}


def files_of(page: str) -> list[str]:
    """The files under static/ that a page loads, in order and each once; the modules of preload links are not run.

    The icon for the home screen of a phone is loaded when somebody puts the site there, never with a page.
    """
    loaded = r'<(?:script|link)(?! rel="apple-touch-icon")[^>]* (?:src|href)="/static/v-\w+/([^"]+)"'
    return list(dict.fromkeys(re.findall(loaded, page)))


@pytest.mark.parametrize("name", bundles.BUNDLES)
def test_a_bundle_is_sent_compressed_and_can_be_kept_for_good(client, app, name):
    _, packed, _ = fetch(client, address(app, name), Accept_Encoding="gzip")
    status, headers, body = fetch(client, address(app, name), Accept_Encoding="identity")

    assert (status, body.decode()) == (200, bundles.text(name))
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] != headers["ETag"]
    assert packed["Cache-Control"] == headers["Cache-Control"] == FOREVER
    assert headers["Content-Type"].startswith({"js": "text/javascript", "css": "text/css"}[name.rpartition(".")[2]])


@pytest.mark.parametrize("name", STYLES)
def test_styles_are_those_of_their_files_in_order(name):
    text = bundles.text(name)

    rules = [re.sub(r"url\([^)]*\)", "", (HOME / "static" / file).read_text()) for file in bundles.BUNDLES[name]]
    assert re.sub(r"url\([^)]*\)", "", text) == compact("\n".join(rules))


@pytest.mark.parametrize("name", STYLES)
def test_all_that_styles_name_is_there(client, name):
    for target in re.findall(r"url\([\"']?(?!data:|#)([^\"')]+)", bundles.text(name)):
        assert target.startswith("../")
        assert fetch(client, f"/static/{target.removeprefix('../')}")[0] == 200


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_each_module_once_and_imports_nothing(name):
    text = bundles.text(name)

    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert len(re.findall(r"^const \$module\d+ = ", text, re.MULTILINE)) == len(bundles.contents(name))


@pytest.mark.parametrize("name", bundles.BUNDLES)
def test_a_bundle_has_no_lines_that_only_editors_read(name):
    lines = bundles.text(name).splitlines()

    assert len(lines) > 100
    assert [line for line in lines if not line or line.startswith((" ", "\t", "//", "/*"))] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_text_in_a_script_goes_on_over_several_lines(name):
    """Its indentation would be lost."""
    for file in bundles.contents(name):
        for line in (HOME / "static" / file).read_text().splitlines():
            assert line.count("`") % 2 == 0, (file, line)


@pytest.mark.parametrize(
    "code",
    [
        'const a = "/* b */"; // c\nconst d = 1 /* e */ + 2;\n',
        'const site = "https://a.example"; /* b */ act();\n/* c */ act();\n',
        ".a { color: red; } /* b */\n.c::before { content: '//'; }\n",
    ],
)
def test_never_takes_code_for_a_comment(code):
    assert compact(code) == code


def test_the_version_changes_with_what_is_in_a_bundle(monkeypatch):
    before = static_files.current_version()
    monkeypatch.setitem(bundles.BUNDLES, "bundles/site.css", ("css/theme.css",))
    bundles.text.cache_clear()
    static_files.current_version.cache_clear()

    after = static_files.current_version()

    monkeypatch.undo()
    bundles.text.cache_clear()
    static_files.current_version.cache_clear()
    assert after != before == static_files.current_version()


def test_never_runs_a_module_twice_on_a_page(pages):
    for path, page in pages.items():
        run = []
        for file in files_of(page):
            if file.endswith(".js") and not file.startswith("vendor/"):
                run += bundles.contents(file) if file in bundles.BUNDLES else [file]
        assert sorted(run) == sorted(set(run)), path
        assert ("js/site/session.js" in run) is not path.endswith("/embed"), path


def test_never_loads_a_style_twice_on_a_page(pages):
    for path, page in pages.items():
        loaded = [file for name in files_of(page) for file in bundles.BUNDLES.get(name, [name]) if ".css" in name]
        assert loaded == list(dict.fromkeys(loaded)), path
        assert "css/site.css" in loaded, path


@pytest.mark.parametrize(("page", "most"), [("map", 7), ("", 7), ("embed", 8), ("place", 7)])
def test_a_page_with_a_map_loads_few_files(pages, page, most):
    files = files_of(pages[f"{LEUKAEMIA}/{page}".rstrip("/")])
    assert len(files) <= most, files


@pytest.mark.parametrize("path", ["/static/bundles/none.js", "/static/bundles/", "/static/bundles/../css/none.css"])
def test_there_is_no_other_bundle(client, path):
    assert client.get(path).status_code == 404
