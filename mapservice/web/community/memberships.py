"""Joining and leaving the community of a condition, and the member's overview. Showing a location comes later."""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions.join import Joining, JoinWords
from mapservice.actions.join import join as join_community
from mapservice.actions.leave import leave as leave_community
from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError
from mapservice.i18n.dates import today
from mapservice.i18n.labels import AUDIENCES, ROLES, zone_name
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.visibility import Role
from mapservice.store.care import codes, memorial_notices, speakers
from mapservice.store.catalogue import conditions
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.places import home_zones, homes
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts import display_names
from mapservice.web.accounts.access import member_required
from mapservice.web.community.consents import COUNTED, DONE
from mapservice.web.community.forms import JoinForm
from mapservice.web.site import form_versions, rate_limits
from mapservice.web.site.forms import Answer, SureForm, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("memberships", __name__)

CONSENT = _l(
    "I agree that this service stores that I belong to the community for this condition. I can leave at any time,"
    " and then this is deleted."
)


@bp.get("/me")
@rate_limits.unlimited
@member_required
def mine(member: Member) -> str:
    """Show the member every condition they joined, and what each shows of their location."""
    session = get_session()
    joined = memberships.list_for_member(session, member)
    home = home_zones.home(session, member)
    zone_ids = [membership.shown_zone for membership, _condition in joined if membership.shown_zone] + (
        [home.zone_id] if home else []
    )
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in tree.names(session, zone_ids).items()}
    return render_template(
        "community/memberships/mine.html",
        joined=joined,
        closed=[condition for _membership, condition in closed_memberships.list_for_member(session, member)],
        told_of_death=memorial_notices.told_in(session, [membership for membership, _condition in joined]),
        home=home,
        names=names,
        roles=ROLES,
        audiences=AUDIENCES,
        speaks_as=speakers.speaks_here_as,
        waiting=codes.waiting_in(session, [membership for membership, _condition in joined]),
    )


@bp.get("/conditions/<slug>/join")
@member_required
def edit(member: Member, slug: str) -> Answer:
    """Ask for the member's role in a condition, and for their consent."""
    condition = memberships.get_condition(get_session(), member, slug)
    membership = memberships.find(get_session(), member, condition)
    if closed_memberships.find(get_session(), member, condition) is not None:
        return redirect(url_for("after_death.show", slug=slug))
    return _page(member, condition, membership, JoinForm.of(membership))


@bp.post("/conditions/<slug>/join")
@member_required
def join(member: Member, slug: str) -> Answer:
    """Add the member to the condition, not shown to anybody, and go on to their location."""
    session, form = get_session(), JoinForm()
    condition = memberships.get_condition(session, member, slug)
    if closed_memberships.find(session, member, condition) is not None:
        return redirect(url_for("after_death.show", slug=slug), code=303)
    if not form.validate():
        return _page(member, condition, memberships.find(session, member, condition), form)
    if not operations.is_done(session, operation_id(), member):
        homes.lock_member(session, member)
        membership = memberships.find(session, member, condition)
        if not form_versions.is_current(member, membership):
            session.rollback()
            form = form.with_typed_values(membership)
            form.form_errors.append(form_versions.CHANGED)
            return _page(member, condition, membership, form, status=409)
        _check_minors(member, membership, form)
        if form.problems:
            session.rollback()
            return _page(member, condition, membership, form)
        _take_in(member, condition, form)
        commit(session)
    flash(_("Welcome. Nobody can see you on the map yet. That is the next step, and it is up to you."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.route("/conditions/<slug>/leave", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def leave(member: Member, slug: str) -> Response | str:
    """Ask for confirmation, then remove the member from the condition: profile, pin, counts and consents."""
    session, form = get_session(), SureForm()
    condition = conditions.get(session, slug, hidden=True)
    if not form.sure.data:
        if memberships.find(session, member, condition) is None:
            return redirect(url_for("memberships.mine"))
        return render_template("community/memberships/leave.html", condition=condition)
    # A member who has already left, perhaps by pressing twice, gets the same response.
    with suppress(NotAMemberError):
        leave_community(session, member, condition)
        commit(session)
    flash(str(DONE["joined"]))
    return redirect(url_for("memberships.mine"), code=303)


def _check_minors(member: Member, membership: Membership | None, form: JoinForm) -> None:
    """Add errors to a form that concern minors."""
    if membership is not None and membership.for_minor and not form.for_minor.data:
        words = _("Only a member of staff can change this. Contact the people who run this site.")
        form.reject("for_minor", words)
        return
    name = _name(membership, form)
    if name and not form.for_minor.data:
        if display_names.is_minors_name(member, name, besides=membership):
            form.reject("pseudonym", str(display_names.NAME_OF_CHILD))
    elif name and name.casefold() in _own_names(member, membership):
        words = _("You use this name yourself. Choose a different one, so nobody can link the two of you.")
        form.reject("pseudonym", words)


def _name(membership: Membership | None, form: JoinForm) -> str | None:
    """Return the name in a form; without the field the present name is kept."""
    if form.pseudonym.data is None:
        return membership.pseudonym if membership else None
    return form.pseudonym.data or None


def _own_names(member: Member, besides: Membership | None) -> set[str]:
    """Return the names that a member uses, in lower case, except that of one of their memberships."""
    names = [
        membership.pseudonym
        for membership, _condition in memberships.list_for_member(get_session(), member)
        if membership is not besides
    ]
    return {name.casefold() for name in [member.pseudonym, *names] if name}


def _take_in(member: Member, condition: Condition, form: JoinForm) -> None:
    role, for_minor = Role(form.role.data), form.for_minor.data
    wish = Joining(role, form.pseudonym.data, for_minor=for_minor, is_counted=form.counted.data)
    words = JoinWords(str(CONSENT), str(COUNTED))
    join_community(get_session(), member, condition, wish, words=words, today=today())


def _page(
    member: Member, condition: Condition, membership: Membership | None, form: JoinForm, *, status: int = 422
) -> Answer:
    texts = {"consent": CONSENT, "counted": COUNTED}
    return page(
        "community/memberships/edit.html",
        form,
        status=status,
        member=member,
        condition=condition,
        membership=membership,
        **texts,
    )
