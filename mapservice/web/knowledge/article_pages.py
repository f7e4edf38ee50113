"""For editors: writing the answer to a question, its versions, and what is decided about them."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions.decide_article import Decision, Refusal, can_review, decide
from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES, SOURCE
from mapservice.i18n.question_words import TITLES, question_html
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import PUBLIC, QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import article_follows, articles, editors, feedback, source_links
from mapservice.store.knowledge.articles import AUTHOR, REVIEWER, ArticleKey, Signature
from mapservice.store.tables import Condition, Member
from mapservice.web.accounts.access import fresh_member_required, member_required
from mapservice.web.knowledge.article_forms import (
    ArticleDecisionForm,
    ArticleForm,
    RestoreVersionForm,
    ReviewForm,
    number_in,
)
from mapservice.web.knowledge.article_words import DECIDED, REFUSALS, STATES
from mapservice.web.knowledge.shown_articles import rendered, shown
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.retries import idempotent

bp = Blueprint("articles", __name__)

_PATH = "/conditions/<slug>/questions/<question>/answer/<written_in>"

_CHANGED = _l("Someone else has changed this text since you opened it. Compare the two, then save again.")


@bp.get("/me/articles")
@member_required
def mine(member: Member) -> str:
    """Show what is new in the articles that the member follows, and what they are an editor for."""
    session = get_session()
    followed = [
        (one, article_follows.latest_changes(session, one.condition, {get_locale().language, SOURCE}))
        for one in article_follows.followed(session, member)
    ]
    listed = [
        (
            one,
            articles.latest_states(session, one.condition.id, one.language),
            source_links.dead(session, one.condition.id, one.language),
        )
        for one in editors.of_member(session, member)
    ]
    remarks = feedback.count(session, member, is_done=False)
    return render_template(
        "knowledge/article/mine.html",
        followed=followed,
        listed=listed,
        remarks=remarks,
        titles=TITLES,
        languages=LANGUAGES,
        states=STATES,
    )


@bp.get(_PATH)
@member_required
def edit(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Show the answer to a question for its editors, and its versions."""
    condition, key = _editable(member, slug, question, written_in)
    newest = articles.newest(get_session(), key)
    last = articles.last_signature(get_session(), member, condition.id, AUTHOR)
    form = ArticleForm.of(newest.version if newest else None, last.name if last else "")
    return _page(member, condition, key, form)


