"""What the service promises about a member's place, and what it does not."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from mapservice.db import get_session
from mapservice.geo.zones import CHOOSABLE, FLOOR, Level
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.store import releases
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
    release = releases.current(get_session())
    profile = PROFILES.get(release.profile, DEFAULT) if release else DEFAULT
    return render_template("promises/show.html", levels=levels, profile=profile)
