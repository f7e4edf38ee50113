"""Reporting somebody whom the reporter has blocked, from the list of blocks: the name, and what happened.

The profile and the conversation do not exist for the reporter any longer, so that none of it is sent.
"""

from flask import Blueprint, flash, redirect, url_for

from mapservice.actions import report as actions
from mapservice.db import commit, get_session
from mapservice.errors import UnknownPersonError
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.blocks import Block
from mapservice.web.accounts.access import member_required
from mapservice.web.reports.forms import ReportForm
from mapservice.web.reports.pages import report_key
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id

bp = Blueprint("blocked_reports", __name__)

TELL = _l("Tell the moderators what happened. They cannot see it in any other way.")


class BlockedReportForm(ReportForm):
    """A report whose words are needed: there is nothing else."""

    def validate(self, **more: object) -> bool:
        """Check that there is a reason, and what happened."""
        is_valid = bool(super().validate(**more))
        if not self.note.data:
            self.reject("note", TELL)
            return False
        return is_valid


@bp.get("/conditions/<slug>/blocked/<public_id>/report")
@member_required
def ask(member: Member, slug: str, public_id: str) -> Answer:
    """Ask why somebody is reported whom the member has blocked, and what happened."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug, hidden=True)
    return _page(condition, _block(member, condition, public_id), BlockedReportForm())


@bp.post("/conditions/<slug>/blocked/<public_id>/report")
@member_required
def send(member: Member, slug: str, public_id: str) -> Answer:
    """Send the name that the member knows, and their words, to the moderators."""
    session, form = get_session(), BlockedReportForm()
    condition = conditions.get(session, slug, hidden=True)
    if not operations.is_done(session, operation_id(), member):
        block = _block(member, condition, public_id)
        if not form.validate():
            session.rollback()
            return _page(condition, block, form)
        rate_limits.consume(rate_limits.limit("reports"), str(member.id))
        known = [Excerpt(_("Name"), block.name)] if block.name else []
        reason, words = ReportReason(form.reason.data), form.note.data
        actions.report(
            session, member, condition, block.blocked_id, ReportKind.CARD, reason, known, note=words, key=report_key()
        )
        commit(session)
    flash(_("Thank you. The moderators will look at your report."), "success")
    return redirect(url_for("reports.show"), code=303)


def _block(member: Member, condition: Condition, public_id: str) -> Block:
    """Return a block that the member made.

    :raise UnknownPersonError: if there is none of this id.
    """
    block = blocks.made(get_session(), member, condition, public_id)
    if block is None:
        raise UnknownPersonError
    return block


def _page(condition: Condition, block: Block, form: ReportForm) -> Answer:
    return page("reports/blocked.html", form, condition=condition, block=block)
