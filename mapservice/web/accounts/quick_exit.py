"""The way out for who must leave quickly: away from here, and this device forgotten, without a word to the database."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from mapservice.web.accounts.access import public
from mapservice.web.site import known_devices, rate_limits

bp = Blueprint("leaving", __name__)

#: A page that tells nothing of who looks at it.
AWAY = "https://www.wikipedia.org/"


@bp.get("/leave")
@public
@rate_limits.unlimited
def leave() -> Response:
    """Go to another site, and take the cookie of the known device from a browser that asks by a page of ours.

    Nothing stored changes: what is left in the database belongs to a token that nobody has any longer.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}:
        known_devices.forget_cookie()
    answer = redirect(AWAY, code=303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
