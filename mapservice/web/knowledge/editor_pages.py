"""For admins: who is an editor for which condition and language, and appointing and dismissing them."""

import uuid

from flask import Blueprint, abort, flash, redirect, url_for
from wtforms import EmailField, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice

from mapservice.db import commit, get_session
from mapservice.errors import UnknownConditionError
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import members, staff
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.knowledge import editors
from mapservice.store.tables import Condition, Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.site import rate_limits
from mapservice.web.site.forms import Answer, Form, is_email, page
from mapservice.web.site.rate_limits import Limit
from mapservice.web.site.retries import idempotent

bp = Blueprint("editors", __name__, url_prefix="/admin/service/editors")

#: Addresses that one admin can try in an hour: the answer says whether there is an account.
TRIES = Limit("appoint_editor", 20, 60 * 60)


class EditorForm(Form):
    """Who becomes an editor, and for what."""

    email = EmailField(
        _l("E-mail address of their account"),
        validators=[is_email],
        render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"},
    )
    condition = StringField(
        _l("Condition"), render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    )
    written_in = SelectField(
        _l("Language"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        render_kw={"translate": "no"},
    )


class DismissEditorForm(Form):
    """Who is no longer an editor, and for what."""

    member = HiddenField()
    condition = HiddenField()
    written_in = HiddenField()


@bp.get("/")
@admin_page
def show(_member: Member) -> Answer:
    """Show all editors."""
    return _page(EditorForm(formdata=None))


@bp.post("/")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def appoint(member: Member) -> Answer:
    """Make a member an editor for a condition and a language."""
    form, session = EditorForm(), get_session()
    rate_limits.consume(TRIES, str(member.id))
    is_right = form.validate()
    condition = _condition(form)
    chosen = members.by_email(session, form.email.data) if is_right else None
    if is_right and (chosen is None or not chosen.active):
        form.reject("email", _("No account has this e-mail address. They must sign up first."))
    if chosen is None or condition is None or form.problems:
        return _page(form)
    if editors.appoint(session, chosen, condition, form.written_in.data):
        _note(member, "appoint", chosen, condition, form.written_in.data)
    commit(session)
    flash(_("They are an editor now. They find “Articles” in the navigation."), "success")
    return redirect(url_for("editors.show"), code=303)


@bp.post("/dismiss")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def dismiss(member: Member) -> Answer:
    """Make a member no longer an editor for a condition and a language."""
    form, session = DismissEditorForm(), get_session()
    try:
        chosen = session.get(Member, uuid.UUID(form.member.data or ""))
    except ValueError:
        abort(422)
    condition = conditions.get(session, form.condition.data or "", hidden=True)
    if chosen is not None and editors.dismiss(session, chosen, condition, form.written_in.data or ""):
        _note(member, "dismiss", chosen, condition, form.written_in.data)
    commit(session)
    flash(_("They are no longer an editor. What they wrote stays, with their name."), "success")
    return redirect(url_for("editors.show"), code=303)


def _condition(form: EditorForm) -> Condition | None:
    """Return the condition of the form, named by its slug or by its whole name or code; None if it is none."""
    typed, session = " ".join((form.condition.data or "").split())[:200], get_session()
    try:
        return conditions.get(session, typed, hidden=True)
    except UnknownConditionError:
        hits = conditions.find(session, typed, 1, hidden=True) if typed else []
        if hits and hits[0].matched.casefold() == typed.casefold():
            return conditions.get(session, hits[0].slug, hidden=True)
    form.reject("condition", _("We found no condition by that name. Enter the last part of the address of its page."))
    return None


def _note(member: Member, what: str, chosen: Member, condition: Condition, language: str) -> None:
    """Add the change to the audit log, with the mark of the account instead of a name."""
    mark = audit_log.account_mark(chosen)
    audit_log.add_entry(get_session(), Act.CHANGE, member, f"editor: {what} {condition.slug} {language} {mark}")


def _page(form: EditorForm) -> Answer:
    listed = editors.everybody(get_session())
    return page(
        "knowledge/editors/show.html",
        form,
        editors=listed,
        marks={one.member.id: audit_log.account_mark(one.member) for one in listed},
        languages=LANGUAGES,
    )
