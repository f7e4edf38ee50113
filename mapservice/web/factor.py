"""The second factor of staff as pages: asked for after the password, set up, given new recovery codes, removed."""

import time
from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from mapservice.config import Config
from mapservice.db import get_session
from mapservice.store import factors, operations, staff
from mapservice.store import sessions as stored_sessions
from mapservice.store.tables import Member
from mapservice.web import account_forms, identity, letters, limits, onetime, sessions
from mapservice.web.account_forms import Answer, page
from mapservice.web.guards import fresh_member_required, member_required
from mapservice.web.operations import operation_id
from mapservice.web.ways import local_path

bp = Blueprint("factor", __name__)

# The same words for a code that is wrong, too old, or was used.
WRONG = _l("This code does not work. Take the one that the app shows now; each works once.")

WRONG_CLOCK = _l(
    "This code belongs to another time: the clock of your phone is wrong by a minute or more. "
    "Set it to the automatic time, wait for the next code and enter that one."
)

# Of a secret that no code has proved yet, the session keeps what it is made from.
_SALT = "factor_salt"


@bp.route("/sign-in/code", methods=["GET", "POST"])
@member_required
def ask(member: Member) -> Answer:
    """Ask staff for their second factor after the password, and go on to where they wanted to go."""
    form = account_forms.AskForm()
    is_sent = form.validate_on_submit()
    target = _target(form)
    if identity.has_second_factor() or factors.of(get_session(), member) is None:
        return redirect(target, code=303)
    if is_sent:
        if _is_right(member, form.code.data):
            get_session().commit()
            identity.give_second_factor()
            _tell_what_is_left(member, form.code.data)
            return redirect(target, code=303)
        form.code.errors = [_problem_of(member, form.code.data)]
    return page("factor/ask.html", form)


@bp.route("/account/second-factor/new", methods=["GET", "POST"])
@fresh_member_required
def set_up(member: Member) -> Answer:
    """Give staff a secret for their phone and, once its first code is right, recovery codes, shown this one time."""
    form = account_forms.FirstCodeForm()
    is_sent = form.validate_on_submit()
    target = _target(form)
    if not staff.roles_of(get_session(), member):
        abort(404)
    if factors.of(get_session(), member) is not None:
        return _done_before()
    salt = bytes.fromhex(session.setdefault(_SALT, onetime.new_salt().hex()))
    secret = onetime.secret_of(member.id, salt)
    if is_sent:
        limits.spend_code(str(member.id))
        step = onetime.step_of(secret, onetime.usual_form(form.code.data), time.time())
        if step is not None:
            return _begin(member, salt, step, target)
        form.code.errors = [_what_is_wrong(secret, form.code.data)]
    config: Config = current_app.extensions["config"]
    picture = onetime.picture(secret, name=member.email, site=config.site_name)
    return page("factor/set_up.html", form, secret=onetime.groups(secret), picture=picture)


@bp.route("/account/second-factor/codes", methods=["GET", "POST"])
@fresh_member_required
def renew_codes(member: Member) -> Answer:
    """Give new recovery codes, shown this one time; the old ones are worth nothing any more."""

    def renew() -> Answer:
        codes = onetime.new_recovery_codes()
        factors.replace_codes(get_session(), member, [onetime.hash_of(member.id, each) for each in codes])
        letters.factor_changed(member)
        get_session().commit()
        return render_template("factor/codes.html", codes=codes, target=url_for("account.show"))

    return _by_code(member, "factor/renew_codes.html", renew)


@bp.route("/account/second-factor/remove", methods=["GET", "POST"])
@fresh_member_required
def remove(member: Member) -> Answer:
    """Remove the second factor, to set up another or none; all other sessions end."""

    def forget() -> Answer:
        factors.forget(get_session(), member)
        _tell_everywhere(member)
        identity.drop_second_factor()
        flash(_("The second factor is removed. Pages for staff stay closed until you set up a new one."), "success")
        return redirect(url_for("account.show"), code=303)

    return _by_code(member, "factor/remove.html", forget)


def _begin(member: Member, salt: bytes, step: int, target: str) -> Answer:
    """Keep a second factor that was proved, and show its recovery codes."""
    if operations.is_done(get_session(), operation_id(), member):
        return _done_before()
    codes = onetime.new_recovery_codes()
    hashes = [onetime.hash_of(member.id, each) for each in codes]
    factors.set_up(get_session(), member, salt=salt, step=step, codes=hashes)
    _tell_everywhere(member)
    session.pop(_SALT)
    identity.give_second_factor()
    return render_template("factor/codes.html", codes=codes, target=target)


def _by_code(member: Member, template: str, act: Callable[[], Answer]) -> Answer:
    """A page that asks for a code, also from who gave one before, and does something once it is right."""
    form = account_forms.CodeForm()
    is_sent = form.validate_on_submit()
    if factors.of(get_session(), member) is None:
        return redirect(url_for("account.show"), code=303)
    if not is_sent:
        return page(template, form)
    if operations.is_done(get_session(), operation_id(), member):
        return _done_before()
    if _is_right(member, form.code.data):
        return act()
    get_session().rollback()
    form.code.errors = [_problem_of(member, form.code.data)]
    return page(template, form)


def _is_right(member: Member, text: str) -> bool:
    """Whether a code of the phone or of the paper is right; it is used up in the transaction of the view.

    :raise TooManyRequestsError: after too many tries.
    """
    limits.spend_code(str(member.id))
    factor = factors.of(get_session(), member)
    code = onetime.usual_form(text)
    if factor is None:
        return False
    if onetime.is_of_phone(code):
        step = onetime.step_of(onetime.secret_of(member.id, factor.salt), code, time.time())
        return factors.use_step(get_session(), member, step)
    return factors.use_code(get_session(), member, onetime.hash_of(member.id, code))


def _problem_of(member: Member, text: str) -> str:
    """Return what is said of a code that does not work."""
    factor = factors.of(get_session(), member)
    if factor is None:
        return WRONG
    return _what_is_wrong(onetime.secret_of(member.id, factor.salt), text, last_step=factor.last_step)


def _what_is_wrong(secret: str, text: str, *, last_step: int = 0) -> str:
    step = onetime.step_of_wrong_clock(secret, onetime.usual_form(text), time.time())
    # A code from before the last one was used, or might have been; no clock is wrong then.
    return WRONG_CLOCK if step is not None and step > last_step else WRONG


def _tell_what_is_left(member: Member, text: str) -> None:
    """Say how many recovery codes are left to somebody who used one."""
    if not onetime.is_of_phone(onetime.usual_form(text)):
        left = factors.codes_left(get_session(), member)
        flash(ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left), "info")


def _target(form: account_forms.AskForm | account_forms.FirstCodeForm) -> str:
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    return local_path(form.next.data) or url_for("account.show")


def _tell_everywhere(member: Member) -> None:
    """Write what was changed, end all other sessions, and tell the member so by a letter."""
    mine = sessions.hash_of(session.token or "")  # type: ignore[attr-defined]
    stored_sessions.end_all(get_session(), member.id, but=mine)
    letters.factor_changed(member)
    get_session().commit()


def _done_before() -> Answer:
    """Answer a form that was sent twice: recovery codes cannot be shown again."""
    flash(_("That was done already. If you saw no recovery codes, make new ones."), "info")
    return redirect(url_for("account.show"), code=303)
