"""Answers for programs: JSON and files that may be kept, and problems in words. None knows who asks."""

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
from mapservice.web.site.headers import keep

#: Media types.
JSON, GEOJSON, PROBLEM = "application/json", "application/geo+json", "application/problem+json"

#: How long a copy may be kept, in seconds: of what never changes, of what changes with a release, of a redirect.
FOREVER_S, SHORT, BRIEF_S = 31_536_000, 300, 60


def as_json(data: Any, *, kind: str = JSON, seconds: int = SHORT, stamp: bool = False) -> Response:
    """An answer in JSON; a ``stamp`` says when it was made, and is no part of its mark."""
    body = orjson.dumps(data)
    mark = hashlib.sha256(body).hexdigest()[:32]
    if stamp:
        body = orjson.dumps({"timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), **data})
    answer = Response(body, mimetype=kind)
    answer.set_etag(mark, weak=stamp)
    answer.make_conditional(request)
    return keep(answer, seconds=seconds, immutable=seconds == FOREVER_S)


def as_download(path: Path, form: Format) -> Response:
    """An answer that is a file, made for this answer and kept nowhere: its name is gone before it leaves.

    An open file without a name stands until it is closed, whatever ends the download.
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


def as_file(path: Path, form: Format, release: Release) -> Response:
    """A file of figures, which is the same each time it is asked for and may be kept for good."""
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()[:32]
    answer = as_download(path, form)
    answer.last_modified = datetime.combine(release.made_on, time(), UTC)
    answer.set_etag(mark)
    answer.make_conditional(request)
    return keep(answer, seconds=FOREVER_S, immutable=True)


def problem(status: int, words: str, headers: dict[str, str]) -> Response:
    """An answer that says what went wrong and what to do. Source: RFC 9457; ``code`` as OGC API Features has it."""
    phrase = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": phrase, "status": status, "detail": words, "code": phrase.replace(" ", "")}
    return Response(orjson.dumps(told), status, headers, mimetype=PROBLEM)
