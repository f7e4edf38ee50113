"""What the service promises about a member's place, and what it does not."""

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext as _l

from mapservice.geo.zones import CHOOSABLE, FLOOR, Level
from mapservice.privacy.disclosure import PROFILES
from mapservice.web.guards import public

bp = Blueprint("promises", __name__)

_LEVELS = {
    Level.COUNTRY: _l("Country"),
    Level.REGION: _l("Region, such as a province"),
    Level.DISTRICT: _l("District, a part of a region"),
    Level.AREA: _l("Area, the finest there is"),
}


@bp.get("/privacy")
@public
def show() -> str:
    """Show the four promises, what is not promised, how zones and figures are made, in plain words."""
    levels = [(_LEVELS[level], FLOOR[level]) for level in CHOOSABLE]
    # From the settings, not from the newest release: this page must appear when the database does not.
    profile = PROFILES[current_app.extensions["config"].release_profile]
    return render_template("promises/show.html", levels=levels, profile=profile)
