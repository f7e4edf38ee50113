"""Responses for programs: cacheable JSON and files, and problem details. All are the same for everybody."""

import hashlib
import os
import shutil
from datetime import UTC, datetime, time
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from flask import Response, request, send_file

from mapservice.files.formats import TYPES, Format
from mapservice.store.tables import Release
from mapservice.web.site.headers import cache_for

#: Media types.
JSON, GEOJSON, PROBLEM = "application/json", "application/geo+json", "application/problem+json"

#: Cache lifetimes in seconds: of what never changes, of what changes with a release, of a redirect.
FOREVER_S, SHORT, BRIEF_S = 31_536_000, 300, 60


def json_response(data: Any, *, kind: str = JSON, seconds: int = SHORT, stamp: bool = False) -> Response:
    """Return a JSON response; ``stamp`` adds the time, which is not part of the ETag."""
    body = orjson.dumps(data)
    mark = hashlib.sha256(body).hexdigest()[:32]
    if stamp:
        body = orjson.dumps({"timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), **data})
    answer = Response(body, mimetype=kind)
    answer.set_etag(mark, weak=stamp)
    answer.make_conditional(request)
    return cache_for(answer, seconds=seconds, immutable=seconds == FOREVER_S)


def download_response(path: Path, form: Format) -> Response:
    """Return a file as a download, and delete it: its name is removed before it is sent.

    An open file without a name exists until it is closed, however the download ends.
    """
    try:
        file = path.open("rb")
    finally:
        shutil.rmtree(path.parent)
    size = os.fstat(file.fileno()).st_size
    answer = send_file(file, TYPES[form], as_attachment=True, download_name=path.name, conditional=False, etag=False)
    answer.headers["Content-Type"] = TYPES[form]
    answer.content_length = size
    return answer


def figure_file_response(path: Path, form: Format, release: Release) -> Response:
    """Return a file of figures, which never changes and can be cached indefinitely."""
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()[:32]
    answer = download_response(path, form)
    answer.last_modified = datetime.combine(release.made_on, time(), UTC)
    answer.set_etag(mark)
    answer.make_conditional(request)
    return cache_for(answer, seconds=FOREVER_S, immutable=True)


def problem_response(status: int, words: str, headers: dict[str, str]) -> Response:
    """Return problem details: what went wrong and what to do. Source: RFC 9457; ``code`` as in OGC API Features."""
    phrase = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": phrase, "status": status, "detail": words, "code": phrase.replace(" ", "")}
    return Response(orjson.dumps(body), status, headers, mimetype=PROBLEM)