@bp.post(_PATH)
@member_required
@idempotent
def save(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Store a new version as a draft, or only show what it would look like."""
    form, session = ArticleForm(), get_session()
    condition, key = _editable(member, slug, question, written_in)
    if not form.validate():
        return _page(member, condition, key, form)
    if form.preview.data:
        return _page(member, condition, key, form, status=200)
    newest = articles.newest(session, key)
    is_known = newest is not None and articles.text_of(newest.version) == form.text
    if not is_known and _store(member, key, form) is None:
        session.rollback()
        newest = articles.newest(session, key)
        form.base.data = str(newest.version.number if newest else 0)
        form.form_errors.append(_CHANGED)
        return _page(member, condition, key, form, status=409)
    commit(session)
    flash(_("Saved. Only editors can see it until it is published."), "success")
    return redirect(_address(condition, key), code=303)


@bp.post(f"{_PATH}/decide")
@fresh_member_required
@idempotent
def decide_about(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Send a version for review, publish it without a review, or withdraw it."""
    form, decision = ArticleDecisionForm(), form_fields.choice("decision", Decision)
    condition, key = _editable(member, slug, question, written_in)
    if decision is Decision.REVIEW:
        abort(422)
    refusal = decide(get_session(), member, condition, key, number_in(form.number), decision)
    return _decided(condition, key, decision, refusal)


@bp.post(f"{_PATH}/review")
@fresh_member_required
@idempotent
def review(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Publish a version of somebody else as reviewed."""
    form = ReviewForm()
    condition, key = _editable(member, slug, question, written_in)
    if not form.validate():
        return _page(member, condition, key, None, review=form)
    number = number_in(form.number)
    refusal = decide(get_session(), member, condition, key, number, Decision.REVIEW, reviewer=form.signature)
    return _decided(condition, key, Decision.REVIEW, refusal)


@bp.post(f"{_PATH}/restore")
@member_required
@idempotent
def restore(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Make the text of an earlier version a new draft."""
    form, session = RestoreVersionForm(), get_session()
    condition, key = _editable(member, slug, question, written_in)
    earlier = articles.get(session, key, number_in(form.number))
    newest = articles.newest(session, key)
    if earlier is None or newest is None:
        abort(422)
    if articles.text_of(earlier.version) == articles.text_of(newest.version):
        return redirect(_address(condition, key), code=303)  # pressed twice
    last = articles.last_signature(session, member, condition.id, AUTHOR)
    restored = ArticleForm.of(earlier.version, last.name if last else _("An editor"))
    restored.base.data = str(newest.version.number)
    _store(member, key, restored)
    commit(session)
    flash(_("The earlier version is a draft now. It is not public until you publish it."), "success")
    return redirect(_address(condition, key), code=303)


def _store(member: Member, key: ArticleKey, form: ArticleForm) -> int | None:
    """Store what was written as a new draft by the member; return its number, or None if there is a newer one."""
    session = get_session()
    number = articles.save(session, key, form.base_number, form.text)
    signed = articles.get(session, key, number) if number else None
    if signed is not None:
        articles.sign(session, signed.version, AUTHOR, member, Signature(form.author.data))
    return number


def _decided(condition: Condition, key: ArticleKey, decision: Decision, refusal: Refusal | None) -> Response:
    if refusal is None:
        commit(get_session())
        flash(str(DECIDED[decision]), "success")
    else:
        get_session().rollback()
        flash(str(REFUSALS[refusal]), "error")
    return redirect(_address(condition, key), code=303)


def _editable(member: Member, slug: str, question: str, written_in: str) -> tuple[Condition, ArticleKey]:
    """Return the condition and the article that a member can edit; there is no page for everybody else."""
    condition = conditions.get(get_session(), slug)
    if question not in set(QuestionKind) or not editors.is_editor(get_session(), member, condition, written_in):
        abort(404)
    return condition, ArticleKey(condition.id, QuestionKind(question), written_in)


def _address(condition: Condition, key: ArticleKey) -> str:
    return url_for("articles.edit", slug=condition.slug, question=key.kind.value, written_in=key.language)


def _page(
    member: Member,
    condition: Condition,
    key: ArticleKey,
    form: ArticleForm | None,
    *,
    review: ReviewForm | None = None,
    status: int = 422,
) -> Answer:
    session = get_session()
    known = articles.versions(session, key)
    newest = known[0] if known else None
    public = next((signed for signed in known if signed.version.state in PUBLIC), None)
    waiting = next((signed for signed in (newest, public) if signed and can_review(signed, member)), None)
    if form is None:
        last = articles.last_signature(session, member, condition.id, AUTHOR)
        form = ArticleForm.of(newest.version if newest else None, last.name if last else "")
    return page(
        "knowledge/article/edit.html",
        review if review else form,
        status=status,
        article_form=form,
        review=review or _review_form(member, condition, waiting),
        is_conflict=status == 409,
        condition=condition,
        kind=key.kind,
        written_in=key.language,
        language_name=LANGUAGES.get(key.language, key.language),
        heading=question_html(key.kind, condition.name),
        states=STATES,
        newest=newest,
        public=public,
        waiting=waiting,
        helped=feedback.times_helped(session, key),
        versions=[(signed, shown(signed)) for signed in known],
        preview={name: rendered(form[name].data or "") for name in ("short", "body", "next_steps")}
        if form.preview.data
        else None,
    )


def _review_form(member: Member, condition: Condition, waiting: articles.SignedVersion | None) -> ReviewForm | None:
    """Return the form of a review as the member last gave their name; None if there is nothing to review."""
    if waiting is None:
        return None
    last = articles.last_signature(get_session(), member, condition.id, REVIEWER)
    data = {"name": last.name, "profession": last.profession, "conflicts": last.conflicts} if last else {}
    return ReviewForm(formdata=None, suffix="review", data={**data, "number": str(waiting.version.number)})
