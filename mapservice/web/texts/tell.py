"""Writing a story: the form, its preview, what was typed so far, publishing and changing it."""

import uuid

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from mapservice.actions.publish_text import change_text, publish_text
from mapservice.db import commit, get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import today
from mapservice.i18n.text_words import ShownText, shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.texts import DRAFTS_FOR, NEW_MEMBER_TEXTS, MemberTextKind, TextState
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import writing
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.rate_limits import Limit
from mapservice.web.site.redirects import wants_json
from mapservice.web.site.retries import idempotent
from mapservice.web.texts.authors import audiences, profile_name, to_joining
from mapservice.web.texts.forms import StoryForm

bp = Blueprint("tell", __name__)

#: Texts that a new member can publish in a day; of others the setting ``limit_texts`` decides.
_OF_NEW_MEMBERS = Limit("texts-new", NEW_MEMBER_TEXTS, 24 * 60 * 60)


@bp.get("/conditions/<slug>/stories/tell")
@member_required
def write(member: Member, slug: str) -> Answer:
    """Show the form for a story, with what was typed before."""
    form_fields.allow_only_queries()
    condition, membership = _membership(member, slug)
    if membership is None:
        return to_joining(slug)
    typed = writing.draft(get_session(), membership, MemberTextKind.STORY, "")
    choices = audiences(member, membership)
    form = StoryForm.of_draft(choices, typed) if typed else StoryForm.empty(choices)
    return _page(member, condition, membership, form, is_draft=bool(typed))


@bp.post("/conditions/<slug>/stories/tell")
@member_required
def publish(member: Member, slug: str) -> Answer:
    """Publish a story, or hold it until a moderator has read it."""
    session, form = get_session(), StoryForm()
    condition, membership = _membership(member, slug)
    if membership is None:
        return to_joining(slug)
    form.offer(audiences(member, membership))
    is_valid = form.check(member)
    if operations.is_done(session, operation_id(), member):
        return redirect(url_for("own_texts.show"), code=303)
    if not is_valid:
        session.rollback()
        return _page(member, condition, membership, form)
    _consume(member)
    membership = memberships.get(session, member, condition)
    text = form.text(membership, profile_name(member, membership))
    row = publish_text(session, member, membership, condition, text, today())
    commit(session)
    _say(row, _("Your story has been published. You can change or withdraw it at any time."))
    return _to(condition, row)


