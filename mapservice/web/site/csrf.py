"""CSRF protection, with a way to send a form again that was open for too long."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, make_response, render_template, request, session
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from mapservice.current import current_config
from mapservice.web.site import server_sessions
from mapservice.web.site.csrf_tokens import MaskedCSRFProtect, form_token, is_authorised_by_address, mask, unmask
from mapservice.web.site.redirects import own_origin, to_sign_in, url_origin, wants_json

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}

_IS_SIGNED_IN = "is_signed_in"

# Fields that are not typed by a person, or must never be rendered in a page.
_NOT_CARRIED = {"csrf_token", "step_up_password", "step_up_passkey"}


class ForeignOriginError(CSRFError):  # type: ignore[misc]
    """The request comes from a page of another site."""


def init_app(app: Flask, *, is_signed_in: Callable[[], bool]) -> None:
    """Check the origin and the form token of every write; ``is_signed_in`` returns whether a member sent it."""
    app.extensions[_IS_SIGNED_IN] = is_signed_in
    # A token is valid as long as its session. The origin is checked here, for http as well.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    app.before_request(_check_origin)
    MaskedCSRFProtect(app)
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})
    app.register_error_handler(CSRFError, _refused)


def typed_fields() -> list[tuple[str, str]]:
    """Return the fields of the form that may be sent again from another page; never a password."""
    pairs = request.form.items(multi=True)
    return [(name, value) for name, value in pairs if name not in _NOT_CARRIED and "password" not in name]


@dataclass(frozen=True)
class RepeatedForm:
    """A rejected form that can be sent once more, without its passwords."""

    token: str
    fields: list[tuple[str, str]]
    has_password: bool


def repeatable_form() -> RepeatedForm | None:
    """Return the form of this request for another attempt; None if it is not a readable form of our own pages."""
    if request.method != "POST" or request.routing_exception is not None or not is_own_origin():
        return None
    try:
        token = request.form.get("csrf_token")
    except HTTPException:
        return None
    if token is None:
        return None
    # Nothing has changed, so the token is still valid.
    return RepeatedForm(mask(unmask(token)), typed_fields(), any("password" in name for name in request.form))


def is_own_origin() -> bool:
    """Return whether the request was made by one of our own pages, according to the browser."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or (origin is not None and _is_ours(origin))


def _check_origin() -> None:
    # If there is no view at this address, the response is 404 or 405, whatever the origin.
    if request.method in _SAFE or request.routing_exception is not None or is_authorised_by_address():
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"} or (origin is not None and not _is_ours(origin)):
        raise ForeignOriginError("foreign origin")


def _is_ours(url: str) -> bool:
    return url_origin(url) in {own_origin(), url_origin(current_config().address)}


def _refused(problem: CSRFError) -> Any:
    """Show what was typed again with a new token, but only if it was typed into one of our own pages."""
    bool(session)  # loads the session, which a form without a token has not done yet; fails without a database
    if getattr(session, "problem", None) is not None:
        return current_app.make_response(current_app.handle_user_exception(session.problem))  # type: ignore[attr-defined]
    may_repeat = not isinstance(problem, ForeignOriginError) and is_own_origin() and request.endpoint is not None
    if may_repeat and _is_for_members() and not current_app.extensions[_IS_SIGNED_IN]():
        return to_sign_in()
    if wants_json():
        return {"error": "csrf"}, 400
    page = render_template(
        "site/errors/form_expired.html",
        may_repeat=may_repeat,
        fields=typed_fields() if may_repeat else [],
        has_password=any("password" in name for name in request.form),
        has_cookie=server_sessions.COOKIE in request.cookies,
    )
    return make_response(page, 400)


def _is_for_members() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "policy", "public") != "public"
