"""The HTTP status of each error, and the page that explains what to do."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from mapservice import errors, logs
from mapservice.db import outages
from mapservice.geo.tiles import NoSuchTileError
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.site import csrf, responses, retry_messages, service
from mapservice.web.site.headers import is_embedded
from mapservice.web.site.redirects import is_api, is_shared_file, wants_json

log = structlog.get_logger()
logs.declare("unexpected", "overtaken", "database_unavailable", "message_key_missing")

STATUS = {
    errors.UnknownZoneError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownConditionError: HTTPStatus.NOT_FOUND,
    errors.UnknownReleaseError: HTTPStatus.NOT_FOUND,
    errors.UnknownPersonError: HTTPStatus.NOT_FOUND,
    errors.UnknownTextError: HTTPStatus.NOT_FOUND,
    errors.UnknownReportError: HTTPStatus.NOT_FOUND,
    errors.UnknownConversationError: HTTPStatus.NOT_FOUND,
    errors.TooMuchError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BadParameterError: HTTPStatus.BAD_REQUEST,
    NoSuchTileError: HTTPStatus.NOT_FOUND,
    errors.NotAMemberError: HTTPStatus.FORBIDDEN,
    errors.ConsentMissingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooFineError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MovedTooSoonError: HTTPStatus.CONFLICT,
    errors.TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
}

WORDS = {
    400: _l("We could not read the form. Nothing was changed. Go back, reload the page and send it again."),
    403: _l("Your account does not have access to this page."),
    404: _l("There is no page at this address. The link may be old. You can search for any condition here."),
    405: _l("You cannot use this page in this way. Go back and try the button again."),
    409: _l("You cannot change this again yet."),
    413: _l("What you sent is too large. Nothing was changed."),
    422: _l("We do not recognise something in the form. Nothing was changed. Go back and choose again."),
    429: _l("You have sent too many requests in a short time. Please wait a little and try again."),
    500: _l("Something went wrong on our side. None of your changes were saved. Please try again."),
    503: _l("The service is temporarily unavailable. Nothing was changed. Please try again in a moment."),
}

#: Messages that are more specific than those of the status.
WORDS_OF: dict[type[Exception], Any] = {
    errors.NotAMemberError: _l("You have not joined the community for this condition. Nothing was changed."),
    errors.UnknownPersonError: _l("This person is not visible to you. They may have hidden themselves or left."),
    errors.UnknownConversationError: _l("This conversation does not exist. It may have been deleted."),
    errors.MissingMessageKeyError: _l(
        "We cannot open messages at the moment. Nothing was changed or sent. Please try again later."
    ),
    errors.UnknownTextError: _l(
        "You cannot read this text. Its author may have withdrawn it, or it may never have existed."
    ),
    errors.UnknownReportError: _l("There is no such report. It may have been deleted some time after the decision."),
    errors.UnknownReleaseError: _l("There is no such release of the statistics. There may not be a release yet."),
    errors.TooMuchError: _l("That is too much for one file. Choose fewer conditions. A report can only cover one."),
    IntegrityError: _l("This was changed somewhere else at the same time, perhaps in another tab. Please try again."),
}

#: After a commit without an answer, the outcome is unknown.
WORDS_OF_UNKNOWN_OUTCOME = _l(
    "We were interrupted while saving, so your change may already be saved. Open the page again in a moment and "
    "check before you try again."
)

WORDS_OF_UNKNOWN_CONDITION = _l(
    "There is no such condition. Use the slug from the condition's URL, or find it with /api/v1/conditions?q=."
)

#: Messages for programs and terminals, where those of the pages would be misleading.
WORDS_FOR_PROGRAMS = {
    400: _l("We could not read this request. See /api for what you can request."),
    404: _l("There is nothing at this address. See /api for what there is."),
    405: _l("You cannot use this address in this way: it only accepts GET and HEAD requests."),
    422: _l("This address does not accept forms or files. See /api for what you can request."),
    500: _l("Something went wrong on our side. Please try again."),
}

# Errors with "try again later"; their page repeats what was typed.
_FOR_LATER = {429, 503}

#: Conflicts of concurrent transactions.
_SAME_MOMENT = (IntegrityError, StaleDataError, ObjectDeletedError)


def init_app(app: Flask) -> None:
    """Show every error as a page (or JSON if requested), never as a stack trace."""
    for error, status in STATUS.items():
        app.register_error_handler(error, lambda problem, status=status: _answer(status, problem))
    app.register_error_handler(errors.MissingMessageKeyError, _key_missing)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(InterfaceError, _unavailable)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(DBAPIError, _database)
    for same_moment in _SAME_MOMENT:
        app.register_error_handler(same_moment, _overtaken)
    app.register_error_handler(Exception, _unexpected)


def _http(problem: HTTPException) -> ResponseReturnValue:
    if problem.response is not None or (problem.code or 500) < 400:
        return problem
    return _answer(problem.code or 500, problem)


def _key_missing(problem: Exception) -> ResponseReturnValue:
    log.error("message_key_missing", endpoint=request.endpoint)
    return _answer(503, problem)


def _unavailable(problem: SQLAlchemyError) -> ResponseReturnValue:
    # The message of a database error may contain a row; its class does not.
    log.warning("database_unavailable", error=type(problem).__name__, endpoint=request.endpoint)
    return _answer(503, problem)


def _database(problem: DBAPIError) -> ResponseReturnValue:
    # A lost connection does not always raise an OperationalError.
    return _unavailable(problem) if problem.connection_invalidated else _unexpected(problem)


def _overtaken(problem: Exception) -> ResponseReturnValue:
    log.warning("overtaken", error=type(problem).__name__, endpoint=request.endpoint)
    return _answer(HTTPStatus.CONFLICT, problem, WORDS_OF[IntegrityError])


def _unexpected(problem: Exception) -> ResponseReturnValue:
    log.error("unexpected", error=type(problem).__name__, endpoint=request.endpoint)
    return _answer(500, problem)


def _answer(status: int, problem: Exception, words: Any = None) -> ResponseReturnValue:
    _undo()
    status = int(status)
    if status >= 500:
        service.use_last_known()
    if status >= 500 and outages.current().may_have_written:
        words = WORDS_OF_UNKNOWN_OUTCOME
    words = words or WORDS_OF.get(type(problem)) or WORDS.get(status, WORDS[400] if status < 500 else WORDS[500])
    alternatives: list[retry_messages.Alternative] = []
    if isinstance(problem, errors.TooManyRequestsError):
        words, alternatives = retry_messages.sentence(problem), retry_messages.alternatives(problem.purpose)
    headers = {}
    if status in _FOR_LATER:
        headers["Retry-After"] = str(getattr(problem, "retry_after", None) or 5)
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        headers["Allow"] = ", ".join(sorted(problem.valid_methods))
    if is_api():
        return responses.problem_response(status, _for_programs(status, problem, str(words)), headers)
    if wants_json():
        return {"error": str(words)}, status, headers
    if is_shared_file():
        return str(words), status, {"Content-Type": "text/plain; charset=utf-8", **headers}
    if is_embedded():
        return (
            render_template("figures/embed/problem.html", status=status, words=words, alternatives=alternatives),
            status,
            headers,
        )
    again = csrf.repeatable_form() if status in _FOR_LATER and not outages.current().may_have_written else None
    return (
        render_template("site/errors/problem.html", status=status, words=words, alternatives=alternatives, again=again),
        status,
        headers,
    )


def _for_programs(status: int, problem: Exception, words: str) -> str:
    if isinstance(problem, errors.BadParameterError):
        return str(problem)
    if isinstance(problem, errors.UnknownConditionError):
        return str(WORDS_OF_UNKNOWN_CONDITION)
    return words if type(problem) in WORDS_OF else str(WORDS_FOR_PROGRAMS.get(status, words))


def _undo() -> None:
    """Roll back what the view did not commit, so that the error page can still query the signed-in member."""
    try:
        if "session" in g:
            g.session.rollback()
    except SQLAlchemyError as gone:
        log.warning("database_unavailable", error=type(gone).__name__)
