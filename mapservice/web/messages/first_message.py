"""Writing a first message to somebody whose profile card a member can see."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.errors import NotAMemberError, TooManyNewPeopleError, UnknownPersonError
from mapservice.i18n.dates import today
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.translation import ngettext
from mapservice.privacy.messages import DRAFTS, MAX_FIRST, MIN_FIRST, WARNING, ConversationPart, may_write
from mapservice.privacy.precision import is_minor
from mapservice.privacy.visibility import Viewer
from mapservice.store.catalogue import conditions
from mapservice.store.community import closed_memberships, memberships, visible_people
from mapservice.store.messages import conversations, first_messages, message_settings, pairs, reading, writing
from mapservice.store.messages.conversations import Conversation
from mapservice.store.messages.first_messages import NewPeople
from mapservice.store.places import member_lists
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.messages import ConversationRow
from mapservice.web.accounts.access import member_required
from mapservice.web.messages.current_keys import message_keys
from mapservice.web.messages.forms import FirstMessageForm
from mapservice.web.site import form_fields, people_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.retries import idempotent

bp = Blueprint("first_message", __name__)

MASKED = _l(
    "We replaced contact details in your message with “[hidden]”, because people who sell false cures could collect "
    "them. Once the other person has accepted your message, you can both share what you like."
)

NOT_TAKEN = _l("Your message was not sent. This person does not take messages from you.")

USED_UP = _l(
    "Your message was not sent. You have written to as many new people as you can in 24 hours. Save it as a draft, and "
    "send it later."
)


@bp.get("/conditions/<slug>/people/<public_id>/write")
@member_required
def edit(member: Member, slug: str, public_id: str) -> Answer:
    """Show the form for a first message, or the conversation that there is already."""
    form_fields.allow_only_queries()
    people_limits.consume(member)
    condition = conditions.get(get_session(), slug)
    person, viewer = _person(member, condition, public_id)
    if person.member_id == member.id:
        return redirect(url_for("map.card", slug=slug, public_id=public_id))
    begun = conversations.find_with(get_session(), member, condition, person.member_id)
    if begun is not None and begun.part is not ConversationPart.DRAFT:
        return _to(begun)
    typed = reading.draft(get_session(), message_keys(), begun.row, member) if begun else ""
    form = FirstMessageForm(formdata=None, data={"text": typed})
    return _page(member, condition, person, viewer, form)


@bp.post("/conditions/<slug>/people/<public_id>/write")
@member_required
def send(member: Member, slug: str, public_id: str) -> Answer:
    """Send a first message; with an error, what was typed is kept."""
    session, form = get_session(), FirstMessageForm()
    condition, is_valid = conditions.get(session, slug), form.validate()
    is_done = operations.is_done(session, operation_id(), member)
    try:
        person, viewer = _person(member, condition, public_id)
    except UnknownPersonError:
        return redirect(url_for("conversations.inbox"), code=303) if is_done else _gone(condition, form)
    pairs.lock(session, member.id, person.member_id)
    begun = conversations.find_with(session, member, condition, person.member_id)
    if begun is not None and begun.part is not ConversationPart.DRAFT:
        return _to(begun)
    if not is_valid or not _takes_messages(person, viewer):
        session.rollback()
        if is_valid:
            form.form_errors.append(NOT_TAKEN)
        return _page(member, condition, person, viewer, form)
    try:
        written = first_messages.claim(session, member)
    except TooManyNewPeopleError:
        session.rollback()
        form.form_errors.append(USED_UP)
        return _page(member, condition, person, viewer, form, status=429)
    row = begun.row if begun else _begin(member, condition, person, viewer)
    writing.send_first(session, message_keys(), row, member, form.sent_text)
    commit(session)
    _say(form, written)
    return redirect(url_for("conversations.show", slug=slug, conversation_id=row.id), code=303)


@bp.post("/conditions/<slug>/people/<public_id>/write/draft")
@member_required
@idempotent
def keep(member: Member, slug: str, public_id: str) -> Answer:
    """Keep what was typed, without sending it."""
    session, form = get_session(), FirstMessageForm()
    condition = conditions.get(session, slug)
    try:
        person, viewer = _person(member, condition, public_id)
    except UnknownPersonError:
        return _gone(condition, form)
    if person.member_id == member.id:
        raise UnknownPersonError
    pairs.lock(session, member.id, person.member_id)
    begun = conversations.find_with(session, member, condition, person.member_id)
    if begun is not None and begun.part is not ConversationPart.DRAFT:
        return _to(begun)
    row = begun.row if begun else _begin(member, condition, person, viewer)
    writing.save_draft(session, message_keys(), row, member, form.text.data[: 2 * MAX_FIRST])
    commit(session)
    flash(_("Your draft has been saved. It stays under “Messages” for %(days)s days.", days=DRAFTS.days), "success")
    return redirect(url_for("first_message.edit", slug=slug, public_id=public_id), code=303)


def _person(member: Member, condition: Condition, public_id: str) -> tuple[Membership, Viewer]:
    if closed_memberships.find(get_session(), member, condition) is not None:
        raise NotAMemberError
    viewer = memberships.viewer(get_session(), member, condition)
    return visible_people.get(get_session(), condition, public_id, viewer), viewer


def _takes_messages(person: Membership, viewer: Viewer) -> bool:
    is_other = person.member_id != viewer.member
    return is_other and may_write(message_settings.who_may_write(get_session(), person, today()), viewer)


def _begin(member: Member, condition: Condition, person: Membership, viewer: Viewer) -> ConversationRow:
    keys, other = message_keys(), person.member_id
    return writing.begin(get_session(), keys, condition, member, other, has_joined=viewer.has_joined)


def _to(conversation: Conversation) -> Response:
    slug = conversation.condition.slug
    return redirect(url_for("conversations.show", slug=slug, conversation_id=conversation.id), code=303)


def _say(form: FirstMessageForm, written: NewPeople) -> None:
    """Tell a member what was hidden in their message, and that they are near the limit of the day."""
    if form.has_contacts:
        flash(str(MASKED))
    if WARNING <= written.written < written.limit:
        flash(
            ngettext(
                "You can write to %(num)s more new person today.",
                "You can write to %(num)s more new people today.",
                written.limit - written.written,
            )
        )


def _gone(condition: Condition, form: FirstMessageForm) -> Answer:
    """Return the page that says that the person cannot be seen, with what was typed."""
    get_session().rollback()
    return render_template("messages/gone.html", condition=condition, typed=form.text.data), 404


def _page(
    member: Member,
    condition: Condition,
    person: Membership,
    viewer: Viewer,
    form: FirstMessageForm,
    *,
    status: int = 422,
) -> Answer:
    session = get_session()
    own = memberships.find(session, member, condition)
    words = {
        "condition": condition,
        "public_id": person.public_id,
        "name": member_lists.card(session, condition, person.public_id, viewer).pseudonym,
        "own_name": (own.pseudonym if own else None) or member.pseudonym,
        "takes_messages": _takes_messages(person, viewer),
        "new_people": first_messages.count(session, member),
        "under_18": is_minor(member.minor_until, today()),
        "lengths": (MIN_FIRST, MAX_FIRST),
    }
    return page("messages/write.html", form, status=status, **words)
