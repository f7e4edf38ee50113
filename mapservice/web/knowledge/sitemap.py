"""What search engines may find: robots.txt, and sitemaps of the pages that have public text or facts.

Neither depends on members, nor does the day of a page: it is the newest one of the public text and facts there.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for

from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.privacy.texts import MemberTextKind
from mapservice.store.knowledge import answered
from mapservice.store.texts import public_texts
from mapservice.web.accounts.access import public

bp = Blueprint("sitemap", __name__)


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Return the file that names the sitemap; nothing is forbidden, since nothing public is secret."""
    lines = ("User-agent: *", "Allow: /", f"Sitemap: {url_for('sitemap.index', _external=True)}")
    return Response("\n".join((*lines, "")), mimetype="text/plain")


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page in a sitemap, and the newest day of what everybody can read there; None if that has no day."""

    address: str
    day: dt.date | None = None


@bp.get("/sitemap.xml")
@public
def index() -> Response:
    """Return the list of the parts of the sitemap."""
    session = get_session()
    numbers = {"part": answered.parts(session), "texts": public_texts.parts(session)}
    pages = [
        ListedPage(url_for(f"sitemap.{endpoint}", number=number, _external=True))
        for endpoint, last in numbers.items()
        for number in range(1, last + 1)
    ]
    return _xml("knowledge/sitemap/index.xml", pages)


@bp.get("/sitemaps/<int:number>.xml")
@public
def part(number: int) -> Response:
    """Return the addresses of some conditions and of their answered questions, in each language."""
    if not 1 <= number <= answered.parts(get_session()):
        abort(404)
    pages = []
    for condition in answered.part(get_session(), number):
        for language in LANGUAGES:
            values = {"slug": condition.slug, "language": language}
            pages.append(ListedPage(url_for("conditions.show", _external=True, **values), condition.day))
            pages += [
                ListedPage(url_for("questions.show", _external=True, question=kind.value, **values), day)
                for kind, day in condition.kinds.items()
            ]
    return _xml("knowledge/sitemap/part.xml", pages)


@bp.get("/sitemaps/texts/<int:number>.xml")
@public
def texts(number: int) -> Response:
    """Return the addresses of some stories and discussions that everybody can read, each in its own language."""
    if not 1 <= number <= public_texts.parts(get_session()):
        abort(404)
    pages = []
    for text in public_texts.part(get_session(), number):
        language = text.language if text.language in LANGUAGES else None
        values: dict[str, Any] = {"slug": text.slug, "language": language}
        if text.kind is MemberTextKind.THREAD:
            address = url_for("forum.show", _external=True, thread_id=text.id, **values)
        else:
            address = url_for("stories.show", _external=True, text_id=text.id, **values)
        pages.append(ListedPage(address, text.day))
    return _xml("knowledge/sitemap/part.xml", pages)


def _xml(template: str, pages: list[ListedPage]) -> Response:
    return Response(render_template(template, pages=pages), mimetype="application/xml")
