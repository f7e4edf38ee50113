"""The operation id of every form that writes something, so that sending it twice has one effect."""

import uuid

from flask import Flask, abort, request
from markupsafe import Markup

from mapservice.web.site import retries

FIELD = "operation"
HEADER = "X-Operation-Id"


def init_app(app: Flask) -> None:
    """Add the template functions ``operation_field()``, and ``new_operation()`` for pages with several forms."""
    app.jinja_env.globals["operation_field"] = operation_field
    app.jinja_env.globals["new_operation"] = uuid.uuid4


def operation_field() -> Markup:
    """Return a hidden field; after an error the form keeps its id."""
    sent_id = _read(request.form.get(FIELD)) if request.method == "POST" else None
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, sent_id or uuid.uuid4())


def operation_id() -> uuid.UUID:
    """Return the operation id of this request, from its form, its JSON or its header; 400 if it has none."""
    sent_id = _read(request.form.get(FIELD) or request.headers.get(HEADER) or _from_json())
    if sent_id is None:
        abort(400)
    retries.mark_repeatable()
    return sent_id


def _read(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _from_json() -> str:
    payload = request.get_json(silent=True) if request.is_json else None
    return str(payload.get(FIELD, "")) if isinstance(payload, dict) else ""
