"""The published figures on the page of a condition, and the same figures as JSON."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from mapservice.db import get_session
from mapservice.store.catalogue import conditions
from mapservice.store.figures import published
from mapservice.store.tables import Condition
from mapservice.web.accounts.access import public
from mapservice.web.figures import embed, public_figures
from mapservice.web.site.condition_sections import ConditionSection
from mapservice.web.site.headers import cache_for

bp = Blueprint("figures", __name__)

#: The maximum of an integer column; the cache lifetime of a release.
MAX_RELEASE, _YEAR_S = 2**31 - 1, 31_536_000


@bp.get(f"/conditions/<slug>/figures/<int(max={MAX_RELEASE}):release>.json")
@public
def as_json(slug: str, release: int) -> Response:
    """Return the figures of a condition in a release, which never change and are the same for everybody."""
    session = get_session()
    condition = conditions.get(session, slug)
    figures = published.figures(session, published.get_release(session, release), condition)
    answer = Response(orjson.dumps(published.as_data(condition, figures)), mimetype="application/json")
    answer.add_etag()
    answer.make_conditional(request)
    return cache_for(answer, seconds=_YEAR_S, immutable=True)


def _facts(condition: Condition) -> dict[str, Any]:
    figures = public_figures.page(condition)
    return {
        "figures": figures,
        "embed_line": embed.embed_code(condition),
        "script_bundle": figures.script_bundle if figures else None,
    }


SECTION = ConditionSection("figures/condition", _facts)
