"""After a death: a caregiver removes the membership, or keeps the person in memory; both can be undone for 30 days."""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import AnyOf

from mapservice.actions import after_death
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.mail import memorials as memorial_emails
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.memorials import REVERSIBLE, AfterDeath, can_undo, last_day
from mapservice.store.care import memorial_notices, memorials, speakers
from mapservice.store.catalogue import conditions
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.places import home_zones
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import NOT_THE_PASSWORD, member_required, verify_password
from mapservice.web.accounts.login import is_fresh
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, Form, SureForm, Tick, page
from mapservice.web.site.retries import idempotent

bp = Blueprint("after_death", __name__)

#: The consent to count somebody as remembered, as displayed and stored.
REMEMBERED = _l(
    "I agree that the person I represent is counted in memory, in the country of my location. Only rounded and blurred "
    "numbers by country are published, never fewer than %(number)s people, and only some months later. They do not "
    "show any person. I can withdraw this at any time. The numbers that come after that are made without them.",
    number=DEFAULT.minimum_count,
)


class AfterDeathForm(Form):
    """The choice, named by the button, and the consent that one of the choices needs."""

    choice = HiddenField(validators=[AnyOf([choice.value for choice in AfterDeath])])
    remembered = Tick()


class UndoForm(Form):
    """The password, which is needed if undoing shows the member to others."""

    password = PasswordField(_l("Your password"), render_kw={"autocomplete": "current-password"})


@bp.get("/conditions/<slug>/person/after-a-death")
@rate_limits.unlimited
@member_required
def show(member: Member, slug: str) -> Answer:
    """Show the two choices, or what the caregiver has chosen and how it can be undone."""
    form_fields.allow_only_queries()
    condition = memberships.get_condition(get_session(), member, slug)
    closed = closed_memberships.find(get_session(), member, condition)
    if closed is not None:
        return _closed_page(member, condition, closed, UndoForm(formdata=None))
    membership = memberships.find(get_session(), member, condition)
    if membership is None or speakers.speaks_here_as(membership) is not SpeaksAs.CAREGIVER:
        return redirect(url_for("memberships.edit", slug=slug))
    return _choices_page(member, condition, AfterDeathForm(formdata=None))


@bp.post("/conditions/<slug>/person/after-a-death")
@rate_limits.unlimited
@member_required
@idempotent
def choose(member: Member, slug: str) -> Answer:
    """Close the membership at once, without a password. It can be undone for 30 days.

    The member gets an e-mail, in case it was not them.
    """
    session, form = get_session(), AfterDeathForm()
    if not form.validate():
        return _choices_or_nothing(member, slug, form)
    choice = AfterDeath(form.choice.data)
    if choice is AfterDeath.MEMORY and not form.remembered.data:
        form.reject("remembered", _("Tick the box if you agree. Otherwise choose to remove everything."))
        return _choices_or_nothing(member, slug, form)
    condition = memberships.get_condition(session, member, slug)
    if closed_memberships.find(session, member, condition) is None:
        membership = memberships.get(session, member, condition)
        if speakers.speaks_here_as(membership) is not SpeaksAs.CAREGIVER:
            return redirect(url_for("memberships.edit", slug=slug), code=303)
        words = str(REMEMBERED)
        after_death.close(session, member, membership, choice, wording=words, today=today())
        memorial_emails.tell(session, current_config(), member)
        commit(session)
    return redirect(url_for("after_death.show", slug=slug), code=303)


@bp.post("/conditions/<slug>/person/after-a-death/undo")
@member_required
@idempotent
def undo(member: Member, slug: str) -> Answer:
    """Bring the membership back as it was; with the password, if others can see it then."""
    session, form = get_session(), UndoForm()
    condition = memberships.get_condition(session, member, slug)
    # A member who has undone it already, perhaps by pressing twice, gets the same response.
    with suppress(NotAMemberError):
        membership = closed_memberships.get(session, member, condition)
        if after_death.shows_when_undone(session, member, membership) and not is_fresh():
            typed = form.password.data or ""
            if not verify_password(member, typed):
                session.rollback()
                form.reject("password", NOT_THE_PASSWORD if typed else _("Enter your password to be shown again."))
                return _closed_page(member, condition, membership, form)
        is_undone = after_death.undo(session, member, membership, today())
        commit(session)
        if not is_undone:
            flash(_("It is too late to undo this."), "warning")
            return redirect(url_for("after_death.show", slug=slug), code=303)
    flash(_("Undone. Everything here is as it was before."), "success")
    return redirect(url_for("memberships.mine"), code=303)


@bp.route("/conditions/<slug>/person/after-a-death/finish", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def finish(member: Member, slug: str) -> Response | str:
    """Ask for confirmation, then delete the closed membership now instead of after 30 days."""
    session, form = get_session(), SureForm()
    condition = memberships.get_condition(session, member, slug)
    if not form.sure.data:
        if closed_memberships.find(session, member, condition) is None:
            return redirect(url_for("memberships.mine"))
        return render_template("care/finish.html", condition=condition)
    with suppress(NotAMemberError):
        after_death.finish(session, closed_memberships.get(session, member, condition))
        commit(session)
    flash(_("Everything you stored in this community has been deleted."))
    return redirect(url_for("memberships.mine"), code=303)


@bp.post("/conditions/<slug>/person/after-a-death/withdraw")
@rate_limits.unlimited
@member_required
@idempotent
def withdraw(member: Member, slug: str) -> Response:
    """Withdraw the consent to count somebody in memory, with immediate effect and without a password."""
    form_fields.allow_only()
    session = get_session()
    condition = conditions.get(session, slug, hidden=True)
    after_death.withdraw(session, member, condition)
    commit(session)
    flash(_("Nobody is counted in memory for you any longer. Numbers that were already published do not change."))
    return redirect(url_for("consents.show"), code=303)


@bp.post("/conditions/<slug>/person/notice")
@rate_limits.unlimited
@member_required
@idempotent
def mark_read(member: Member, slug: str) -> Response:
    """Stop showing the notice that somebody told of the death of the person."""
    form_fields.allow_only()
    session = get_session()
    with suppress(NotAMemberError):
        condition = memberships.get_condition(session, member, slug)
        memorial_notices.mark_read(session, memberships.get(session, member, condition))
        commit(session)
    return redirect(url_for("care.show", slug=slug), code=303)


def _choices_or_nothing(member: Member, slug: str, form: AfterDeathForm) -> Answer:
    condition = memberships.get_condition(get_session(), member, slug)
    memberships.get(get_session(), member, condition)
    return _choices_page(member, condition, form)


def _choices_page(member: Member, condition: Condition, form: AfterDeathForm) -> Answer:
    return page(
        "care/after_death.html",
        form,
        condition=condition,
        consent=REMEMBERED,
        has_location=home_zones.home(get_session(), member) is not None,
        days=REVERSIBLE.days,
        minimum=DEFAULT.minimum_count,
        months_uncounted=DEFAULT.months_uncounted,
    )


def _closed_page(member: Member, condition: Condition, membership: Membership, form: UndoForm) -> Answer:
    row = memorials.find(get_session(), membership)
    shows = after_death.shows_when_undone(get_session(), member, membership)
    return page(
        "care/closed.html",
        form,
        condition=condition,
        is_in_memory=row is not None and row.choice == AfterDeath.MEMORY,
        is_counted=row is not None and row.country is not None,
        last_day=last_day(row.closed_on) if row and can_undo(row.closed_on, today()) else None,
        needs_password=shows and not is_fresh(),
        consent=REMEMBERED,
    )
