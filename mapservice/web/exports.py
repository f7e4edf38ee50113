"""What was handed out of the published figures, to whom and what for: for every member to read."""

from flask import Blueprint, render_template

from mapservice.db import get_session
from mapservice.store import ledger
from mapservice.store.ledger import Act
from mapservice.store.tables import Member
from mapservice.web import forms
from mapservice.web.guards import member_required

bp = Blueprint("exports", __name__)

#: Lines on one page.
PAGE = 50


@bp.get("/exports")
@member_required
def show(_member: Member) -> str:
    """Show the list of exports, the newest first."""
    forms.allow_only_queries("page")
    page = forms.page_number()
    how_many, lines = ledger.lines(get_session(), Act.EXPORT, limit=PAGE, offset=(page - 1) * PAGE)
    return render_template("exports/show.html", lines=lines, page=page, pages=-(-how_many // PAGE))
