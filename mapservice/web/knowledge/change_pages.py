"""What has changed between two versions of an article: for editors any two, for readers since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, abort, render_template

from mapservice.db import get_session
from mapservice.i18n.question_words import question_html
from mapservice.i18n.translation import Message
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import QuestionKind
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import articles, editors
from mapservice.store.knowledge.articles import ArticleKey, SignedVersion
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.articles import ArticleVersion
from mapservice.text.differences import Piece, differences
from mapservice.web.accounts.access import member_required, public
from mapservice.web.knowledge.shown_articles import public_articles
from mapservice.web.site import rate_limits
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.shared_pages import shared_page

bp = Blueprint("article_changes", __name__)

_PARTS = {"short": _l("Short answer"), "body": _l("Long answer"), "next_steps": _l("Next steps")}


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """A part of an article, and what has changed in it."""

    title: Message
    pieces: Sequence[Piece]


@bp.get("/conditions/<slug>/questions/<question>/changes")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str, question: str) -> Response:
    """Show what has changed in the public answer to a question since the public version before."""
    if question not in set(QuestionKind):
        abort(404)
    render = partial(_since_the_one_before, slug, QuestionKind(question))
    return shared_page(partial(condition_page_version, slug=slug), render)


@bp.get("/conditions/<slug>/questions/<question>/answer/<written_in>/compare/<int:older>/<int:newer>")
@member_required
def compare(member: Member, slug: str, question: str, written_in: str, older: int, newer: int) -> str:
    """Show editors what has changed between two versions, also of drafts."""
    condition = conditions.get(get_session(), slug)
    if question not in set(QuestionKind) or not editors.is_editor(get_session(), member, condition, written_in):
        abort(404)
    key = ArticleKey(condition.id, QuestionKind(question), written_in)
    before, after = (_version(key, number) for number in (older, newer))
    return _page(condition, key.kind, before.version, after.version, is_for_editors=True)


def _since_the_one_before(slug: str, kind: QuestionKind) -> str:
    condition = conditions.get(get_session(), slug)
    shown = public_articles(condition).get(kind)
    if shown is None:
        abort(404)
    key = ArticleKey(condition.id, kind, shown.language)
    before = articles.replaced_before(get_session(), key, shown.number)
    if before is None:
        abort(404)
    return _page(condition, kind, before, _version(key, shown.number).version)


def _version(key: ArticleKey, number: int) -> SignedVersion:
    signed = articles.get(get_session(), key, number) if number < 1_000_000_000 else None
    if signed is None:
        abort(404)
    return signed


def _page(
    condition: Condition,
    kind: QuestionKind,
    before: ArticleVersion,
    after: ArticleVersion,
    *,
    is_for_editors: bool = False,
) -> str:
    parts = [
        ComparedPart(title, differences(getattr(before, name), getattr(after, name))) for name, title in _PARTS.items()
    ]
    parts.append(ComparedPart(_l("Sources"), differences(_sources(before), _sources(after))))
    return render_template(
        "knowledge/article/changes.html",
        condition=condition,
        kind=kind,
        heading=question_html(kind, condition.name),
        before=before,
        after=after,
        parts=[part for part in parts if part.pieces],
        is_for_editors=is_for_editors,
    )


def _sources(version: ArticleVersion) -> str:
    return "\n".join(f"{source['title']}, {source['publisher']}, {source['address']}" for source in version.sources)
