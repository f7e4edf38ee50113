"""Who may write to a member in a community."""

from flask import Blueprint, flash, redirect, url_for

from mapservice.db import commit, get_session
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.precision import is_minor
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.messages import message_settings
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.messages.forms import WritersForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.retries import idempotent

bp = Blueprint("message_settings", __name__)


@bp.route("/conditions/<slug>/who-can-write", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def edit(member: Member, slug: str) -> Answer:
    """Show who may send the member a first message, and change it."""
    session = get_session()
    condition = conditions.get(session, slug)
    membership = memberships.find(session, member, condition)
    if membership is None:
        return redirect(url_for("memberships.edit", slug=slug), code=303 if form_fields.is_sent() else 302)
    chosen = message_settings.who_may_write(session, membership, today())
    form = WritersForm(message_settings.choices(session, membership, today()), data={"writers": chosen.value})
    if form_fields.is_sent() and form.validate():
        membership = memberships.get(session, member, condition)
        message_settings.choose(session, membership, Audience(form.writers.data), today())
        commit(session)
        flash(_("Your choice has been saved."), "success")
        return redirect(url_for("message_settings.edit", slug=slug), code=303)
    under_18 = is_minor(member.minor_until, today())
    return page("messages/settings.html", form, condition=condition, membership=membership, under_18=under_18)
