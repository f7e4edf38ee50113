"""Published figures for programs, as JSON and as the files that ``mapservice export`` writes."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from mapservice.actions import export_figures
from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.files.formats import TYPES, Format
from mapservice.files.table import Geography
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.store.catalogue import conditions, listing
from mapservice.store.figures import published, releases
from mapservice.store.tables import Release
from mapservice.web.accounts.access import public
from mapservice.web.api.annotations import ApiResponse, documented
from mapservice.web.api.parameters import MAX_LENGTH, Parameter, choice_parser, integer_parser
from mapservice.web.api.schemas import FILE, NUMBER, TEXT, schema
from mapservice.web.site import rate_limits
from mapservice.web.site.pagination import MAX_PAGE, page_count
from mapservice.web.site.redirects import base_url
from mapservice.web.site.responses import BRIEF_S, FOREVER_S, JSON, figure_file_response, json_response

bp = Blueprint("api", __name__, url_prefix="/api/v1")

#: Conditions per page of the list, and the maximum number of search results.
PAGE, MAX_RESULTS = 100, 50

#: Number of conditions from which on writing a file takes long, in any format.
MAX_QUICK_CONDITIONS = 10
_QUICK = (Format.CSV, Format.DICTIONARY, Format.GEOJSON)

SLUG = Parameter("slug", _l("Slug of a condition, from its URL."), TEXT)
RELEASE = Parameter("number", _l("Number of a release."), NUMBER)
FORMAT = Parameter(
    "format",
    _l("csv-metadata.json is the data dictionary of the CSV. html is a one-page report on one condition."),
    {"type": "string", "enum": [file_format.value for file_format in Format]},
)
QUERY = Parameter(
    "q",
    _l("Part of a name, an abbreviation or a code, such as ORPHA:513."),
    {**TEXT, "maxLength": MAX_LENGTH},
    default="",
)
PAGE_NUMBER = Parameter(
    "page", _l("Page of the list, from 1."), {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
    integer_parser(1, MAX_PAGE), 1,
)  # fmt: skip
CONDITIONS = Parameter(
    "condition",
    _l("Slug of a condition. Repeat it for more conditions, up to %(most)s.", most=export_figures.MAX_CONDITIONS),
    {"type": "array", "items": TEXT, "minItems": 1, "maxItems": export_figures.MAX_CONDITIONS},
    repeats=True,
)
_BY = [geography.value for geography in Geography]
BY = Parameter(
    "by", _l("country or region."), {"type": "string", "enum": _BY, "default": _BY[0]}, choice_parser(_BY), _BY[0]
)
LANGUAGE = Parameter(
    "language",
    _l(
        "Language of country names: %(codes)s. Other texts are in the same language if the site has it, otherwise in "
        "English.",
        codes=", ".join(export_figures.LANGUAGES),
    ),
    {"type": "string", "enum": list(export_figures.LANGUAGES), "default": "en"},
    choice_parser(export_figures.LANGUAGES),
    "en",
)
WITH_FEW = Parameter(
    "with_few",
    _l(
        "yes or no. yes also lists places with too few people to show, without a number, for up to %(most)s "
        "conditions.",
        most=export_figures.MAX_LISTED_CONDITIONS,
    ),
    {"type": "string", "enum": ["yes", "no"], "default": "no"},
    choice_parser(("yes", "no")),
    "no",
)

_KINDS = {file_format: TYPES[file_format].partition(";")[0] for file_format in Format}
_FILES: dict[str, Any] = {kind: schema("Statistics") if "geo+json" in kind else FILE for kind in _KINDS.values()}
_FILES[_KINDS[Format.DICTIONARY]] = {"type": "object"}
_TO_CURRENT = {307: ApiResponse(_l("Redirect to the newest release."))}


@bp.get("/conditions")
@public
@documented({200: ApiResponse(_l("Conditions."), {JSON: "Conditions"})}, query=(QUERY, PAGE_NUMBER))
def list_conditions(q: str, page: int) -> Response:
    """List the conditions of the catalogue by name, or those that match a search text, most likely first."""
    session = get_session()
    slugs = [hit.slug for hit in conditions.find(session, q, MAX_RESULTS)] if q else None
    entries, matched = listing.entries(session, slugs, offset=(page - 1) * PAGE, limit=PAGE)
    listed = [
        {"slug": entry.slug, "name": entry.name, "codes": entry.codes, "synonyms": entry.synonyms}
        | {"url": base_url() + url_for("api.show_condition", slug=entry.slug)}
        for entry in entries
    ]
    return json_response({"conditions": listed, "page": page, "pages": page_count(matched, PAGE), "matched": matched})


@bp.get("/conditions/<slug>")
@public
@documented({200: ApiResponse(_l("A condition."), {JSON: "Condition"})}, path=(SLUG,), errors=(404,))
def show_condition(slug: str) -> Response:
    """Show one condition: its names and codes, and links to its page and its figures."""
    session = get_session()
    condition = conditions.get(session, slug)
    return json_response(
        {
            "slug": slug,
            "name": condition.name,
            "summary": condition.summary,
            "codes": listing.codes(session, condition),
            "synonyms": list(listing.synonyms(session, condition)),
            "url": base_url() + url_for("api.show_condition", slug=slug),
            "page": base_url() + url_for("conditions.show", slug=slug),
            "figures": base_url() + url_for("api.current_figures", format="csv", condition=slug),
        }
    )


@bp.get("/releases")
@public
@documented({200: ApiResponse(_l("Releases."), {JSON: "Releases"})})
def list_releases() -> Response:
    """List the releases of the figures, the newest first."""
    every = releases.list_all(get_session())
    current = {"current": every[0].number} if every else {}
    return json_response({"releases": [_release_json(release) for release in every], **current})


@bp.get("/releases/current")
@public
@documented(_TO_CURRENT, errors=(404,))
def current_release() -> Response:
    """Redirect to the newest release."""
    return _to_current("api.show_release")


@bp.get("/releases/<int:number>")
@public
@documented(
    {200: ApiResponse(_l("A release, which never changes."), {JSON: "Release"})}, path=(RELEASE,), errors=(404,)
)
def show_release(number: int) -> Response:
    """Show one release: its day, and the rules by which its figures were made."""
    return json_response(_release_json(published.get_release(get_session(), number)), seconds=FOREVER_S)


_FILE = f"figures.<any({', '.join(repr(file_format.value) for file_format in Format)}):format>".replace("'", '"')
_ASKED = (CONDITIONS, BY, LANGUAGE, WITH_FEW)


@bp.get(f"/releases/current/{_FILE}")
@public
@documented(_TO_CURRENT, path=(FORMAT,), query=_ASKED, errors=(404,))
def current_figures(format: str, **_asked: Any) -> Response:
    """Redirect to the same file of the newest release."""
    return _to_current("api.figures", format=format, **request.args.to_dict(flat=False))


@bp.get(f"/releases/<int:number>/{_FILE}")
@public
@documented(
    {200: ApiResponse(_l("The file."), _FILES), 304: ApiResponse(_l("Your copy is still current."))},
    path=(RELEASE, FORMAT),
    query=_ASKED,
    errors=(404, 422),
)
def figures(number: int, format: str, condition: list[str], by: str, language: str, with_few: str) -> Response:
    """Return the figures of some conditions in a release by country or region, as a file that never changes."""
    form = Format(format)
    # The rate limit comes first: one request holds one connection at a time.
    if form not in _QUICK or len(set(condition)) > MAX_QUICK_CONDITIONS:
        rate_limits.consume(rate_limits.limit("files"), rate_limits.address())
    session = get_session()
    selection = export_figures.select_figures(
        session, condition, Geography(by), release=number, language=language, with_few=with_few == "yes"
    )
    path = export_figures.write_file(session, current_config(), selection, form)
    return figure_file_response(path, form, selection.release)


def _to_current(endpoint: str, **values: Any) -> Response:
    release = releases.newest(get_session())
    answer = Response(status=307, headers={"Location": url_for(endpoint, number=release.number, **values)})
    answer.headers["Cache-Control"] = f"public, max-age={BRIEF_S}"
    return answer


def _release_json(release: Release) -> dict[str, Any]:
    profile = PROFILES.get(release.profile, DEFAULT)
    return {
        "number": release.number,
        "released_on": release.made_on.isoformat(),
        "profile": profile.name,
        "threshold": profile.threshold,
        "rounded_to": profile.base,
        "plus_minus": profile.interval,
        "url": base_url() + url_for("api.show_release", number=release.number),
        "figures": base_url() + url_for("api.figures", number=release.number, format="csv"),
    }
