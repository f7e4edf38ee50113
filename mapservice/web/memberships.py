"""Joining the community of a condition, leaving it, and the member's own overview. Being on the map comes after."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.errors import NotAMemberError
from mapservice.privacy.visibility import Role
from mapservice.store import conditions, consents, memberships, operations, places, zones
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web import forms, limits, pseudonyms, versions
from mapservice.web.consents import COUNTED, DONE, today
from mapservice.web.guards import member_required
from mapservice.web.operations import operation_id
from mapservice.web.retries import idempotent
from mapservice.web.words import AUDIENCES, ROLES, zone_name

bp = Blueprint("memberships", __name__)

CONSENT = _l(
    "I agree that this service stores that I belong to the community of this condition. "
    "I can leave at any time, and it is erased."
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
        form.problems["role"] = str(versions.CHANGED)
        return form

    @classmethod
    def from_request(cls) -> "JoinForm":
        """The form as it was sent, with what is missing in it."""
        forms.allow_only("role", "pseudonym", "for_minor", "consent", "counted")
        form = cls(
            request.form.get("role", ""),
            pseudonyms.usual_form(request.form["pseudonym"]) if "pseudonym" in request.form else None,
            forms.is_ticked("for_minor"),
            forms.is_ticked("consent"),
            forms.is_ticked("counted"),
            {},
        )
        if form.role not in set(Role):
            form.problems["role"] = _("Please say as what you join.")
        if not form.agrees:
            form.problems["consent"] = _("Without your consent nothing may be stored, so that you cannot join.")
        if form.pseudonym and (problem := pseudonyms.problem(form.pseudonym)):
            form.problems["pseudonym"] = str(problem)
        return form


@bp.get("/me")
@member_required
def mine(member: Member) -> str:
    """Show the member every condition they joined, and what each shows of their place."""
    session = get_session()
    joined = memberships.of(session, member)
    home = places.home(session, member)
    wanted = [each.shown_zone for each, _condition in joined if each.shown_zone] + ([home.zone_id] if home else [])
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in zones.names(session, wanted).items()}
    return render_template(
        "memberships/mine.html", joined=joined, home=home, names=names, roles=ROLES, audiences=AUDIENCES
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
        places.take_turns(session, member)
        membership = memberships.find(session, member, condition)
        if not versions.is_current(member, membership):
            session.rollback()
            return _page(member, condition, membership, JoinForm.again(membership, form)), 409
        form.problems.update(_problems_of_minors(member, membership, form))
        if form.problems:
            session.rollback()
            return _page(member, condition, membership, form), 422
        _take_in(member, condition, form)
        session.commit()
    flash(_("Welcome. Nobody sees you on the map yet: that is the next step, and it is up to you."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.route("/conditions/<slug>/leave", methods=["GET", "POST"])
@limits.unlimited
@member_required
@idempotent
def leave(member: Member, slug: str) -> Response | str:
    """Ask first, then take the member out of the condition: card, pin, counts and consents go with it, at once."""
    forms.allow_only("sure")
    session = get_session()
    condition = conditions.get(session, slug)
    if request.form.get("sure") != "yes":
        if memberships.find(session, member, condition) is None:
            return redirect(url_for("memberships.mine"))
        return render_template("memberships/leave.html", condition=condition)
    # Who has left already, perhaps by pressing twice, gets the same answer.
    with suppress(NotAMemberError):
        memberships.leave(session, memberships.get(session, member, condition))
        session.commit()
    flash(DONE["joined"])
    return redirect(url_for("memberships.mine"), code=303)


def _problems_of_minors(member: Member, membership: Membership | None, form: JoinForm) -> dict[str, str]:
    """What stands against a form as far as somebody under 18 is concerned, by field."""
    was_for_minor = membership is not None and membership.for_minor
    if was_for_minor and not form.for_minor:
        return {"for_minor": _("Only a member of staff can end this. Please write to the people who run this site.")}
    name = form.pseudonym if form.pseudonym is not None or membership is None else membership.pseudonym
    if not name:
        return {}
    if not form.for_minor:
        is_taken = pseudonyms.is_of_child(member, name, besides=membership)
        return {"pseudonym": str(pseudonyms.NAME_OF_CHILD)} if is_taken else {}
    others = [each.pseudonym for each, _condition in memberships.of(get_session(), member) if each is not membership]
    if name.casefold() in {other.casefold() for other in [member.pseudonym, *others] if other}:
        return {
            "pseudonym": _("You use this name yourself. Choose another, so that nobody can tell who belongs to you.")
        }
    return {}


def _take_in(member: Member, condition: Condition, form: JoinForm) -> None:
    session = get_session()
    before = memberships.find(session, member, condition)
    name = before.pseudonym if before and form.pseudonym is None else form.pseudonym or None
    membership = memberships.join(session, member, condition, Role(form.role), pseudonym=name, for_minor=form.for_minor)
    places.respect_minor(session, membership)
    memberships.agree(session, member, condition.id, "joined", str(CONSENT))
    if form.is_counted:
        consents.count(session, member, membership, str(COUNTED), today=today())
    else:
        consents.count_no_more(session, member, membership)


def _page(member: Member, condition: Condition, membership: Membership | None, form: JoinForm) -> str:
    return render_template(
        "memberships/edit.html",
        member=member,
        condition=condition,
        membership=membership,
        form=form,
        roles=ROLES,
        consent=CONSENT,
        counted=COUNTED,
    )
