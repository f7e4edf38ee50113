"""What search engines may find: robots.txt, and sitemaps of the pages that have public text or facts.

Neither depends on members.
"""

from flask import Blueprint, Response, abort, render_template, url_for

from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.store.knowledge import answered
from mapservice.web.accounts.access import public

bp = Blueprint("sitemap", __name__)


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Return the file that names the sitemap; nothing is forbidden, since nothing public is secret."""
    lines = ("User-agent: *", "Allow: /", f"Sitemap: {url_for('sitemap.index', _external=True)}")
    return Response("\n".join((*lines, "")), mimetype="text/plain")


@bp.get("/sitemap.xml")
@public
def index() -> Response:
    """Return the list of the parts of the sitemap."""
    numbers = range(1, answered.parts(get_session()) + 1)
    urls = [url_for("sitemap.part", number=number, _external=True) for number in numbers]
    return _xml("knowledge/sitemap/index.xml", urls)


@bp.get("/sitemaps/<int:number>.xml")
@public
def part(number: int) -> Response:
    """Return the addresses of some conditions and of their answered questions, in each language."""
    if not 1 <= number <= answered.parts(get_session()):
        abort(404)
    urls = []
    for condition in answered.part(get_session(), number):
        for language in LANGUAGES:
            values = {"slug": condition.slug, "language": language}
            urls.append(url_for("conditions.show", _external=True, **values))
            urls += [
                url_for("questions.show", _external=True, question=kind.value, **values) for kind in condition.kinds
            ]
    return _xml("knowledge/sitemap/part.xml", urls)


def _xml(template: str, urls: list[str]) -> Response:
    return Response(render_template(template, urls=urls), mimetype="application/xml")
