"""Reading stories: those of one condition, and one of them."""

import uuid
from functools import partial

from flask import Blueprint, render_template, request

from mapservice.db import get_session
from mapservice.i18n.text_words import reasons_in_words, shown_text, state_in_words
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member
from mapservice.store.texts import readable
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, pagination

bp = Blueprint("stories", __name__)

#: Stories on a page of their list.
PAGE = 20


@bp.get("/conditions/<slug>/stories")
@member_required
def index(member: Member, slug: str) -> str:
    """List the stories of a condition that this viewer can read."""
    form_fields.allow_only_queries("order", "page")
    condition = conditions.get(get_session(), slug)
    viewer = memberships.viewer(get_session(), member, condition)
    by_thanks = request.args.get("order") == "thanks"
    load = partial(readable.listed, get_session(), condition, viewer, MemberTextKind.STORY, by_thanks=by_thanks)
    texts = pagination.load_page(load, PAGE)
    return render_template(
        "texts/stories.html",
        condition=condition,
        texts=texts,
        rows=[(text, shown_text(text.row)) for text in texts.rows],
        by_thanks=by_thanks and texts.total >= MIN_COUNT,
        is_counted=texts.total >= MIN_COUNT,
    )


@bp.get("/conditions/<slug>/stories/<uuid:text_id>")
@member_required
def show(member: Member, slug: str, text_id: uuid.UUID) -> str:
    """Show a story; its author also sees what became of it."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug)
    return _page(member, condition, text_id)


def _page(member: Member, condition: Condition, text_id: uuid.UUID) -> str:
    viewer = memberships.viewer(get_session(), member, condition)
    text = readable.get(get_session(), condition, text_id, viewer)
    return render_template(
        "texts/story.html",
        condition=condition,
        text=text,
        shown=shown_text(text.row),
        state=state_in_words(text.row),
        reasons=reasons_in_words(text.row),
    )
