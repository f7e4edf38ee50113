"""The pages load our own copies only, and those are the bytes that were reviewed."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from mapservice.config import HOME

VENDOR = HOME / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())

#: Where our own pages, scripts and styles stand.
OURS = ("templates/**/*.html", "static/js/**/*.js", "static/css/**/*.css")

#: What makes a browser load something: an attribute, a style's url() or @import, a script's import, fetch or address.
LOADS = (
    r"""(?:\bsrc|\bsrcset|\bposter|\bdata|\bxlink:href)\s*=\s*["']?\s*(ADDRESS)""",
    r"""<(?:link|use|image|base)\b[^>]*?\bhref\s*=\s*["']?\s*(ADDRESS)""",
    r"""url\(\s*["']?\s*(ADDRESS)""",
    r"""@import\s+["']\s*(ADDRESS)""",
    r"""(?:\bimport|\bfrom|\bimport\s*\(|\bfetch\s*\(|\bnew\s+(?:Request|Worker|WebSocket|EventSource|URL)\s*\(|"""
    r"""\bimportScripts\s*\(|\bsendBeacon\s*\(|\.(?:src|href|action)\s*=)\s*["'`]\s*(ADDRESS)""",
    r"""sourceMappingURL=\s*(ADDRESS)""",
)
ADDRESS = r"(?:(?:https?|wss?):)?//[^\s\"'`<>)]+"


def foreign_urls(text: str) -> list[str]:
    """Addresses on other hosts that a browser would load as part of the page; links to follow are none."""
    return [url for pattern in LOADS for url in re.findall(pattern.replace("ADDRESS", ADDRESS), text, re.I)]


def our_files() -> list[Path]:
    return sorted(path for pattern in OURS for path in HOME.glob(pattern))


def test_the_vendored_files_are_those_of_the_manifest():
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} - {"manifest.json"}

    assert files == set(MANIFEST)
    for name, digest in MANIFEST.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_package_has_its_licence_and_version():
    for folder in filter(Path.is_dir, VENDOR.iterdir()):
        assert re.fullmatch(r"[a-z-]+-\d+\.\d+\.\d+", folder.name)
        assert (folder / "LICENSE").is_file()


def test_no_vendored_script_or_style_loads_from_elsewhere():
    for path in (*VENDOR.rglob("*.css"), *VENDOR.rglob("*.js")):
        text = path.read_text()
        assert "sourceMappingURL" not in text, path
        assert foreign_urls(text) == [], path


@pytest.mark.parametrize("path", our_files(), ids=lambda path: path.relative_to(HOME).as_posix())
def test_never_loads_from_another_host(path):
    assert foreign_urls(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<img alt='' src=//cdn.example/x.png>",
        '<link rel="stylesheet" href="https://fonts.example/css">',
        "a { background: url(https://cdn.example/x.png) }",
        '@import "https://cdn.example/x.css";',
        'import {x} from "https://cdn.example/x.js";',
        "await fetch(`https://tiles.example/${z}`)",
        'image.src = "//cdn.example/x.png"',
        "//# sourceMappingURL=https://cdn.example/x.map",
    ],
)
def test_the_check_can_fail(text):
    assert foreign_urls(text)


def test_a_link_to_follow_is_no_resource():
    assert foreign_urls('<a href="https://www.naturalearthdata.com">Natural Earth</a>') == []
