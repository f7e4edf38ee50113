"""Reporting the profile card of somebody, and what came of one's reports."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for

from mapservice.actions import report as actions
from mapservice.config import Config
from mapservice.db import commit, get_session
from mapservice.errors import UnknownPersonError
from mapservice.i18n.profile_words import CardWords, card_words
from mapservice.i18n.report_words import ANSWERS, KINDS, REASONS
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason, key_of
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.places import member_lists
from mapservice.store.reports import reports
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import member_required
from mapservice.web.accounts.login import viewer
from mapservice.web.reports.forms import ReportForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
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
        _person(member, condition, public_id)
    except UnknownPersonError:
        # Who has hidden since can still be reported for what they wrote.
        conversation = reports.conversation_with(get_session(), member, condition, public_id)
        if conversation is None:
            raise
        return redirect(url_for("message_reports.ask", slug=slug, conversation_id=conversation))
    return _page(condition, public_id, ReportForm())


@bp.post("/conditions/<slug>/people/<public_id>/report")
@member_required
def send(member: Member, slug: str, public_id: str) -> Answer:
    """Send the profile card, as this member sees it now, to the moderators."""
    session, form = get_session(), ReportForm()
    condition = conditions.get(session, slug)
    if not operations.is_done(session, operation_id(), member):
        person = _person(member, condition, public_id)
        if not form.validate():
            session.rollback()
            return _page(condition, public_id, form)
        rate_limits.consume(rate_limits.limit("reports"), str(member.id))
        actions.report(
            session,
            member,
            condition,
            person.member_id,
            ReportKind.CARD,
            ReportReason(form.reason.data),
            _excerpts(card_words(_card(member, condition, public_id))),
            note=form.note.data,
            key=report_key(),
        )
        commit(session)
    flash(_("Thank you. The moderators will look at your report."), "success")
    return redirect(url_for("reports.show"), code=303)


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


def report_key() -> bytes:
    """Return the key that encrypts reports."""
    return key_of(current_app.config["SECRET_KEY"])


def _person(member: Member, condition: Condition, public_id: str) -> Membership:
    """Return the membership of somebody else whom this member can see.

    :raise UnknownPersonError: if there is none.
    """
    person = visible_people.get(
        get_session(), condition, public_id, memberships.viewer(get_session(), member, condition)
    )
    if person.member_id == member.id:
        raise UnknownPersonError
    return person


def _card(member: Member, condition: Condition, public_id: str) -> member_lists.Card:
    return member_lists.card(get_session(), condition, public_id, memberships.viewer(get_session(), member, condition))


def _excerpts(card: CardWords) -> list[Excerpt]:
    """Return a profile card as the reporter reads it."""
    parts = [(_("Name"), card.pseudonym), (_("Takes part as"), card.role_name), (_("Shows"), card.zone_name)]
    return [Excerpt(*pair) for pair in [*parts, *card.facts, (_("A few words"), card.words)] if pair[1]]


def _page(condition: Condition, public_id: str, form: ReportForm) -> Answer:
    return page("reports/ask.html", form, condition=condition, public_id=public_id)


def _has_answer() -> bool:
    member = viewer()
    return member is not None and reports.has_unread_answer(get_session(), member)
