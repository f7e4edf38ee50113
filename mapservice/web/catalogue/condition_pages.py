"""The pages of the catalogue: the start, suggestions of conditions, the page of one condition, sources."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from mapservice.db import get_session
from mapservice.geo.zones import FLOOR
from mapservice.i18n.abbreviations import abbreviation
from mapservice.i18n.translation import Message
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions, listing
from mapservice.store.knowledge import facts
from mapservice.web.accounts.access import public
from mapservice.web.site import condition_sections, pagination, rate_limits
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.service import service_settings
from mapservice.web.site.shared_pages import shared_page

bp = Blueprint("conditions", __name__)

#: Maximum number of conditions that are suggested while somebody types.
MAX_SUGGESTIONS = 8

#: Maximum length of a query; the rest is ignored.
QUERY_LENGTH = 200

#: Maximum number of conditions of a service that shows them as one list.
FEW = 30

#: Examples on the start page for visitors who want to look around.
SUGGESTED = (
    "acute-lymphoblastic-leukaemia",
    "multiple-sclerosis",
    "crohns-disease",
    "cystic-fibrosis",
    "endometriosis",
    "marfan-syndrome",
)


@dataclass(frozen=True, slots=True)
class Program:
    """Software that the site is built on."""

    name: str
    purpose: Message
    licence: str


PROGRAMS = (
    Program("folium, branca", _l("build the maps"), "MIT"),
    Program("Leaflet", _l("displays the maps in your browser"), "BSD-2-Clause"),
    Program("protomaps-leaflet", _l("draws the base map"), "BSD-3-Clause"),
    Program("topojson-client", _l("reads the shapes of zones"), "ISC"),
    Program("Flask, Werkzeug, Jinja, Babel, Flask-Babel, Flask-WTF", _l("create the pages"), "BSD-3-Clause"),
    Program("argon2-cffi, itsdangerous", _l("protect passwords and the links in e-mails"), "MIT, BSD-3-Clause"),
    Program("markdown-it-py, nh3", _l("format the texts of the people who run the service"), "MIT"),
    Program("py3langid", _l("recognises the language of a text"), "BSD"),
    Program("Pillow", _l("draws the logo"), "MIT-CMU"),
    Program("PostgreSQL", _l("stores the data"), "PostgreSQL"),
    Program("PostGIS", _l("performs spatial queries"), "GPL-2.0-or-later"),
    Program("SQLAlchemy, Alembic, GeoAlchemy 2", _l("connect to the database"), "MIT"),
    Program("Shapely, NumPy", _l("calculate with shapes"), "BSD-3-Clause"),
    Program("H3", _l("helped to divide the zones"), "Apache-2.0"),
)


@bp.get("/")
@public
@in_every_language
def home() -> str | WerkzeugResponse:
    """Show what the site is for, and a search over all conditions; of a few conditions a list.

    A service for one condition has no other start page than that of the condition.
    """
    settings = service_settings()
    if settings.only:
        return redirect(url_for("conditions.show", slug=settings.only))
    session = get_session()
    few = listing.offered(session, FEW) if is_for_few() else []
    suggested = [] if few else listing.with_slugs(session, SUGGESTED)
    return render_template("catalogue/home.html", suggested=suggested, few=few, smallest_zone=min(FLOOR.values()))


@bp.get("/search.json")
@public
def suggest() -> dict[str, list[dict[str, str]]]:
    """Return the most likely conditions for the text typed so far, and the other name that matched."""
    hits = conditions.find(get_session(), _query(), MAX_SUGGESTIONS)
    return {
        "conditions": [
            {
                "name": hit.name,
                "matched": "" if hit.matched == hit.name else hit.matched,
                "url": url_for("conditions.show", slug=hit.slug),
            }
            for hit in hits
        ]
    }


@bp.get("/conditions/")
@public
@in_every_language
def index() -> str:
    """List the conditions of the catalogue, one letter at a time."""
    if is_for_few():
        return render_template("catalogue/few.html", few=listing.offered(get_session(), FEW))
    letters = listing.letters(get_session())
    letter = request.args.get("letter", "A")
    matching = listing.beginning_with(get_session(), letter) if letter in letters else []
    listed = pagination.paginate(matching, listing.PAGE)
    return render_template("catalogue/index.html", letters=letters, letter=letter, conditions=listed)


@bp.get("/conditions/<slug>")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str) -> Response:
    """Show one condition: its names and codes, facts, figures, and links to its community."""
    return shared_page(partial(condition_page_version, slug=slug), partial(_condition_page, slug))


@bp.get("/sources")
@public
@in_every_language
def sources() -> str:
    """Show the sources of boundaries, towns and disease names, and their licences."""
    return render_template("catalogue/sources.html", programs=PROGRAMS, releases=facts.release_days(get_session()))


def is_for_few() -> bool:
    """Return whether the service is for so few conditions that a list of them is shorter than a search."""
    number = service_settings().number_offered
    return number is not None and number <= FEW


def _condition_page(slug: str) -> str:
    condition = conditions.get(get_session(), slug)
    synonyms = listing.synonyms(get_session(), condition)
    return render_template(
        "catalogue/show.html",
        condition=condition,
        abbreviation=abbreviation(synonyms),
        synonyms=synonyms,
        codes=listing.codes(get_session(), condition),
        **condition_sections.collect(condition),
    )


def _query() -> str:
    # Longer than any name; a longer query would only slow down the search.
    return " ".join(request.args.get("q", "")[:QUERY_LENGTH].split())
