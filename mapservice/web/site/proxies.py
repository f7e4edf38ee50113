"""Reverse proxies in front of the service, and what they say about who asks, and how."""

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
    """Believe as many reverse proxies as the settings name, and nobody behind them."""
    hops = config.trusted_hops
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
        app.wsgi_app = completed(fixed, hops)  # type: ignore[method-assign, assignment]


def completed(service: WSGI, hops: int) -> WSGI:
    """A service that sees a scheme from every proxy, also where an inner one replaced that of the outer by its own.

    All of them are believed, and the outermost that is left counts. Without it, two proxies that each *set*
    X-Forwarded-Proto would pass for none, and no browser would keep the cookie. Addresses are not completed: a list
    that is too short has lost that of the visitor.
    """

    def complete(environ: Environ, start_response: Any) -> Iterable[bytes]:
        schemes = parse_list_header(environ.get(_SCHEMES, ""))[-hops:]
        if schemes:
            environ[_SCHEMES] = ",".join(schemes[:1] * (hops - len(schemes)) + schemes)
        return service(environ, start_response)

    return complete