@bp.route("/conditions/<slug>/stories/tell/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str) -> Answer:
    """Show a story as others would read it. Nothing is published."""
    form = StoryForm()
    condition, membership = _membership(member, slug)
    if membership is None or not form_fields.is_sent():
        return redirect(url_for("tell.write", slug=slug), code=303 if form_fields.is_sent() else 302)
    form.offer(audiences(member, membership))
    is_valid = form.check(member)
    shown = _preview(member, membership, form) if is_valid else None
    return _page(member, condition, membership, form, status=200 if is_valid else 422, preview=shown)


@bp.post("/conditions/<slug>/stories/tell/draft")
@member_required
@idempotent
def keep(member: Member, slug: str) -> Answer:
    """Keep what was typed, without publishing it."""
    form = StoryForm()
    condition, membership = _membership(member, slug)
    if membership is None:
        return to_joining(slug)
    writing.save_draft(get_session(), membership, MemberTextKind.STORY, "", form.typed)
    commit(get_session())
    if wants_json():
        return jsonify(saved=True)
    flash(_("Your draft has been saved. We keep it for %(days)s days.", days=DRAFTS_FOR.days), "success")
    return redirect(url_for("tell.write", slug=condition.slug), code=303)


@bp.post("/conditions/<slug>/stories/tell/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member, slug: str) -> Answer:
    """Delete what was typed."""
    form_fields.allow_only()
    _condition, membership = _membership(member, slug)
    if membership is not None:
        writing.forget_draft(get_session(), membership, MemberTextKind.STORY, "")
        commit(get_session())
        flash(_("Your draft has been deleted."), "success")
    return redirect(url_for("tell.write", slug=slug), code=303)


@bp.get("/conditions/<slug>/stories/<uuid:text_id>/edit")
@member_required
def edit(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show the form with a story of this member."""
    form_fields.allow_only_queries()
    condition, membership = _membership(member, slug)
    row = _own(member, condition, text_id)
    if membership is None:
        return to_joining(slug)
    return _page(member, condition, membership, StoryForm.of_text(audiences(member, membership), row), row=row)


@bp.post("/conditions/<slug>/stories/<uuid:text_id>/edit")
@member_required
@idempotent
def save(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Change a story, which is shown or held by the same rules as a new one."""
    session, form = get_session(), StoryForm()
    condition, membership = _membership(member, slug)
    row = _own(member, condition, text_id)
    if membership is None:
        return to_joining(slug)
    form.offer(audiences(member, membership))
    if not form.check(member):
        return _page(member, condition, membership, form, row=row)
    membership = memberships.get(session, member, condition)
    text = form.text(membership, profile_name(member, membership))
    change_text(session, member, membership, condition, row, text, today())
    commit(session)
    _say(row, _("Your story has been changed."))
    return _to(condition, row)


@bp.route("/conditions/<slug>/stories/<uuid:text_id>/edit/preview", methods=["GET", "POST"])
@member_required
def preview_change(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show a changed story as others would read it. Nothing is stored."""
    form = StoryForm()
    condition, membership = _membership(member, slug)
    row = _own(member, condition, text_id)
    if membership is None or not form_fields.is_sent():
        at = url_for("tell.edit", slug=slug, text_id=text_id)
        return redirect(at, code=303 if form_fields.is_sent() else 302)
    form.offer(audiences(member, membership))
    is_valid = form.check(member)
    shown = _preview(member, membership, form) if is_valid else None
    return _page(member, condition, membership, form, status=200 if is_valid else 422, preview=shown, row=row)


def _membership(member: Member, slug: str) -> tuple[Condition, Membership | None]:
    condition = conditions.get(get_session(), slug)
    return condition, memberships.find(get_session(), member, condition)


def _own(member: Member, condition: Condition, text_id: uuid.UUID) -> MemberText:
    """Return a story of a member that can be changed.

    :raise UnknownTextError: if there is none.
    """
    row = writing.own(get_session(), member, condition, text_id)
    if row.kind != MemberTextKind.STORY or row.state not in (TextState.SHOWN, TextState.HELD):
        raise UnknownTextError
    return row


def _consume(member: Member) -> None:
    """Use up one text of the day.

    :raise TooManyRequestsError: if there is none left.
    """
    if writing.author(get_session(), member, today()).is_new:
        rate_limits.consume(_OF_NEW_MEMBERS, str(member.id))
    rate_limits.consume(rate_limits.limit("texts"), str(member.id))


def _say(row: MemberText, published: str) -> None:
    """Tell the author what became of a text, and what is hidden in it."""
    if row.state == TextState.HELD:
        flash(_("Your text is saved, but nobody else can read it yet: a moderator will read it first."), "warning")
    else:
        flash(published, "success")
    if shown_text(row).hides_contacts:
        flash(
            _(
                "We hide e-mail addresses, links and telephone numbers in your text until a moderator has checked it, "
                "because people who sell false cures use them."
            )
        )


def _to(condition: Condition, row: MemberText) -> Response:
    return redirect(url_for("stories.show", slug=condition.slug, text_id=row.id), code=303)


def _preview(member: Member, membership: Membership, form: StoryForm) -> tuple[str, ShownText]:
    """Return the name and the words of a text, as others would read it."""
    text = form.text(membership, profile_name(member, membership))
    row = MemberText(shows_contacts=False, content_notes=list(text.content_notes))
    for part in ("title", "first_signs", "diagnosis", "helped", "earlier_self", "body"):
        setattr(row, part, getattr(text.words, part))
    return text.pen_name or profile_name(member, membership), shown_text(row)


def _page(
    member: Member,
    condition: Condition,
    membership: Membership,
    form: StoryForm,
    *,
    status: int = 422,
    preview: tuple[str, ShownText] | None = None,
    row: MemberText | None = None,
    is_draft: bool = False,
) -> Answer:
    return page(
        "texts/tell.html",
        form,
        status=status,
        condition=condition,
        membership=membership,
        own_name=profile_name(member, membership),
        preview=preview,
        row=row,
        is_draft=is_draft or (request.method == "POST" and row is None),
    )
