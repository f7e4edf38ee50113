"""Everything that is stored about a member, as a download: JSON for programs, CSV for a spreadsheet."""

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, render_template

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.files import sanitize
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.deletion import FILES, Entry
from mapservice.store.across import my_data
from mapservice.store.across.subjects import PLAN
from mapservice.store.messages.my_messages import UNREADABLE
from mapservice.store.tables import Member
from mapservice.web.accounts.access import fresh_member_required, member_required
from mapservice.web.site import form_fields
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import current_site

bp = Blueprint("my_data", __name__)

MemberData = Sequence[tuple[Entry, list[dict[str, Any]]]]


class CopyFormat(StrEnum):
    """The format of the download."""

    JSON = "json"
    CSV = "csv"


@bp.get("/me/data")
@member_required
def show(_member: Member) -> str:
    """Say what is stored about the member, and offer the download."""
    form_fields.allow_only_queries()
    return render_template("accounts/my_data/show.html", plan=PLAN, files=FILES)


@bp.post("/me/data")
@fresh_member_required
@idempotent
def save(member: Member) -> Response:
    """Return everything that is stored about the member."""
    form_fields.allow_only("form")
    return download(member)


def download(member: Member) -> Response:
    """Return everything that is stored about a member, in the format that the form asks for."""
    form = form_fields.choice("form", CopyFormat)
    entries = my_data.member_data(get_session(), member, current_config())
    answer = Response(as_json(entries) if form is CopyFormat.JSON else as_csv(entries), content_type=_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="my-data.{form}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


_TYPES = {CopyFormat.JSON: "application/json; charset=utf-8", CopyFormat.CSV: "text/csv; charset=utf-8"}


def as_json(entries: MemberData) -> str:
    """Return the data as JSON, with descriptions of each part, and the tables without personal data."""
    content = {
        "about": _(
            "What %(site)s stores about you. If something is left out, this file says so.",
            site=current_site().site_name,
        ),
        "made": dt.datetime.now(dt.UTC).date(),
        "parts": [
            {
                "table": entry.table,
                "what": _(entry.holds),
                "rows": _translate(rows) if entry.is_told else _(my_data.UNTOLD),
            }
            for entry, rows in entries
        ],
        "without_you": [
            {"table": entry.table, "what": _(entry.holds), "why": _(entry.why)}
            for entry in (*PLAN, *FILES)
            if not entry.person
        ],
    }
    return json.dumps(content, default=_as_text, ensure_ascii=False, indent=2) + "\n"


def as_csv(entries: MemberData) -> str:
    """Return the same as one CSV table: part, row number, field, value."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["table", "what", "row", "field", "value"])
    for entry, records in entries:
        if not entry.is_told:
            rows.writerow([entry.table, _(entry.holds), "", "", _(my_data.UNTOLD)])
        for number, record in enumerate(_translate(records), start=1):
            for field, value in record.items():
                rows.writerow([entry.table, _(entry.holds), number, field, cell(value)])
    return text.getvalue()


def _translate(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the sentences for what is not shown in the language of the page."""
    sentences = {words: _(words) for words in (my_data.KEPT_BACK, my_data.UNTOLD, UNREADABLE)}
    return [
        {name: sentences.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]


def cell(value: Any) -> str:
    """Return a value that no spreadsheet interprets as a formula.

    >>> cell("=1+1"), cell("Alice"), cell(None)
    ("'=1+1", 'Alice', '')
    """
    return sanitize.cell("" if value is None else _as_text(value))


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)
