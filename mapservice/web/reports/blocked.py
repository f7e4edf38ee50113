"""Reporting somebody whom the reporter has blocked, from the list of blocks: the name, and what happened.

The profile and the conversation do not exist for the reporter any longer, so that none of it is sent.
"""

from flask import Blueprint

from mapservice.db import get_session
from mapservice.errors import UnknownPersonError
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.reports import Excerpt, ReportKind
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.reports import sending
from mapservice.web.reports.forms import ReportForm
from mapservice.web.reports.sending import Reported
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer

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
    return sending.ask(_reported(member, slug, public_id))


@bp.post("/conditions/<slug>/blocked/<public_id>/report")
@member_required
def send(member: Member, slug: str, public_id: str) -> Answer:
    """Send the name that the member knows, and their words, to the moderators."""
    return sending.send(member, lambda: _reported(member, slug, public_id))


def _reported(member: Member, slug: str, public_id: str) -> Reported:
    """Return somebody whom the member has blocked.

    :raise UnknownPersonError: if there is none of this id.
    """
    condition = conditions.get(get_session(), slug, hidden=True)
    block = blocks.made(get_session(), member, condition, public_id)
    if block is None:
        raise UnknownPersonError
    return Reported(
        condition=condition,
        member_id=block.blocked_id,
        kind=ReportKind.CARD,
        template="reports/blocked.html",
        words={"block": block},
        excerpts=lambda _form: [Excerpt(_("Name"), block.name)] if block.name else [],
        form=BlockedReportForm,
    )
