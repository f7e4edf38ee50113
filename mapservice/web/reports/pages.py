"""Reporting the profile card of somebody, and what came of one's reports."""

from flask import Blueprint, Flask, redirect, render_template, url_for

from mapservice.config import Config
from mapservice.db import commit, get_session
from mapservice.errors import UnknownPersonError
from mapservice.i18n.profile_words import CardWords, card_words
from mapservice.i18n.report_words import ANSWERS, KINDS, REASONS
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import Excerpt, ReportKind
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.places import member_lists
from mapservice.store.reports import reports
from mapservice.store.tables import Condition, Member
from mapservice.web.accounts.access import member_required
from mapservice.web.accounts.login import viewer
from mapservice.web.reports import sending
from mapservice.web.reports.sending import Reported
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer
from mapservice.web.site.retries import idempotent

bp = Blueprint("reports", __name__)


def init_app(app: Flask, _config: Config) -> None:
    """Let templates know whether there is an answer to a report that the member has not read."""
    app.jinja_env.globals["has_answered_report"] = _has_answer


@bp.get("/conditions/<slug>/people/<public_id>/report")
@member_required
def ask(member: Member, slug: str, public_id: str) -> Answer:
    """Ask why somebody is reported, and say what the moderators will see."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug)
    try:
        return sending.ask(_reported(member, condition, public_id))
    except UnknownPersonError:
        # Who has hidden since can still be reported for what they wrote.
        conversation = reports.conversation_with(get_session(), member, condition, public_id)
        if conversation is None:
            raise
        return redirect(url_for("message_reports.ask", slug=slug, conversation_id=conversation))


@bp.post("/conditions/<slug>/people/<public_id>/report")
@member_required
def send(member: Member, slug: str, public_id: str) -> Answer:
    """Send the profile card, as this member sees it now, to the moderators."""
    condition = conditions.get(get_session(), slug)
    return sending.send(member, lambda: _reported(member, condition, public_id))


@bp.get("/me/reports")
@member_required
def show(member: Member) -> str:
    """List the reports of this member with what came of them."""
    form_fields.allow_only_queries()
    rows = reports.list_for_reporter(get_session(), member)
    return render_template("reports/show.html", reports=rows, kinds=KINDS, reasons=REASONS, answers=ANSWERS)


@bp.post("/me/reports/read")
@member_required
@idempotent
def mark_read(member: Member) -> Answer:
    """Note that this member has read what came of their reports."""
    form_fields.allow_only()
    reports.mark_read(get_session(), member)
    commit(get_session())
    return redirect(url_for("reports.show"), code=303)


def _reported(member: Member, condition: Condition, public_id: str) -> Reported:
    """Return somebody else whom this member can see, to be reported by their profile card.

    :raise UnknownPersonError: if there is none.
    """
    seen_by = memberships.viewer(get_session(), member, condition)
    person = visible_people.get(get_session(), condition, public_id, seen_by)
    if person.member_id == member.id:
        raise UnknownPersonError
    return Reported(
        condition=condition,
        member_id=person.member_id,
        kind=ReportKind.CARD,
        template="reports/ask.html",
        words={"public_id": public_id},
        excerpts=lambda _form: _excerpts(card_words(member_lists.card(get_session(), condition, public_id, seen_by))),
    )


def _excerpts(card: CardWords) -> list[Excerpt]:
    """Return a profile card as the reporter reads it."""
    parts = [(_("Name"), card.pseudonym), (_("Takes part as"), card.role_name), (_("Shows"), card.zone_name)]
    return [Excerpt(*pair) for pair in [*parts, *card.facts, (_("A few words"), card.words)] if pair[1]]


def _has_answer() -> bool:
    member = viewer()
    return member is not None and reports.has_unread_answer(get_session(), member)
