"""The catalogue as pages: start and search, the page of one condition, sources."""

from flask import Blueprint, render_template

bp = Blueprint("conditions", __name__)


@bp.get("/")
def home() -> str:
    """Show what this is, and a search over all conditions."""
    return render_template("conditions/home.html")


@bp.get("/sources")
def sources() -> str:
    """Show where boundaries, towns and disease names come from, and under which licence."""
    return render_template("conditions/sources.html")


@bp.get("/conditions/")
def index() -> str:
    """List every condition of the catalogue, one letter at a time."""
    return render_template("conditions/index.html", letters=[], letter="", conditions=[])
