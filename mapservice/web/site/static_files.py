"""The static files: scripts, styles, pictures. Their addresses name a version, so that browsers can keep them.

The version is a part of the path: a module that a script imports by a relative address has it too. Bundles are files
that exist in memory only (bundles.py). Text is compressed once in each process. Nothing in it is secret, so that its
length tells nothing (BREACH).
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, abort, request, send_file
from werkzeug.security import safe_join

from mapservice.config import HOME
from mapservice.web.site import bundles
from mapservice.web.site.bundles import BUNDLES
from mapservice.web.site.content_encoding import accepted_encoding, mark_encoding
from mapservice.web.site.headers import cache_for
from mapservice.web.site.responses import FOREVER_S

FOLDER = HOME / "static"

# Content encodings, the best first. The highest quality of Brotli, 11, takes three times as long for one part in fifty.
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=10),
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}

# Endings of the files that are compressed, with their media types.
_TEXT = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Serve the files at ``/static/v-<version>/…``, and at ``/static/…`` for addresses without a version."""
    app.add_url_rule("/static/v-<version>/<path:filename>", "static", serve)
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.url_defaults(_add_version)


@cache
def current_version() -> str:
    """Return the version of all static files together: it changes with any of them."""
    digest = hashlib.sha256()
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(FOLDER)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    for bundle in BUNDLES:
        digest.update(bundles.text(bundle).encode())
    return digest.hexdigest()[:12]


def serve(filename: str, version: str = "") -> Response:
    """Return a static file: cacheable for good at the address of the current version, otherwise after a check."""
    response = _bundle_response(filename) if filename in BUNDLES else _file_response(filename)
    if version == current_version():
        return cache_for(response, seconds=FOREVER_S, immutable=True)
    return response


def _file_response(filename: str) -> Response:
    path = safe_join(str(FOLDER), filename)
    if path is None or not _is_file(path):
        abort(404)
    if Path(path).suffix not in _TEXT:
        return send_file(path)
    encoding = accepted_encoding(*_ENCODERS)
    if encoding is None:
        return mark_encoding(send_file(path), None)
    content, mark = _packed(Path(path), Path(path).stat().st_mtime_ns, encoding)
    return _encoded(filename, content, mark, encoding)


def _bundle_response(filename: str) -> Response:
    encoding = accepted_encoding(*_ENCODERS)
    content, mark = _bundle(filename, encoding)
    return _encoded(filename, content, mark, encoding)


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # a name that is too long, or that no file can have
        return False


def _encoded(filename: str, content: bytes, mark: str, encoding: str | None) -> Response:
    response = mark_encoding(Response(content, mimetype=_TEXT[Path(filename).suffix]), encoding)
    response.cache_control.no_cache = True
    response.set_etag(mark)
    response.make_conditional(request)
    return response


@cache
def _packed(path: Path, _changed: int, encoding: str) -> tuple[bytes, str]:
    return _marked(_ENCODERS[encoding](path.read_bytes()))


@cache
def _bundle(filename: str, encoding: str | None) -> tuple[bytes, str]:
    content = bundles.text(filename).encode()
    return _marked(_ENCODERS[encoding](content) if encoding else content)


def _marked(content: bytes) -> tuple[bytes, str]:
    return content, hashlib.sha256(content).hexdigest()[:32]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values.setdefault("version", current_version())
