"""How often a member gets e-mail notifications, and the link in these e-mails that switches them off."""

from flask import Blueprint, flash, redirect, render_template, url_for

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.mail.notifications import OFF_PATH
from mapservice.privacy.notifications import NotificationFrequency
from mapservice.store.knowledge import article_follows
from mapservice.store.notifications import notifications
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required, public
from mapservice.web.notifications.forms import NotificationsForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.csrf_tokens import authorised_by_address
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.retries import idempotent

bp = Blueprint("notifications", __name__)

#: What a mail program sends. Source: RFC 8058.
ONE_CLICK = "List-Unsubscribe"


@bp.route("/account/e-mails", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def edit(member: Member) -> Answer:
    """Choose how often to get e-mail notifications."""
    form = NotificationsForm(data={"frequency": notifications.frequency(get_session(), member)})
    if not form.validate_on_submit():
        followed = article_follows.followed(get_session(), member)
        return page("notifications/edit.html", form, followed=followed)
    notifications.choose(get_session(), member, NotificationFrequency(form.frequency.data))
    commit(get_session())
    flash(_("Your choice has been saved."), "success")
    return redirect(url_for("settings.show"), code=303)


@bp.route(f"{OFF_PATH}<token>", methods=["GET", "POST"])
@rate_limits.unlimited
@public
@in_every_language
@authorised_by_address
@idempotent
def switch_off(token: str) -> Answer:
    """Switch the notifications off without signing in: by the button of a mail program, or by the one on this page.

    Opening the page changes nothing, because mail programs and scanners open links by themselves.
    """
    form_fields.allow_only(ONE_CLICK)
    if not form_fields.is_sent():
        is_known = notifications.is_off_token(get_session(), token)
        return (render_template("notifications/off.html", token=token), 200) if is_known else _old_link()
    if not notifications.switch_off(get_session(), token):
        return _old_link()
    commit(get_session())
    return render_template("notifications/is_off.html")


def _old_link() -> Answer:
    return render_template("notifications/old_link.html"), 404
