"""Quick exit: leave the site at once and forget this device, without using the database."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from mapservice.web.accounts.access import public
from mapservice.web.site import known_devices, rate_limits

bp = Blueprint("quick_exit", __name__)

#: A page that reveals nothing about its visitor.
AWAY = "https://www.wikipedia.org/"


@bp.get("/leave")
@public
@rate_limits.unlimited
def leave() -> Response:
    """Redirect to another site, and delete the cookie of the known device if one of our own pages sent the request.

    Stored data are unchanged: the row in the database belongs to a token that nobody has any longer.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}:
        known_devices.forget_cookie()
    answer = redirect(AWAY, code=303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
