"""The page of the search. What is searched for is in no log: addresses are logged without their parameters."""

from flask import Blueprint, render_template, request

from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.search.asked import MAX_LENGTH
from mapservice.web.accounts.access import public
from mapservice.web.search import results
from mapservice.web.search.results import ONLY_CONDITIONS, SearchRequest
from mapservice.web.site import pagination, search_parts
from mapservice.web.site.languages import in_every_language, keeps_queries

bp = Blueprint("search", __name__)

#: The last page; nobody reads further, and the database would have to sort more and more.
LAST_PAGE = 20


@bp.get("/search")
@public
@in_every_language
@keeps_queries("q", "kind", "written_in", "condition")
def show() -> str:
    """Show what a search finds: conditions first, then answers and texts that this reader can read."""
    kinds = {ONLY_CONDITIONS: _l("Conditions"), **{group.name: group.label for group in search_parts.groups()}}
    wish = _wish(frozenset(kinds))
    return render_template(
        "search/show.html",
        q=wish.words,
        wish=wish,
        found=results.search(wish),
        kinds=kinds,
        last_page=LAST_PAGE,
        languages_of_texts=LANGUAGES,
    )


def _wish(kinds: frozenset[str]) -> SearchRequest:
    """Return what the address asks for; a filter that does not exist is like none."""
    # PostgreSQL takes no NUL in a text.
    asked = {name: request.args.get(name, "").replace("\0", " ") for name in ("q", "kind", "written_in", "condition")}
    return SearchRequest(
        # Longer than any name; a longer query would only slow down the search.
        " ".join(asked["q"][:MAX_LENGTH].split()),
        asked["kind"] if asked["kind"] in kinds else "",
        asked["written_in"] if asked["written_in"] in LANGUAGES else "",
        results.condition_of(asked["condition"]),
        min(max(pagination.requested_number(), 1), LAST_PAGE),
    )
