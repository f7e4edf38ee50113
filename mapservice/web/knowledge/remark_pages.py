"""For editors: what readers say is wrong with the articles of their conditions and languages."""

import uuid
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.question_words import question
from mapservice.i18n.translation import gettext as _
from mapservice.questions import REMARK_KEPT_FOR, QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import feedback
from mapservice.store.knowledge.feedback import ListedRemark
from mapservice.store.tables import Member
from mapservice.text import contacts
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, pagination
from mapservice.web.site.retries import idempotent

bp = Blueprint("remarks", __name__, url_prefix="/me/articles/remarks")

#: Rows per page.
PAGE = 25


@bp.get("/")
@member_required
def list_open(member: Member) -> str:
    """List the remarks that no editor is done with, the oldest first."""
    return _list(member, is_done=False)


@bp.get("/done")
@member_required
def list_done(member: Member) -> str:
    """List the remarks that an editor was done with."""
    return _list(member, is_done=True)


@bp.post("/<slug>/<uuid:remark_id>")
@member_required
@idempotent
def mark(member: Member, slug: str, remark_id: uuid.UUID) -> Response:
    """Note that the editors are done with a remark, or put it back into the list."""
    is_done, session = form_fields.is_yes("done"), get_session()
    condition = conditions.get(session, slug, hidden=True)
    if not feedback.set_done(session, member, condition, remark_id, is_done=is_done):
        session.rollback()
        flash(_("This has been changed or deleted since you opened the list."), "warning")
    else:
        commit(session)
        flash(_("Done. You can undo this under “Done”.") if is_done else _("It is back in the list."), "success")
    return redirect(url_for("remarks.list_open" if is_done else "remarks.list_done"), code=303)


def _list(member: Member, *, is_done: bool) -> str:
    form_fields.allow_only_queries("page")
    remarks = pagination.load_page(partial(feedback.listed, get_session(), member, is_done=is_done), PAGE)
    return render_template(
        "knowledge/article/remarks.html",
        remarks=remarks,
        rows=[(remark, _title(remark), contacts.mask(remark.body, _("[hidden]"))) for remark in remarks.rows],
        is_done=is_done,
        languages=LANGUAGES,
        kept_days=REMARK_KEPT_FOR.days,
    )


def _title(remark: ListedRemark) -> str:
    return question(QuestionKind(remark.kind), remark.condition.name)
