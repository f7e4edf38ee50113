"""The steps of writing a text of any kind: the form, the preview, what was typed so far, publishing, changing."""

from flask import flash, jsonify, redirect, request, url_for

from mapservice.actions.publish_text import change_text, publish_text
from mapservice.db import commit, get_session
from mapservice.i18n.dates import today
from mapservice.i18n.question_words import question_html
from mapservice.i18n.text_words import ShownText, shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.texts import DRAFTS_FOR, NEW_MEMBER_ANSWERS, NEW_MEMBER_TEXTS, MemberTextKind, TextState
from mapservice.questions import QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.forum import threads
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import drafts, writing
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.rate_limits import Limit
from mapservice.web.site.redirects import wants_json
from mapservice.web.texts import alike
from mapservice.web.texts.alike import AlikeThread
from mapservice.web.texts.authors import audiences, current_viewer, profile_name, to_joining
from mapservice.web.texts.forms import WritingForm
from mapservice.web.texts.places import TextPlace

#: What a new member can publish in a day; of others the settings ``limit_texts`` and ``limit_answers`` decide.
_OF_NEW_MEMBERS = Limit("texts-new", NEW_MEMBER_TEXTS, 24 * 60 * 60)
_ANSWERS_OF_NEW_MEMBERS = Limit("answers-new", NEW_MEMBER_ANSWERS, 24 * 60 * 60)


def write(member: Member, place: TextPlace) -> Answer:
    """Show the form for a text, with what was typed before."""
    form_fields.allow_only_queries(*(["quote"] if place.kind is MemberTextKind.ANSWER else []))
    condition, membership = find_membership(member, place.slug)
    if membership is None:
        return to_joining(place.slug)
    typed = drafts.get(get_session(), membership, place.kind, place.about)
    choices = audiences(member, membership, place)
    form = place.form.of_draft(choices, typed) if typed else place.form.empty(choices)
    if "quotes" in form and request.args.get("quote"):
        form.quotes.data = request.args["quote"]
    return form_page(member, condition, membership, place, form, is_draft=bool(typed))


def publish(member: Member, place: TextPlace) -> Answer:
    """Publish a text, or hold it until a moderator has read it."""
    session, form = get_session(), place.form()
    condition, membership = find_membership(member, place.slug)
    if membership is None:
        return to_joining(place.slug)
    form.offer(audiences(member, membership, place))
    is_valid = form.check(member)
    if operations.is_done(session, operation_id(), member):
        return redirect(url_for("own_texts.show"), code=303)
    if not is_valid:
        session.rollback()
        return form_page(member, condition, membership, place, form)
    _consume(member, place)
    membership = memberships.get(session, member, condition)
    text = form.text(place.kind, place.topic, profile_name(member, membership), place.thread_id)
    row = publish_text(session, member, membership, condition, text, today())
    commit(session)
    _say(row, _("Your text has been published. You can change or withdraw it at any time."))
    return redirect(place.address_of(row), code=303)


def preview(member: Member, place: TextPlace) -> Answer:
    """Show a text as others would read it. Nothing is published."""
    form = place.form()
    condition, membership = find_membership(member, place.slug)
    if membership is None or not form_fields.is_sent():
        return redirect(place.address("write"), code=303 if form_fields.is_sent() else 302)
    return _preview_page(member, condition, membership, place, form)


def keep(member: Member, place: TextPlace) -> Answer:
    """Keep what was typed, without publishing it."""
    form = place.form()
    _condition, membership = find_membership(member, place.slug)
    if membership is None:
        return to_joining(place.slug)
    drafts.save(get_session(), membership, place.kind, place.about, form.typed)
    commit(get_session())
    if wants_json():
        return jsonify(saved=True)
    flash(_("Your draft has been saved. We keep it for %(days)s days.", days=DRAFTS_FOR.days), "success")
    return redirect(place.address("write"), code=303)


def forget(member: Member, place: TextPlace) -> Answer:
    """Delete what was typed."""
    form_fields.allow_only()
    _condition, membership = find_membership(member, place.slug)
    if membership is not None:
        drafts.forget(get_session(), membership, place.kind, place.about)
        commit(get_session())
        flash(_("Your draft has been deleted."), "success")
    return redirect(place.address("write"), code=303)


def edit(member: Member, condition: Condition, membership: Membership, row: MemberText) -> Answer:
    """Show the form with a text."""
    place = TextPlace.of_text(condition, row)
    form = place.form.of_text(audiences(member, membership, place), row)
    return form_page(member, condition, membership, place, form, row=row)


