"""Access control of views. Each guard sets ``policy`` on the view, so that a test can check every route."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, session, url_for
from werkzeug.datastructures import ImmutableMultiDict

from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.translation import Message
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import second_factors, staff
from mapservice.store.tables import Member
from mapservice.web.accounts import ceremonies, login, passwords
from mapservice.web.accounts.account_forms import StepUpForm
from mapservice.web.site import csrf, rate_limits
from mapservice.web.site.redirects import return_path, to_sign_in, wants_json

View = Callable[..., Any]
Public = TypeVar("Public", bound=Callable[..., Any])

#: The names of the fields for a password, or for the answer of a passkey, in a form that needs one of them.
PASSWORD_FIELD = "step_up_password"  # noqa: S105
PASSKEY_FIELD = "step_up_passkey"

NOT_THE_PASSWORD = _l("Wrong password. Try again.")

NOT_THE_PASSKEY = _l(
    "This passkey did not work. It may have been removed from your account, or too much time has passed. Try again."
)


def public(view: Public) -> Public:
    """Mark a view as public on purpose."""
    view.policy = "public"  # type: ignore[attr-defined]
    return view


def member_required(view: View) -> View:
    """Restrict a view to members; it gets the member as its first argument."""
    return _guarded(view, "member", lambda _member: None)


def member_required_with(find: Callable[..., Any]) -> Callable[[View], View]:
    """Restrict a view to members, and find their login and what the view needs by one statement.

    ``find`` is called as :meth:`BrowserSession.load_with` says, and with the values in the URL. What it finds is the
    first argument of the view.
    """

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(**values: Any) -> Any:
            found = session.load_with(  # type: ignore[attr-defined]
                lambda read, token, lifetime: find(read, token, member=lifetime, **values)
            )
            return _ask_to_sign_in() if login.current_account() is None else view(found, **values)

        guarded.policy = "member"  # type: ignore[attr-defined]
        return guarded

    return guard


def fresh_member_required(view: View) -> View:
    """Restrict a view to members who recently gave their password; others are asked, and what they typed is kept."""
    return _guarded(view, "fresh", ask_if_stale)


def staff_required(role: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Restrict a view to staff who gave their second factor in this session; 403 for everybody else.

    With ``fresh`` the password must have been given recently too. The view gets the member as its first argument.
    """

    def refuse(member: Member) -> Any:
        if role not in staff.staff_roles(get_session(), member):
            abort(403)
        refusal = _ask_for_code(member)
        return ask_if_stale(member) if fresh and refusal is None else refusal

    return lambda view: _guarded(view, f"staff:{role}:fresh" if fresh else f"staff:{role}", refuse)


def _guarded(view: View, policy: str, refuse: Callable[[Member], Any]) -> View:
    """Return a view for members to whom ``refuse`` returns no response."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        member = login.current_member()
        if member is None:
            return _ask_to_sign_in()
        refusal = refuse(member)
        return view(member, *args, **kwargs) if refusal is None else refusal

    guarded.policy = policy  # type: ignore[attr-defined]
    return guarded


def _ask_to_sign_in() -> Any:
    """Redirect to the page that asks for the code, if the password was given, else to the sign-in page."""
    if wants_json() or login.member_awaiting_code() is None:
        return to_sign_in()
    return redirect(url_for("two_factor.ask", next=return_path()), code=303)


def _ask_for_code(member: Member) -> Any:
    """Return None if the second factor was given, else a redirect to the page that asks for it or sets one up."""
    if login.has_second_factor():
        return None
    has_one = second_factors.find(get_session(), member) is not None
    if not has_one and _is_demo_member(member):
        return None
    if wants_json():
        return {"error": "second_factor"}, 403
    if not has_one:
        flash(_("Staff pages need a second factor. Set it up now. It takes about two minutes."), "info")
    return redirect(url_for("two_factor.ask" if has_one else "two_factor.set_up", next=return_path()), code=303)


def _is_demo_member(member: Member) -> bool:
    """Return whether this is a member of a demo with a public login, on a service that only this machine can reach."""
    config = current_config()
    return member.synthetic and config.demo and config.is_loopback and not config.production


def ask_if_stale(member: Member) -> Any:
    """Return None if the password was given recently or is in the form, else the page that asks for it."""
    return None if login.is_fresh() else _ask_for_password(member)


def _ask_for_password(member: Member) -> Any:
    """Return None if the form contains the right password, or a passkey, else the page that asks for it."""
    form = StepUpForm(formdata=None)
    if request.method not in {"GET", "HEAD"} and PASSWORD_FIELD in request.form:
        problem = _problem_with_proof(member)
        if problem is None:
            fields = [pair for pair in request.form.items(multi=True) if pair[0] not in (PASSWORD_FIELD, PASSKEY_FIELD)]
            request.form = ImmutableMultiDict(fields)
            return None
        form.reject(PASSWORD_FIELD, problem)
    if wants_json():
        return {"error": "fresh", "address": url_for("settings.again")}, 403
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("settings.again", next=return_path()), code=303)
    page = render_template(
        "accounts/settings/again.html",
        form=form,
        password=form.step_up_password,
        passkey_field=PASSKEY_FIELD,
        passkey_options=ceremonies.options_for(member),
        action=request.full_path.rstrip("?"),
        fields=csrf.typed_fields(),
    )
    return page, 403


def _problem_with_proof(member: Member) -> Message | None:
    """Return what is wrong with the password or the passkey in the form; None if it is right."""
    if request.form.get(PASSKEY_FIELD):
        return None if verify_passkey(member, request.form[PASSKEY_FIELD]) else NOT_THE_PASSKEY
    return None if verify_password(member, request.form[PASSWORD_FIELD]) else NOT_THE_PASSWORD


def verify_passkey(member: Member, answer: str) -> bool:
    """Return whether this is the answer of a passkey of the member; if so, it counts as a password given just now.

    :raise TooManyRequestsError: after too many attempts.
    """
    rate_limits.consume_step_up(str(member.id))
    if ceremonies.used_passkey(answer, of=member) is None:
        return False
    commit(get_session())
    login.mark_password_given()
    return True


def verify_password(member: Member, password: str) -> bool:
    """Return whether this is the member's password; if so, it counts as recently given.

    :raise TooManyRequestsError: after too many attempts.
    """
    rate_limits.consume_step_up(str(member.id))
    if not passwords.matches(password, member.password):
        return False
    login.mark_password_given()
    return True


def fresh_minutes() -> int:
    """Return for how many minutes a given password stays valid."""
    return current_config().fresh_minutes
