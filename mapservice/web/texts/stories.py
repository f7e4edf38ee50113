"""Reading stories: those of one condition, and one of them. Visitors read the public ones."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request

from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.text_words import reasons_in_words, shown_text, state_in_words
from mapservice.i18n.translation import get_locale
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import PublicText
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts import login
from mapservice.web.accounts.access import public
from mapservice.web.site import pagination, rate_limits
from mapservice.web.site.languages import addresses, in_every_language
from mapservice.web.site.shared_pages import shared_page
from mapservice.web.texts import reading

bp = Blueprint("stories", __name__)

#: Stories on a page of their list.
PAGE = 20


@bp.get("/conditions/<slug>/stories")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def index(slug: str) -> Response:
    """List the stories of a condition that this viewer can read."""
    return shared_page(partial(condition_page_version, slug=slug), partial(_list, slug))


@bp.get("/conditions/<slug>/stories/<uuid:text_id>")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str, text_id: uuid.UUID) -> Any:
    """Show a story; its author also sees what became of it. For one that is not public, visitors have to sign in."""
    return reading.shown_or_sign_in(slug, partial(_page, slug, text_id))


def _list(slug: str) -> str:
    condition = conditions.get(get_session(), slug)
    by_thanks = request.args.get("order") == "thanks" and login.viewer() is not None
    load = partial(reading.listed, condition, MemberTextKind.STORY, by_thanks=by_thanks)
    texts = pagination.load_page(load, PAGE)
    return render_template(
        "texts/stories.html",
        condition=condition,
        texts=texts,
        rows=[(text, shown_text(text.row)) for text in texts.rows],
        by_thanks=by_thanks and texts.total >= MIN_COUNT,
        is_counted=texts.total >= MIN_COUNT,
        canonical=addresses().get(str(get_locale()), ""),
    )


def _page(slug: str, text_id: uuid.UUID) -> str:
    condition = conditions.get(get_session(), slug)
    text = reading.get(condition, text_id)
    state, reasons = (state_in_words(text.row), reasons_in_words(text.row)) if text.is_own else ("", [])
    return render_template(
        "texts/story.html",
        condition=condition,
        text=text,
        shown=shown_text(text.row),
        state=state,
        reasons=reasons,
        canonical=_canonical(text),
        structured_data=_structured_data(condition, text),
    )


def _structured_data(condition: Condition, text: ReadText) -> dict[str, Any] | None:
    """Return what search engines read about a story for everybody: nothing about its author, and its day only."""
    if not isinstance(text.row, PublicText):
        return None
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": shown_text(text.row).title,
        "url": _canonical(text),
        "inLanguage": text.row.language,
        "datePublished": text.row.written_on.isoformat(),
        "about": {"@type": "MedicalCondition", "name": condition.name},
    }


def _canonical(text: ReadText) -> str:
    """Return the one address of a story: that in its own language, if the site has it."""
    language = text.row.language
    return addresses().get(language if language in LANGUAGES else "x-default", "")