def save(member: Member, condition: Condition, membership: Membership, row: MemberText) -> Answer:
    """Change a text, which is shown or held by the same rules as a new one."""
    session, place = get_session(), TextPlace.of_text(condition, row)
    form = place.form()
    form.offer(audiences(member, membership, place))
    if not form.check(member):
        return form_page(member, condition, membership, place, form, row=row)
    membership = memberships.get(session, member, condition)
    text = form.text(place.kind, place.topic, profile_name(member, membership), place.thread_id)
    change_text(session, member, membership, condition, row, text, today())
    commit(session)
    _say(row, _("Your text has been changed."))
    return redirect(place.address_of(row), code=303)


def preview_change(member: Member, condition: Condition, membership: Membership, row: MemberText) -> Answer:
    """Show a changed text as others would read it. Nothing is stored."""
    place = TextPlace.of_text(condition, row)
    return _preview_page(member, condition, membership, place, place.form(), row=row)


def find_membership(member: Member, slug: str) -> tuple[Condition, Membership | None]:
    """Return a condition, and the membership of a member in it."""
    condition = conditions.get(get_session(), slug)
    return condition, memberships.find(get_session(), member, condition)


def _consume(member: Member, place: TextPlace) -> None:
    """Use up one text or answer of the day.

    :raise TooManyRequestsError: if there is none left.
    """
    is_answer = place.kind is MemberTextKind.ANSWER
    if writing.author(get_session(), member, today()).is_new:
        rate_limits.consume(_ANSWERS_OF_NEW_MEMBERS if is_answer else _OF_NEW_MEMBERS, str(member.id))
    rate_limits.consume(rate_limits.limit("answers" if is_answer else "texts"), str(member.id))


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


def _preview_page(
    member: Member,
    condition: Condition,
    membership: Membership,
    place: TextPlace,
    form: WritingForm,
    *,
    row: MemberText | None = None,
) -> Answer:
    form.offer(audiences(member, membership, place))
    if not form.check(member):
        return form_page(member, condition, membership, place, form, row=row)
    name = profile_name(member, membership)
    text = form.text(place.kind, place.topic, name, place.thread_id)
    seen = MemberText(
        kind=place.kind, shows_contacts=False, content_notes=list(text.content_notes), language=text.language
    )
    writing.put_words(seen, text.words)
    shown = text.pen_name or name, shown_text(seen)
    return form_page(member, condition, membership, place, form, status=200, preview=shown, row=row)


def form_page(
    member: Member,
    condition: Condition,
    membership: Membership,
    place: TextPlace,
    form: WritingForm,
    *,
    status: int = 422,
    preview: tuple[str, ShownText] | None = None,
    row: MemberText | None = None,
    is_draft: bool = False,
) -> Answer:
    """Return the page with the form of a text."""
    return page(
        "texts/tell.html",
        form,
        status=status,
        condition=condition,
        membership=membership,
        place=place,
        question=question_html(QuestionKind(place.topic), condition.name) if place.topic else None,
        alike=_alike(condition, place, form, row),
        thread_title=_thread_title(condition, place),
        quoted=_quoted(condition, place, form),
        own_name=profile_name(member, membership),
        preview=preview,
        row=row,
        is_draft=is_draft or (request.method == "POST" and row is None),
    )


def _alike(condition: Condition, place: TextPlace, form: WritingForm, row: MemberText | None) -> list[AlikeThread]:
    """Return the discussions that are like the one that a member is about to start."""
    is_new = place.kind is MemberTextKind.THREAD and row is None
    return alike.listed(condition, form.title.data or "") if is_new else []


def _thread_title(condition: Condition, place: TextPlace) -> str:
    """Return the title of the discussion that is answered, if the member can read it."""
    if place.thread_id is None:
        return ""
    first = threads.get(get_session(), condition, current_viewer(condition), place.thread_id)
    return shown_text(first.row).title if first else ""


def _quoted(condition: Condition, place: TextPlace, form: WritingForm) -> ShownText | None:
    """Return the text that an answer quotes, if the member can read it."""
    if place.thread_id is None or form.quotes_id is None:
        return None
    found = threads.get(get_session(), condition, current_viewer(condition), form.quotes_id)
    return shown_text(found.row) if found and found.row.thread_id == place.thread_id else None
