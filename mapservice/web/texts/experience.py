"""What members say about a question of a condition: reading, and adding one's own experience."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request

from mapservice.db import get_session
from mapservice.i18n.question_words import question_html
from mapservice.i18n.text_words import shown_text
from mapservice.i18n.translation import Message, get_locale, ngettext
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.questions import QuestionKind
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, Member
from mapservice.store.texts import public_texts
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required, public
from mapservice.web.site import pagination, rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.languages import addresses, in_every_language
from mapservice.web.site.question_sections import PublicAnswer, QuestionSection
from mapservice.web.site.retries import idempotent
from mapservice.web.site.shared_pages import shared_page
from mapservice.web.texts import reading, writing
from mapservice.web.texts.places import TextPlace

bp = Blueprint("experience", __name__)

#: Texts on a page of their list, and on the page of the question.
PAGE, LATEST = 20, 5


@bp.get("/conditions/<slug>/questions/<question>/experience")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def index(slug: str, question: str) -> Response:
    """List what members say about a question, for this viewer."""
    place = TextPlace.of_question(slug, question)
    return shared_page(partial(condition_page_version, slug=slug), partial(_list, place, QuestionKind(question)))


@bp.get("/conditions/<slug>/questions/<question>/experience/add")
@member_required
def write(member: Member, slug: str, question: str) -> Answer:
    """Show the form for an experience, with what was typed before."""
    return writing.write(member, TextPlace.of_question(slug, question))


@bp.post("/conditions/<slug>/questions/<question>/experience/add")
@member_required
def publish(member: Member, slug: str, question: str) -> Answer:
    """Publish an experience, or hold it until a moderator has read it."""
    return writing.publish(member, TextPlace.of_question(slug, question))


@bp.route("/conditions/<slug>/questions/<question>/experience/add/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str, question: str) -> Answer:
    """Show an experience as others would read it. Nothing is published."""
    return writing.preview(member, TextPlace.of_question(slug, question))


@bp.post("/conditions/<slug>/questions/<question>/experience/add/draft")
@member_required
@idempotent
def keep(member: Member, slug: str, question: str) -> Answer:
    """Keep what was typed, without publishing it."""
    return writing.keep(member, TextPlace.of_question(slug, question))


@bp.post("/conditions/<slug>/questions/<question>/experience/add/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member, slug: str, question: str) -> Answer:
    """Delete what was typed."""
    return writing.forget(member, TextPlace.of_question(slug, question))


def _list(place: TextPlace, question: QuestionKind) -> str:
    condition = conditions.get(get_session(), place.slug)
    by_thanks = request.args.get("order") == "thanks" and login.viewer() is not None
    texts = pagination.load_page(partial(reading.listed, condition, place.kind, question, by_thanks=by_thanks), PAGE)
    return render_template(
        "texts/experiences.html",
        condition=condition,
        question=question,
        heading=question_html(question, condition.name),
        texts=texts,
        rows=[(text, shown_text(text.row)) for text in texts.rows],
        by_thanks=by_thanks and texts.total >= MIN_COUNT,
        is_counted=texts.total >= MIN_COUNT,
        canonical=addresses().get(str(get_locale()), ""),
    )


def _section(condition: Condition, kind: QuestionKind) -> dict[str, Any]:
    how_many, texts = reading.listed(condition, MemberTextKind.EXPERIENCE, kind, limit=LATEST)
    rows = [(text, shown_text(text.row)) for text in texts]
    return {"experiences": rows, "experience_count": how_many if how_many >= MIN_COUNT else 0}


def _answers(condition: Condition, kind: QuestionKind) -> list[PublicAnswer]:
    """Return the experiences on the page of a question that everybody can read."""
    load = partial(public_texts.listed, get_session(), condition, MemberTextKind.EXPERIENCE, kind)
    _how_many, texts = load(limit=LATEST)
    return [
        PublicAnswer(
            "\n".join(said for _title, said in shown_text(text.row).parts),
            text.row.written_on,
            text.row.language,
            f"text-{text.row.id}",
        )
        for text in texts
    ]


def _notes(condition: Condition) -> dict[QuestionKind, Message]:
    """Return how many experiences there are with each question, from five on."""
    return {
        QuestionKind(topic): ngettext("%(num)s experience", "%(num)s experiences", count)
        for topic, count in reading.counts_by_topic(condition).items()
        if count >= MIN_COUNT and topic in set(QuestionKind)
    }


SECTION = QuestionSection("texts/question", _section, _notes, _answers)
