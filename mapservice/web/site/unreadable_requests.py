"""Refuses requests that Flask cannot parse with 400, before they reach it."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from mapservice.web.site.headers import OF_REFUSAL

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*)(:(?P<port>\d{0,5}))?", re.ASCII)
_MAX_NAME = 253
_MAX_PORT = 65_535


class Request(FlaskRequest):
    """A request in which every form field must have a name."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if None in self.form or None in self.files:
            for file in self.files.values():
                file.close()
            # Later access, such as by the page about this error, finds an empty form.
            self.__dict__["form"] = self.__dict__["files"] = ImmutableMultiDict()
            raise BadRequest


def init_app(app: Flask) -> None:
    """Use our request class, and refuse requests without a valid host."""
    app.request_class = Request
    app.wsgi_app = _known_host(app.wsgi_app)  # type: ignore[method-assign,assignment]


def is_host(text: str) -> bool:
    """Return whether a Host header is valid.

    >>> is_host("map.example.org:8000"), is_host("[::1]:80"), is_host("xn--bcher-kva.example")
    (True, True, True)
    >>> is_host("a..b"), is_host("a" * 64), is_host("xn--a"), is_host("map.example.org:99999")
    (False, False, False, False)
    """
    match = _HOST.fullmatch(text)
    if match is None or len(match["name"]) > _MAX_NAME or int(match["port"] or 0) > _MAX_PORT:
        return False
    try:
        # As werkzeug parses it: each label has 1 to 63 characters, and those that begin with xn-- can be decoded.
        match["name"].lower().encode("ascii").decode("idna").encode("idna")
    except UnicodeError:
        return False
    return True


def _known_host(service: WSGI) -> WSGI:
    def checked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_host(environ.get("HTTP_HOST", "")):
            return service(environ, start_response)
        refusal = Response("This request does not say which host it is for.\n", 400, OF_REFUSAL)
        return refusal(environ, start_response)

    return checked
