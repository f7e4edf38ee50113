"""For readers of an article: saying that it helped, or writing to its editors what is wrong with it."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField, ValidationError

from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.question_words import question_html
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import MAX_REMARK, MIN_REMARK, QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import articles, feedback
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.articles import ArticleVersion
from mapservice.text.tidying import tidy
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, Form, Tick, page
from mapservice.web.site.rate_limits import Limit
from mapservice.web.site.retries import idempotent

bp = Blueprint("article_feedback", __name__)

_PATH = "/conditions/<slug>/questions/<question>/answer/<written_in>"

#: Remarks that a member can send in a day.
REMARKS = Limit("article_remarks", 10, 24 * 60 * 60)


class RemarkForm(Form):
    """What is wrong with an article, and whether its editors can see the name of the writer."""

    body = TextAreaField(
        _l("What is wrong, and why?"),
        filters=[lambda text: tidy(text or "")],
        render_kw={"rows": "6", "maxlength": str(MAX_REMARK), "dir": "auto"},
    )
    shows_name = Tick(_l("Editors can see my name"))

    def validate_body(self, field: TextAreaField) -> None:
        """Check that it is neither too short nor too long."""
        if not MIN_REMARK <= len(field.data) <= MAX_REMARK:
            words = _("Write %(least)s to %(most)s characters.", least=MIN_REMARK, most=f"{MAX_REMARK:,}")
            raise ValidationError(words)


@bp.post(f"{_PATH}/helped")
@member_required
@idempotent
def say_helped(member: Member, slug: str, question: str, written_in: str) -> Response:
    """Say that an article helped, or undo that."""
    change = feedback.note_helped if form_fields.is_yes("helped") else feedback.forget_helped
    condition, key, _version = _public(slug, question, written_in)
    change(get_session(), member, key)
    commit(get_session())
    return redirect(_address(condition, key), code=303)


@bp.get(f"{_PATH}/wrong")
@member_required
def ask(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Ask what is wrong with an article; show what the member has said before."""
    form_fields.allow_only_queries()
    condition, key, _version = _public(slug, question, written_in)
    row = feedback.remark_of(get_session(), member, key)
    data = {"body": row.body, "shows_name": row.shows_name} if row else {}
    return _page(member, condition, key, RemarkForm(formdata=None, data=data))


@bp.post(f"{_PATH}/wrong")
@member_required
@idempotent
def send(member: Member, slug: str, question: str, written_in: str) -> Answer:
    """Send to the editors what is wrong with an article, instead of what the member has said before."""
    form, session = RemarkForm(), get_session()
    condition, key, version = _public(slug, question, written_in)
    if not form.validate():
        return _page(member, condition, key, form)
    body, shows_name = form.body.data, bool(form.shows_name.data)
    if not feedback.is_remark(feedback.remark_of(session, member, key), body, shows_name=shows_name):
        rate_limits.consume(REMARKS, str(member.id))
        feedback.remark(session, member, key, version.number, body, shows_name=shows_name)
        commit(session)
    flash(_("Thank you. The editors of this article can read it now."), "success")
    return redirect(_address(condition, key), code=303)


@bp.post(f"{_PATH}/wrong/withdraw")
@rate_limits.unlimited
@member_required
@idempotent
def withdraw(member: Member, slug: str, question: str, written_in: str) -> Response:
    """Delete what the member has said is wrong with an article."""
    form_fields.allow_only()
    condition, key = _article(slug, question, written_in)
    feedback.withdraw_remark(get_session(), member, key)
    commit(get_session())
    flash(_("What you wrote has been deleted. The editors can no longer read it."), "success")
    return redirect(_address(condition, key), code=303)


def _article(slug: str, question: str, written_in: str) -> tuple[Condition, ArticleKey]:
    if question not in set(QuestionKind) or written_in not in LANGUAGES:
        abort(404)
    condition = conditions.get(get_session(), slug)
    return condition, ArticleKey(condition.id, QuestionKind(question), written_in)


def _public(slug: str, question: str, written_in: str) -> tuple[Condition, ArticleKey, ArticleVersion]:
    """Return an article that everybody can read: about another nobody can say anything."""
    condition, key = _article(slug, question, written_in)
    version = articles.public_version(get_session(), key)
    if version is None:
        abort(404)
    return condition, key, version


def _address(condition: Condition, key: ArticleKey) -> str:
    return url_for("questions.show", slug=condition.slug, question=key.kind.value, _anchor="feedback")


def _page(member: Member, condition: Condition, key: ArticleKey, form: RemarkForm) -> Answer:
    return page(
        "knowledge/feedback/wrong.html",
        form,
        condition=condition,
        kind=key.kind,
        written_in=key.language,
        heading=question_html(key.kind, condition.name),
        name=member.pseudonym,
        is_sent=feedback.remark_of(get_session(), member, key) is not None,
        least=MIN_REMARK,
        most=f"{MAX_REMARK:,}",
    )
