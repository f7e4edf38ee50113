"""The public map of a condition for embedding in other sites: the same for everybody, and without a session."""

from flask import Blueprint, Response, make_response, render_template, url_for
from markupsafe import Markup

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.i18n.translation import gettext as _
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition
from mapservice.web.accounts.access import public
from mapservice.web.figures import public_figures
from mapservice.web.site.headers import cache_for, embeddable
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.service import current_site

bp = Blueprint("embed", __name__)

#: Cache lifetime. Without an ETag, so that a copy is replaced and never confirmed.
_FIVE_MINUTES_S = 300

# A script in the embedding page may enlarge the frame; we do not learn which page it is.
_LINE = Markup(
    '<iframe src="{}" title="{}" width="100%" height="640" loading="lazy" referrerpolicy="no-referrer" '
    'style="border:0;resize:vertical"></iframe>'
)


@bp.get("/conditions/<slug>/embed")
@public
@in_every_language
@embeddable
def show(slug: str) -> Response:
    """Show the published figures of a condition for embedding: map, table, how to read them."""
    condition = conditions.get(get_session(), slug)
    shown = public_figures.page(condition, is_guest=True)
    answer = make_response(render_template("figures/embed/show.html", condition=condition, figures=shown, framed=True))
    return cache_for(answer, seconds=_FIVE_MINUTES_S)


def embed_code(condition: Condition) -> str | None:
    """Return the HTML that embeds the map of a condition, as text; None if embedding is disabled."""
    config = current_config()
    if not config.framed_by:
        return None
    address = config.address + url_for("embed.show", slug=condition.slug)
    title = _("Map of people with %(condition)s, by %(site)s", condition=condition.name, site=current_site().site_name)
    return str(_LINE.format(address, title))
