"""The look of the service: its colours as a stylesheet, and the manifest with which a phone keeps a link to it."""

import re

import orjson
from flask import Blueprint, Response, abort, url_for

from mapservice.db import get_session
from mapservice.files.pictures import SIZES
from mapservice.i18n.translation import get_locale
from mapservice.store.operator import logo as stored
from mapservice.text import colours
from mapservice.web.accounts.access import public
from mapservice.web.site.headers import cache_for
from mapservice.web.site.responses import FOREVER_S
from mapservice.web.site.service import current_site, service_settings

bp = Blueprint("look", __name__)

#: The accent colour of static/css/theme.css, and the backgrounds of the header.
DEFAULT, HEADER_DARK = "#0d5656", "#26201c"

_DIGITS = re.compile(r"[0-9a-f]{6}")

#: The media type of a web app manifest.
MANIFEST = "application/manifest+json"


@bp.get("/look/colours/<light>-<dark>.css")
@public
def stylesheet(light: str, dark: str) -> Response:
    """Return the styles with an accent colour for light and one for dark backgrounds, which never change."""
    if not _DIGITS.fullmatch(light) or not _DIGITS.fullmatch(dark):
        abort(404)
    answer = Response(colours.stylesheet(f"#{light}", f"#{dark}"), mimetype="text/css")
    return cache_for(answer, seconds=FOREVER_S, immutable=True)


@bp.get("/look/logo/<digest>-<int:size>.png")
@public
def logo(digest: str, size: int) -> Response:
    """Return the logo in one size, which never changes: another logo has another address."""
    content = stored.find(get_session(), digest, size) if size in SIZES else None
    if content is None:
        abort(404)
    return cache_for(Response(content, mimetype="image/png"), seconds=FOREVER_S, immutable=True)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Describe the service to a phone that keeps a link to it. No page is stored on the phone."""
    site = current_site()
    data = {
        "name": site.site_name,
        "short_name": site.site_name,
        "lang": str(get_locale()).replace("_", "-"),
        "start_url": url_for("conditions.home"),
        "scope": url_for("conditions.home"),
        "display": "minimal-ui",
        "background_color": "#fbf5ec",
        "theme_color": service_settings().colour or DEFAULT,
        "icons": [{"src": logo_address(size), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)],
    }
    return Response(orjson.dumps(data), mimetype=MANIFEST)


def logo_address(size: int) -> str:
    """Return the address of the logo in one size, or of our own picture."""
    digest = service_settings().logo
    if digest:
        return url_for("look.logo", digest=digest, size=size)
    return url_for("static", filename=f"icons/{size}.png")


def own_stylesheet() -> str | None:
    """Return the address of the stylesheet with the colours of the operator; None for our own colours."""
    settings = service_settings()
    if not settings.colour and not settings.colour_dark:
        return None
    light = settings.colour or DEFAULT
    dark = settings.colour_dark or colours.nearest_readable(light, colours.DARK)
    return url_for("look.stylesheet", light=light.removeprefix("#"), dark=dark.removeprefix("#"))


def theme_colours() -> dict[str, str]:
    """Return the colours of the browser's own bars, by colour scheme."""
    return {"light": service_settings().colour or DEFAULT, "dark": HEADER_DARK}
