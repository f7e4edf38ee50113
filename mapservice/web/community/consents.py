"""The consents of the member, each with its wording and date, and a button to withdraw it."""

from contextlib import suppress
from dataclasses import dataclass, field

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from mapservice.actions.withdraw_consent import withdraw_consent
from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError
from mapservice.i18n import consent_wordings
from mapservice.i18n.dates import today
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.disclosure import DEFAULT
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Condition, Consent, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts.access import member_required
from mapservice.web.community.forms import CountForm, RevokeForm
from mapservice.web.site import form_versions, rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.retries import idempotent

bp = Blueprint("consents", __name__)

#: The consent to be counted, as displayed and stored.
COUNTED = _l(
    "I agree to be counted in the published statistics for this condition, for the world, my country and my "
    "region. They are rounded, blurred and a few weeks late, and do not show any person. I can withdraw this at "
    "any time. The statistics that come after that are made without me."
)

#: Texts about withdrawing a consent: on its button, and afterwards.
BUTTONS = {
    "joined": _l("Leave this community"),
    "shown": _l("Hide me here"),
    "finer": _l("Show only the suggested zone"),
    "counted": _l("Stop counting me"),
}

DONE = {
    "joined": _l("You have left. Your profile, your pin and your consents there have been deleted."),
    "shown": _l("You are now hidden there. Nobody can see you."),
    "finer": _l("From now on, others see only the wider zone that we suggest for this condition."),
    "counted": _l(
        "You are no longer counted. The next statistics are made without you. If you were already in a count and agree "
        "again, you will be counted again in about %(months)s months.",
        months=DEFAULT.months_uncounted,
    ),
}

#: When a member will be counted. It is the same for all, because the delay is secret.
THANKS = _l(
    "Thank you. You will be counted in a few weeks. If you left a count in the last %(months)s months, "
    "you will be counted again about %(months)s months after that.",
    months=DEFAULT.months_uncounted,
)


@dataclass(slots=True)
class Part:
    """One condition: the valid and the withdrawn consents, and whether the member may consent to be counted."""

    condition: Condition
    membership: Membership
    current: list[Consent] = field(default_factory=list)
    revoked: list[Consent] = field(default_factory=list)
    form: CountForm | None = None
    """The form for that consent."""

    @property
    def is_counted(self) -> bool:
        """Whether the member is counted here."""
        return self.membership.counted_since is not None


@bp.get("/me/consents")
@rate_limits.unlimited
@member_required
def show(member: Member) -> Answer:
    """Show all consents of the member, as they read them, each with a button to withdraw it."""
    return _page(member)


def _page(member: Member, sent: CountForm | None = None, *, slug: str = "", status: int = 200) -> Answer:
    """Return the page; ``sent`` is the form of one condition with an error."""
    parts = {
        condition.id: Part(condition, membership)
        for membership, condition in memberships.list_for_member(get_session(), member)
    }
    for condition_part in parts.values():
        own = condition_part.condition.slug
        condition_part.form = sent if sent and own == slug else CountForm(formdata=None, suffix=own)
    of_account, remembered = [], []
    all_consents = consents.list_for_member(get_session(), member)
    for consent, condition in all_consents:
        part = parts.get(condition.id) if condition else None
        if consent.kind == ConsentKind.REMEMBERED and condition is not None:
            if consent.revoked_at is None:
                remembered.append((condition, consent))
            elif part is not None:
                part.revoked.append(consent)
        elif part is None:
            of_account.append(consent)
        else:
            (part.current if consent.revoked_at is None else part.revoked).append(consent)
    zone_ids = [consent.zone_id for consent, _condition in all_consents if consent.zone_id]
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in tree.names(get_session(), zone_ids).items()}
    page = render_template(
        "community/consents/show.html",
        form=sent,
        member=member,
        of_account=of_account,
        remembered=remembered,
        parts=parts.values(),
        buttons=BUTTONS,
        counted=COUNTED,
        words=lambda consent: consent_wordings.displayed(consent, names),
    )
    return page, status


@bp.post("/conditions/<slug>/count")
@member_required
@idempotent
def count(member: Member, slug: str) -> Answer:
    """Count the member in the figures of a condition, if they ticked the box."""
    session, form = get_session(), CountForm(suffix=slug)
    membership = memberships.get(session, member, memberships.get_condition(session, member, slug))
    if not form.validate():
        return _page(member, form, slug=slug, status=422)
    if membership.counted_since is None and not form_versions.is_current(member, membership):
        session.rollback()
        form = CountForm(formdata=None, suffix=slug)
        form.form_errors.append(form_versions.CHANGED)
        return _page(member, form, slug=slug, status=409)
    consents.count(session, member, membership, str(COUNTED), today=today())
    commit(session)
    flash(str(THANKS))
    return redirect(url_for("consents.show"), code=303)


@bp.post("/conditions/<slug>/revoke")
@rate_limits.unlimited
@member_required
@idempotent
def revoke(member: Member, slug: str) -> Response:
    """Withdraw a consent, with immediate effect and without a password. Leaving asks for confirmation."""
    session, form = get_session(), RevokeForm()
    if not form.validate():
        raise UnprocessableEntity
    kind = ConsentKind(form.kind.data)
    condition = memberships.get_condition(session, member, slug)
    if kind is ConsentKind.JOINED:
        return redirect(url_for("memberships.leave", slug=slug), code=303)
    # A member who has already left, perhaps by pressing twice, gets the same response.
    with suppress(NotAMemberError):
        membership = memberships.get(session, member, condition)
        withdraw_consent(session, member, membership, kind, key=current_app.config["ANCHOR_KEY"])
        commit(session)
    flash(str(DONE[kind]))
    return redirect(url_for("consents.show"), code=303)
