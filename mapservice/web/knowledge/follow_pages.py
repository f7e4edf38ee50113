"""Following the articles about a condition, and noting that their changes were read."""

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response
from wtforms import HiddenField

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.questions import QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import article_follows
from mapservice.store.tables import Condition, Member
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required
from mapservice.web.knowledge.article_forms import number_in
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Form
from mapservice.web.site.retries import idempotent

bp = Blueprint("article_follows", __name__)

#: Where the button can be, beside the page of a condition and those of questions: the pages to which it leads back.
_LISTS = {"articles": "articles.mine", "e-mails": "notifications.edit"}


class SeenForm(Form):
    """Up to which change a member has read."""

    changes = HiddenField()


@bp.post("/conditions/<slug>/articles/follow")
@member_required
@idempotent
def follow(member: Member, slug: str) -> Response:
    """Follow the articles about a condition."""
    form_fields.allow_only("place")
    condition = conditions.get(get_session(), slug)
    back = _back(condition)
    article_follows.follow(get_session(), member, condition)
    commit(get_session())
    flash(_("You follow the articles about this condition now. You find them under “Articles”."), "success")
    return redirect(back, code=303)


@bp.post("/conditions/<slug>/articles/unfollow")
@rate_limits.unlimited
@member_required
@idempotent
def unfollow(member: Member, slug: str) -> Response:
    """Stop following the articles about a condition."""
    form_fields.allow_only("place")
    condition = conditions.get(get_session(), slug, hidden=True)
    back = _back(condition)
    article_follows.unfollow(get_session(), member, condition)
    commit(get_session())
    flash(_("You no longer follow the articles about this condition."), "success")
    return redirect(back, code=303)


@bp.post("/conditions/<slug>/articles/seen")
@member_required
@idempotent
def seen(member: Member, slug: str) -> Response:
    """Note that the member has read the changes that the page listed."""
    form, session = SeenForm(), get_session()
    article_follows.note_seen(session, member, conditions.get(session, slug, hidden=True), number_in(form.changes))
    commit(session)
    return redirect(url_for("articles.mine"), code=303)


def unseen() -> int:
    """Return about how many conditions that the viewer follows there are new articles."""
    member = login.viewer()
    try:
        return article_follows.unseen(get_session(), member) if member is not None else 0
    except SQLAlchemyError:
        return 0


def follows(condition: Condition) -> bool:
    """Return whether the viewer follows the articles about a condition."""
    member = login.viewer()
    return member is not None and article_follows.is_following(get_session(), member, condition)


def _back(condition: Condition) -> str:
    """Return the address of the page with the button that was pressed; 422 if there is none."""
    place = request.form.get("place", "")
    if place in _LISTS:
        return url_for(_LISTS[place])
    if place in set(QuestionKind):
        return url_for("questions.show", slug=condition.slug, question=place, _anchor="feedback")
    if place:
        raise UnprocessableEntity
    return url_for("conditions.show", slug=condition.slug, _anchor="questions")
