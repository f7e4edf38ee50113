"""The page of each question about a condition: its answer, where that comes from, and the other questions."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, Response, abort, render_template

from mapservice.db import get_session
from mapservice.i18n.abbreviations import abbreviation
from mapservice.i18n.question_words import question, question_html
from mapservice.i18n.translation import gettext as _
from mapservice.questions import QuestionKind
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions, listing
from mapservice.store.knowledge import facts
from mapservice.web.accounts import login
from mapservice.web.accounts.access import public
from mapservice.web.knowledge import structured_data, words
from mapservice.web.knowledge.editable import editable_languages
from mapservice.web.knowledge.fact_answers import FactAnswer, fact_answers
from mapservice.web.knowledge.feedback_shown import feedback_on
from mapservice.web.knowledge.follow_pages import follows
from mapservice.web.knowledge.question_list import question_links
from mapservice.web.knowledge.shown_articles import has_earlier, public_articles
from mapservice.web.site import question_sections, rate_limits
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.shared_pages import shared_page

bp = Blueprint("questions", __name__)

# Maximum number of other names below a title.
_NAMES = 4


@bp.get("/conditions/<slug>/questions/<question>")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str, question: str) -> Response:
    """Show the answer to one question about a condition, or that nobody has answered it yet."""
    if question not in set(QuestionKind):
        abort(404)
    return shared_page(
        partial(condition_page_version, slug=slug), partial(_question_page, slug, QuestionKind(question))
    )


def _question_page(slug: str, kind: QuestionKind) -> str:
    session = get_session()
    condition = conditions.get(session, slug)
    answers = fact_answers(condition)
    articles = public_articles(condition)
    answer, article, names = answers.get(kind), articles.get(kind), listing.synonyms(session, condition)
    text = article.text if article else _text(answer)
    title = question(kind, condition.name)
    said = question_sections.answers(condition, kind) if login.viewer() is None else []
    data = structured_data.medical_page(
        condition, title, names=names, codes=listing.codes(session, condition), text=text, article=article
    )
    return render_template(
        "knowledge/question/show.html",
        condition=condition,
        kind=kind,
        title=title,
        abbreviation=abbreviation(names),
        heading=question_html(kind, condition.name),
        names=names,
        description=_description(text, names),
        caution=words.CAUTIONS.get(kind),
        answer=answer,
        article=article,
        feedback=feedback_on(condition, kind, article) if article else None,
        is_followed=follows(condition),
        has_earlier=bool(article and has_earlier(condition, kind, article)),
        questions=question_links(condition, {*answers, *articles}),
        editable=editable_languages(condition),
        releases=facts.release_days(session),
        structured_data=data if text else None,
        question_page=structured_data.question_page(title, said),
        canonical=structured_data.canonical(),
        **(answer.details if answer else {}),
        **question_sections.collect(condition, kind),
    )


def _description(text: str, names: Sequence[str]) -> str:
    """Return what search engines show below the title: other names of the condition, and the short answer."""
    also = _("Also called: %(names)s", names=", ".join(names[:_NAMES])) + "." if names else ""
    return " ".join(filter(None, [text or _("Nobody has answered this question here yet."), also]))


def _text(answer: FactAnswer | None) -> str:
    """Return a short answer as one line of text."""
    if answer is None:
        return ""
    return " ".join(filter(None, [str(answer.text), ", ".join([*(term.text for term in answer.terms), *answer.codes])]))
