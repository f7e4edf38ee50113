"""Reverse proxies: address of the client, scheme and host of the request."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from mapservice.config import Config

Environ = dict[str, Any]
WSGI = Callable[[Environ, Any], Iterable[bytes]]

_SCHEMES = "HTTP_X_FORWARDED_PROTO"


def init_app(app: Flask, config: Config) -> None:
    """Trust the number of reverse proxies in the settings, and no more."""
    hops = config.trusted_hops
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
        app.wsgi_app = complete_schemes(fixed, hops)  # type: ignore[method-assign, assignment]


def complete_schemes(service: WSGI, hops: int) -> WSGI:
    """Wrap a service so that it finds a scheme for each proxy, even if an inner one replaced the header.

    All proxies are trusted, and the outermost value that is left is used for the missing ones. Otherwise two proxies
    that each *set* X-Forwarded-Proto would count as none, and browsers would reject the secure cookie. Addresses are
    not filled up: a list that is too short has lost that of the visitor.
    """

    def complete(environ: Environ, start_response: Any) -> Iterable[bytes]:
        schemes = parse_list_header(environ.get(_SCHEMES, ""))[-hops:]
        if schemes:
            environ[_SCHEMES] = ",".join(schemes[:1] * (hops - len(schemes)) + schemes)
        return service(environ, start_response)

    return complete
