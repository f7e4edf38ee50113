"""The person whom a member represents in a community, and codes for others who represent the same person.

What the member sees is their own: whether others represent the same person too, or have left, is shown to nobody.
"""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.exceptions import UnprocessableEntity

from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError, SpeaksForAnotherError, TooManySpeakersError, UnknownCodeError
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.care import MAX_SPEAKERS, SpeaksAs
from mapservice.store.care import codes, memorial_notices, speakers
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.profiles import profiles
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import member_required
from mapservice.web.care.forms import NO_SUCH_CODE, InviteForm, PairingAnswerForm, PersonCodeForm, PersonForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("care", __name__)


@bp.get("/conditions/<slug>/person")
@rate_limits.unlimited
@member_required
def show(member: Member, slug: str) -> Answer:
    """Show what the member said about the person they represent, and what they can do."""
    form_fields.allow_only_queries()
    condition = memberships.get_condition(get_session(), member, slug)
    membership = memberships.find(get_session(), member, condition)
    if closed_memberships.find(get_session(), member, condition) is not None:
        return redirect(url_for("after_death.show", slug=slug))
    if membership is None or speakers.speaks_here_as(membership) is None:
        return redirect(url_for("memberships.edit", slug=slug))
    return _page(condition, membership)


@bp.post("/conditions/<slug>/person")
@member_required
@idempotent
def save(member: Member, slug: str) -> Answer:
    """Store what the member says about the person they represent."""
    condition, membership = _mine(member, slug)
    form = PersonForm(for_minor=membership.for_minor)
    if speakers.speaks_here_as(membership) is not SpeaksAs.CAREGIVER:
        return redirect(url_for("memberships.edit", slug=slug), code=303)
    if not form.validate():
        return _page(condition, membership, person=form, status=422)
    profiles.describe_person(get_session(), membership, *form.answers())
    commit(get_session())
    flash(_("Saved."), "success")
    return redirect(url_for("care.show", slug=slug), code=303)


@bp.post("/conditions/<slug>/person/code")
@member_required
@idempotent
def invite(member: Member, slug: str) -> Answer:
    """Make a code and show it this one time. If it is made again, the one before no longer works."""
    condition, membership = _mine(member, slug)
    form = InviteForm()
    if not form.validate():
        raise UnprocessableEntity
    if speakers.speaks_here_as(membership) is not SpeaksAs.CAREGIVER:
        return redirect(url_for("memberships.edit", slug=slug), code=303)
    for_whom = SpeaksAs(form.for_whom.data)
    code = codes.make(get_session(), membership, for_whom)
    commit(get_session())
    return render_template("care/code.html", condition=condition, code=code, for_whom=for_whom)


@bp.post("/conditions/<slug>/person/enter")
@member_required
def enter(member: Member, slug: str) -> Answer:
    """Enter the code of somebody who represents the same person; they have to confirm."""
    session, form = get_session(), PersonCodeForm()
    is_valid = form.validate()
    if not operations.is_done(session, operation_id(), member):
        condition, membership = _mine(member, slug)
        if is_valid:
            _enter(membership, form)
        if form.problems:
            session.rollback()
            return _page(condition, membership, code=form, status=422)
        commit(session)
    flash(_("Thank you. The person who gave you the code now has to confirm, within a day."))
    return redirect(url_for("care.show", slug=slug), code=303)


@bp.post("/conditions/<slug>/person/answer")
@member_required
def answer(member: Member, slug: str) -> Answer:
    """Confirm that somebody who entered the code represents the same person, or refuse."""
    session, form = get_session(), PairingAnswerForm()
    if not form.validate():
        raise UnprocessableEntity
    if not operations.is_done(session, operation_id(), member):
        _condition, membership = _mine(member, slug)
        if form.answer.data == "no":
            codes.refuse(session, membership)
            flash(_("The code no longer works. Nothing else has changed."))
        else:
            flash(_confirm(membership))
        commit(session)
    return redirect(url_for("memberships.leave" if form.answer.data == "leave" else "care.show", slug=slug), code=303)


@bp.post("/conditions/<slug>/person/end")
@rate_limits.unlimited
@member_required
@idempotent
def end(member: Member, slug: str) -> Answer:
    """Let the member represent a person of their own again, and cancel the codes that they made."""
    form_fields.allow_only()
    # A member who has left gets the same response.
    with suppress(NotAMemberError):
        _condition, membership = _mine(member, slug)
        speakers.end(get_session(), membership)
        commit(get_session())
    flash(_("Done. Nobody gets a message about it."))
    return redirect(url_for("care.show", slug=slug), code=303)


def _mine(member: Member, slug: str) -> tuple[Condition, Membership]:
    """Return a condition and the member's membership in it, locked.

    :raise NotAMemberError: if they have not joined it.
    """
    condition = memberships.get_condition(get_session(), member, slug)
    return condition, memberships.get(get_session(), member, condition)


def _enter(membership: Membership, form: PersonCodeForm) -> None:
    """Enter the code in a form, or add an error to it."""
    try:
        codes.enter(get_session(), membership, form.code.data)
    except UnknownCodeError:
        form.reject("code", NO_SUCH_CODE)
    except SpeaksForAnotherError:
        form.reject("code", _("You have confirmed a code before. End that first, further down on this page."))


def _confirm(membership: Membership) -> str:
    """Confirm, and return the words about it."""
    try:
        is_confirmed = codes.confirm(get_session(), membership)
    except TooManySpeakersError:
        return _("No more than %(number)s people can take part for one person.", number=MAX_SPEAKERS)
    if not is_confirmed:
        return _("The code no longer works. Make a new one.")
    return _("Confirmed. The published statistics count this person once.")


def _page(
    condition: Condition,
    membership: Membership,
    *,
    person: PersonForm | None = None,
    code: PersonCodeForm | None = None,
    status: int = 200,
) -> Answer:
    session = get_session()
    row = speakers.find(session, membership)
    profile = profiles.find(session, condition.id, membership.member_id)
    return page(
        "care/show.html",
        person or code or PersonForm(for_minor=membership.for_minor, formdata=None),
        status=status,
        condition=condition,
        speaks_as=speakers.speaks_here_as(membership),
        for_minor=membership.for_minor,
        is_told_of_death=bool(memorial_notices.told_in(session, [membership])),
        is_shared=row is not None and row.is_shared,
        is_waiting=codes.is_waiting(row),
        has_code=codes.find(session, membership) is not None,
        entered_for=codes.entered_for(session, membership),
        person=person or PersonForm.of(profile, for_minor=membership.for_minor),
        code=code or PersonCodeForm(formdata=None),
    )
