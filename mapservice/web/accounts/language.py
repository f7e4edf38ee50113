"""The language of a member's pages."""

from contextlib import suppress

from flask import Blueprint, g, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.store.accounts import members
from mapservice.store.tables import Member
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields
from mapservice.web.site.redirects import local_path
from mapservice.web.site.retries import idempotent

bp = Blueprint("language", __name__)


def of_account() -> str | None:
    """Return the language that the signed-in member chose; None without a member or a choice."""
    if "member" not in g:
        with suppress(SQLAlchemyError):
            account = login.current_account()
            if account is not None:
                language: str | None = account["language"]
                return language
    member = login.viewer()
    return member.language if member is not None else None


@bp.post("/me/language")
@member_required
@idempotent
def choose(member: Member) -> Response:
    """Store the language that a member chose, and return to the page they came from."""
    form_fields.allow_only("language", "next")
    language = request.form.get("language", "")
    if language in LANGUAGES:
        members.choose_language(member, language)
        commit(get_session())
    return redirect(local_path(request.form.get("next")) or "/", code=303)
