"""Joining the community of a condition, leaving it, and the member's own overview. Being on the map comes after."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from mapservice.actions.join import Joining, JoinWords
from mapservice.actions.join import join as join_community
from mapservice.actions.leave import leave as leave_community
from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError
from mapservice.i18n.dates import today
from mapservice.i18n.labels import AUDIENCES, ROLES, zone_name
from mapservice.privacy.visibility import Role
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import home_zones, homes
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from mapservice.web.accounts import display_names
from mapservice.web.accounts.access import member_required
from mapservice.web.community.consents import COUNTED, DONE
from mapservice.web.site import form_fields, form_versions, rate_limits
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("memberships", __name__)

CONSENT = _l(
    "I agree that this service stores that I belong to the community for this condition. I can leave at any time,"
    " and then this is deleted."
)


@dataclass(slots=True)
class JoinForm:
    """What somebody who joins says; ``problems`` by field, in the reader's words.

    ``pseudonym`` is None where the form has no such field, and then says nothing of the name.
    """

    role: str
    pseudonym: str | None
    for_minor: bool
    agrees: bool
    is_counted: bool
    problems: dict[str, str]

    @classmethod
    def of(cls, membership: Membership | None) -> "JoinForm":
        """The form as it stands for a member, empty for somebody new."""
        if membership is None:
            return cls("", "", False, False, False, {})
        is_counted = membership.counted_since is not None
        return cls(membership.role, membership.pseudonym or "", membership.for_minor, True, is_counted, {})

    @classmethod
    def again(cls, membership: Membership | None, sent: "JoinForm") -> "JoinForm":
        """The form as it stands for a member who sent an old one, with the role and the name that they typed."""
        form = cls.of(membership)
        form.role, form.pseudonym = sent.role, sent.pseudonym if sent.pseudonym is not None else form.pseudonym
        form.problems["role"] = str(form_versions.CHANGED)
        return form

    @classmethod
    def from_request(cls) -> "JoinForm":
        """The form as it was sent, with what is missing in it."""
        form_fields.allow_only("role", "pseudonym", "for_minor", "consent", "counted")
        form = cls(
            request.form.get("role", ""),
            display_names.usual_form(request.form["pseudonym"]) if "pseudonym" in request.form else None,
            form_fields.is_ticked("for_minor"),
            form_fields.is_ticked("consent"),
            form_fields.is_ticked("counted"),
            {},
        )
        if form.role not in set(Role):
            form.problems["role"] = _("Please choose your role.")
        if not form.agrees:
            form.problems["consent"] = _("We cannot store anything without your consent, so you cannot join.")
        if form.pseudonym and (problem := display_names.problem(form.pseudonym)):
            form.problems["pseudonym"] = str(problem)
        return form


@bp.get("/me")
@rate_limits.unlimited
@member_required
def mine(member: Member) -> str:
    """Show the member every condition they joined, and what each shows of their place."""
    session = get_session()
    joined = memberships.of(session, member)
    home = home_zones.home(session, member)
    wanted = [each.shown_zone for each, _condition in joined if each.shown_zone] + ([home.zone_id] if home else [])
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in tree.names(session, wanted).items()}
    return render_template(
        "community/memberships/mine.html", joined=joined, home=home, names=names, roles=ROLES, audiences=AUDIENCES
    )


@bp.get("/conditions/<slug>/join")
@member_required
def edit(member: Member, slug: str) -> str:
    """Ask as what the member takes part in a condition, and for their consent."""
    condition = conditions.get(get_session(), slug)
    membership = memberships.find(get_session(), member, condition)
    return _page(member, condition, membership, JoinForm.of(membership))


@bp.post("/conditions/<slug>/join")
@member_required
def join(member: Member, slug: str) -> Response | tuple[str, int]:
    """Take the member into the condition, shown to nobody, and go on to the place."""
    session, form = get_session(), JoinForm.from_request()
    condition = conditions.get(session, slug)
    if form.problems:
        return _page(member, condition, memberships.find(session, member, condition), form), 422
    if not operations.is_done(session, operation_id(), member):
        homes.take_turns(session, member)
        membership = memberships.find(session, member, condition)
        if not form_versions.is_current(member, membership):
            session.rollback()
            return _page(member, condition, membership, JoinForm.again(membership, form)), 409
        form.problems.update(_problems_of_minors(member, membership, form))
        if form.problems:
            session.rollback()
            return _page(member, condition, membership, form), 422
        _take_in(member, condition, form)
        commit(session)
    flash(_("Welcome. Nobody can see you on the map yet. That is the next step, and it is up to you."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.route("/conditions/<slug>/leave", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def leave(member: Member, slug: str) -> Response | str:
    """Ask first, then take the member out of the condition: card, pin, counts and consents go with it, at once."""
    form_fields.allow_only("sure")
    session = get_session()
    condition = conditions.get(session, slug)
    if request.form.get("sure") != "yes":
        if memberships.find(session, member, condition) is None:
            return redirect(url_for("memberships.mine"))
        return render_template("community/memberships/leave.html", condition=condition)
    # Who has left already, perhaps by pressing twice, gets the same answer.
    with suppress(NotAMemberError):
        leave_community(session, member, condition)
        commit(session)
    flash(DONE["joined"])
    return redirect(url_for("memberships.mine"), code=303)


def _problems_of_minors(member: Member, membership: Membership | None, form: JoinForm) -> dict[str, str]:
    """What stands against a form as far as somebody under 18 is concerned, by field."""
    was_for_minor = membership is not None and membership.for_minor
    if was_for_minor and not form.for_minor:
        return {"for_minor": _("Only a member of staff can change this. Contact the people who run this site.")}
    name = form.pseudonym if form.pseudonym is not None or membership is None else membership.pseudonym
    if not name:
        return {}
    if not form.for_minor:
        is_taken = display_names.is_of_child(member, name, besides=membership)
        return {"pseudonym": str(display_names.NAME_OF_CHILD)} if is_taken else {}
    others = [each.pseudonym for each, _condition in memberships.of(get_session(), member) if each is not membership]
    if name.casefold() in {other.casefold() for other in [member.pseudonym, *others] if other}:
        return {
            "pseudonym": _("You use this name yourself. Choose a different one, so nobody can link the two of you.")
        }
    return {}


def _take_in(member: Member, condition: Condition, form: JoinForm) -> None:
    wish = Joining(Role(form.role), form.pseudonym, form.for_minor, form.is_counted)
    words = JoinWords(str(CONSENT), str(COUNTED))
    join_community(get_session(), member, condition, wish, words=words, today=today())


def _page(member: Member, condition: Condition, membership: Membership | None, form: JoinForm) -> str:
    return render_template(
        "community/memberships/edit.html",
        member=member,
        condition=condition,
        membership=membership,
        form=form,
        roles=ROLES,
        consent=CONSENT,
        counted=COUNTED,
    )
