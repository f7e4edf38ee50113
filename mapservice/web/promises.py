"""What the service promises about a member's place, and what it does not."""

from flask import Blueprint, render_template

bp = Blueprint("promises", __name__)


@bp.get("/privacy")
def show() -> str:
    """Show the four promises, what is not promised, and how zones work, in plain words."""
    return render_template("promises/show.html")
