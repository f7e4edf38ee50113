"""The public map of a condition for the pages of other sites: the same for everybody, and without a session."""

from flask import Blueprint, Response, make_response, render_template

from mapservice.db import get_session
from mapservice.store import conditions
from mapservice.web import figures
from mapservice.web.guards import public
from mapservice.web.headers import framed, keep

bp = Blueprint("embed", __name__)

#: How long a copy may be kept. Without an ETag: a copy that is confirmed would keep its old nonces under new headers.
_FIVE_MINUTES_S = 300


@bp.get("/conditions/<slug>/embed")
@public
@framed
def show(slug: str) -> Response:
    """Show the published figures of a condition inside the page of another site: map, table, how to read them."""
    condition = conditions.get(get_session(), slug)
    shown = figures.page(condition, is_guest=True)
    answer = make_response(render_template("embed/show.html", condition=condition, figures=shown, framed=True))
    return keep(answer, seconds=_FIVE_MINUTES_S)
