"""The page that explains the API to people."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions import export_figures
from mapservice.web.accounts.access import public
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import base_url

bp = Blueprint("guide", __name__)


@bp.get("/api")
@public
@in_every_language
def show() -> str:
    """Show what the API offers, with an example for a terminal, and the terms of use."""
    return render_template("api/guide/show.html", most=export_figures.MAX_CONDITIONS, base=base_url())


@bp.get("/api/v1")
@public
def show_version() -> Response:
    """Redirect to that page, from a shortened URL."""
    return redirect(url_for("guide.show"), 308)
