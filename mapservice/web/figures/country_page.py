"""The published figures of one country by region, as a page of its own for browsers without scripts."""

import re
from functools import partial

from flask import Blueprint, Response, abort, render_template

from mapservice.db import get_session
from mapservice.geo.zones import ZoneId
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.figures import published
from mapservice.web.accounts.access import public
from mapservice.web.figures import figure_table
from mapservice.web.figures.condition_section import MAX_RELEASE
from mapservice.web.site import rate_limits
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.shared_pages import shared_page

bp = Blueprint("country_figures", __name__)

_CODE = re.compile(r"[A-Z]{2}")


@bp.get(f"/conditions/<slug>/figures/<int(max={MAX_RELEASE}):release>/<code>")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str, release: int, code: str) -> Response:
    """Show the figures of a country and its regions in a release."""
    if not _CODE.fullmatch(code):
        abort(404)
    return shared_page(partial(condition_page_version, slug=slug), partial(_page, slug, release, code))


def _page(slug: str, number: int, code: str) -> str:
    session = get_session()
    condition, release = conditions.get(session, slug), published.get_release(session, number)
    figures = published.figures(session, release, condition)
    country = figure_table.one_country(figures, ZoneId(code))
    if country is None:
        abort(404)
    profile = published.profile(figures)
    facts = {"release": release, "profile": profile}
    return render_template("figures/country/show.html", condition=condition, country=country, figures=facts)
