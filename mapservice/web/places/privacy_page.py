"""The privacy page: what the service guarantees about a member's location, and what it does not."""

from flask import Blueprint, render_template

from mapservice.current import current_config
from mapservice.geo.zones import CHOOSABLE, FLOOR, Level
from mapservice.i18n.translation import gettext
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.deletion import FILES
from mapservice.privacy.disclosure import PROFILES
from mapservice.web.accounts.access import public
from mapservice.web.site.languages import in_every_language

bp = Blueprint("privacy_page", __name__)

_LEVELS = {
    Level.COUNTRY: _l("Country"),
    Level.REGION: _l("Region, such as a province"),
    Level.DISTRICT: _l("District, a part of a region"),
    Level.AREA: _l("Area, the most precise choice"),
}


#: The advantage over guessing whether one person joined, by number of accounts: attack A31 in docs/privacy-evidence.md.
ADVANTAGES = {300: 0.54, 8: 0.18}


def right_in_100(advantage: float) -> int:
    """Return how often in a hundred attempts an attacker is right, if guessing is right fifty times.

    >>> right_in_100(0.0), right_in_100(0.54)
    (50, 77)
    """
    return int(50 + 50 * advantage)


@bp.get("/privacy")
@public
@in_every_language
def show() -> str:
    """Show the four promises, what is not promised, and how zones and figures are made."""
    levels = [(_LEVELS[level], FLOOR[level]) for level in CHOOSABLE]
    # From the settings, not from the newest release: this page has to work without the database.
    profile = PROFILES[current_config().release_profile]
    tested = [(accounts, right_in_100(advantage)) for accounts, advantage in ADVANTAGES.items()]
    return render_template(
        "places/privacy_page/show.html",
        levels=levels,
        profile=profile,
        tested=tested,
        months_uncounted=profile.months_uncounted,
        erased_within=gettext(next(entry.deadline for entry in FILES if entry.table == "database")),
    )
