"""A feed of reviewed articles (Atom, RFC 4287): questions, short answers and days, without names of people."""

import datetime as dt

from flask import Blueprint, Response, render_template, url_for

from mapservice.db import get_session
from mapservice.i18n.question_words import question
from mapservice.i18n.translation import get_locale
from mapservice.questions import QuestionKind
from mapservice.store.knowledge import articles
from mapservice.web.accounts.access import public
from mapservice.web.knowledge.shown_articles import shown
from mapservice.web.site.languages import in_every_language

bp = Blueprint("feed", __name__)

#: Articles in the feed: the latest reviewed ones.
LATEST = 50

#: The day of a feed without articles, which Atom wants one of.
EMPTY_SINCE = dt.date(2026, 1, 1)


@bp.get("/reviewed.atom")
@public
@in_every_language
def reviewed() -> Response:
    """Return the latest reviewed articles in the language of the address."""
    listed = articles.latest_reviewed(get_session(), get_locale().language, limit=LATEST)
    entries = [
        {
            "id": f"urn:uuid:{version.id}",
            "title": question(QuestionKind(version.kind), condition.name),
            "address": url_for("questions.show", slug=condition.slug, question=version.kind, _external=True),
            "day": version.decided_on,
            "text": shown(articles.signed(get_session(), version)).text.strip(),
        }
        for version, condition in listed
    ]
    page = render_template(
        "knowledge/feed.xml",
        entries=entries,
        updated=entries[0]["day"] if entries else EMPTY_SINCE,
        own=url_for("feed.reviewed", _external=True),
        home=url_for("conditions.home", _external=True),
    )
    return Response(page, mimetype="application/atom+xml")
