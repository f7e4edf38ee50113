"""A member's own profile in a condition: what it says, who can read each part, and how others see it."""

import uuid
from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for

from mapservice.actions.change_profile import change_profile
from mapservice.db import commit, get_session
from mapservice.errors import UnknownPersonError
from mapservice.i18n.profile_words import CardWords, card_words
from mapservice.i18n.translation import Message
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.profiles import MemberProfile, only_withdraws
from mapservice.privacy.visibility import Viewer
from mapservice.store.community import memberships
from mapservice.store.places import member_lists
from mapservice.store.profiles import profiles
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import NOT_THE_PASSWORD, member_required, verify_password
from mapservice.web.accounts.login import is_fresh
from mapservice.web.profiles.forms import ProfileForm
from mapservice.web.site import form_fields, form_versions
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id

bp = Blueprint("profiles", __name__)

_MASKED = _l(
    "We replaced contact details in your text with “[hidden]”, because people who sell false cures could collect them."
)

# Whom the preview shows, beside a contact of the member: the headings, and the viewers, none of whom is the member.
_FELLOW = Viewer(uuid.UUID(int=0), has_joined=True)
_VIEWERS = (
    (_l("Someone who is not signed in"), Viewer()),
    (_l("A member of another community"), Viewer(uuid.UUID(int=0))),
    (_l("A member of this community"), _FELLOW),
)
_CONTACT = _l("One of your contacts here")


@bp.get("/conditions/<slug>/profile")
@member_required
def edit(member: Member, slug: str) -> Answer:
    """Show what the member says about themselves here, who can read it, and how others see it."""
    condition = memberships.get_condition(get_session(), member, slug)
    membership = memberships.find(get_session(), member, condition)
    if membership is None:
        return redirect(url_for("memberships.edit", slug=slug))
    profile = profiles.find(get_session(), condition.id, member.id)
    return _page(member, condition, membership, ProfileForm.of(membership, profile), profile)


@bp.post("/conditions/<slug>/profile")
@member_required
def save(member: Member, slug: str) -> Answer:
    """Store what the member says, and who can read it. An outdated form may take away, but not add anything."""
    session = get_session()
    condition = memberships.get_condition(session, member, slug)
    membership = memberships.get(session, member, condition)
    form = ProfileForm(membership)
    is_valid = form.validate()
    if not operations.is_done(session, operation_id(), member):
        before = profiles.find(session, condition.id, member.id)
        is_current = form_versions.is_current(member, membership)
        if is_valid and not is_current and not only_withdraws(before, form.profile()):
            session.rollback()
            form = ProfileForm.of(membership, before)
            form.form_errors.append(form_versions.CHANGED)
            return _page(member, condition, membership, form, before, status=409)
        if is_valid:
            _change(member, membership, form)
        if form.problems:
            session.rollback()
            return _page(member, condition, membership, form, before)
        commit(session)
    flash(_("Your profile has been saved."), "success")
    if is_valid and form.has_contacts():
        flash(str(_MASKED))
    return redirect(url_for("profiles.edit", slug=slug), code=303)


@bp.route("/conditions/<slug>/profile/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str) -> Answer:
    """Show how others would see the profile in the form. Nothing is stored."""
    condition = memberships.get_condition(get_session(), member, slug)
    membership = memberships.find(get_session(), member, condition)
    if membership is None or not form_fields.is_sent():
        return redirect(url_for("profiles.edit", slug=slug), code=303 if form_fields.is_sent() else 302)
    form = ProfileForm(membership)
    stored = profiles.find(get_session(), condition.id, member.id)
    shown = form.profile() if form.validate() else stored
    return _page(member, condition, membership, form, shown, status=422 if form.problems else 200, is_preview=True)


def _change(member: Member, membership: Membership, form: ProfileForm) -> None:
    """Store the profile in a form, or add an error to it."""
    typed = form.password.data or ""
    is_saved = change_profile(
        get_session(),
        membership,
        form.profile(),
        confirm_identity=lambda: is_fresh() or verify_password(member, typed),
    )
    if not is_saved:
        form.reject("password", NOT_THE_PASSWORD if typed else _("Enter your password to show more."))


def _page(
    member: Member,
    condition: Condition,
    membership: Membership,
    form: ProfileForm,
    shown: MemberProfile,
    *,
    status: int = 422,
    is_preview: bool = False,
) -> Answer:
    return page(
        "profiles/edit.html",
        form,
        status=status,
        member=member,
        condition=condition,
        membership=membership,
        is_preview=is_preview,
        masked=_MASKED if is_preview and not form.problems and form.has_contacts() else "",
        cards=_cards(condition, membership, shown),
        needs_password=not is_fresh(),
    )


def _cards(
    condition: Condition, membership: Membership, shown: MemberProfile
) -> list[tuple[Message, CardWords | None]]:
    """Return what each kind of viewer sees of the member with a profile; None for nothing."""
    cards: list[tuple[Message, CardWords | None]] = []
    contact = replace(_FELLOW, contacts=frozenset({membership.member_id}))
    for heading, viewer in (*_VIEWERS, (_CONTACT, contact)):
        try:
            card = member_lists.card(get_session(), condition, membership.public_id, viewer, profile=shown)
        except UnknownPersonError:
            cards.append((heading, None))
        else:
            cards.append((heading, card_words(card)))
    return cards
