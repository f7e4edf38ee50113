"""The page that explains to people what their programs can ask for."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions import export_figures
from mapservice.web.accounts.access import public
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import base

bp = Blueprint("guide", __name__)


@bp.get("/api")
@public
@in_every_language
def show() -> str:
    """Show what can be asked for, with an example for a terminal, and on which terms."""
    return render_template("api/guide/show.html", most=export_figures.MAX_CONDITIONS, base=base())


@bp.get("/api/v1")
@public
def show_version() -> Response:
    """Lead to the page, whoever cut an address off here."""
    return redirect(url_for("guide.show"), 308)
