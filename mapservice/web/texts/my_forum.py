"""The forums of a member's communities, and the discussions that they follow there."""

from flask import Blueprint, render_template
from sqlalchemy.exc import SQLAlchemyError

from mapservice.db import get_session
from mapservice.i18n.text_words import shown_text
from mapservice.store.community import memberships
from mapservice.store.forum import follows, threads
from mapservice.store.forum.threads import ThreadOrder
from mapservice.store.tables import Member
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields

bp = Blueprint("my_forum", __name__)

#: Discussions that are listed of each community.
FOLLOWED = 10


@bp.get("/me/forum")
@member_required
def show(member: Member) -> str:
    """List the forums of the member's communities, and the newest discussions that they follow in each."""
    form_fields.allow_only_queries()
    session, forums = get_session(), []
    unseen = follows.unseen_threads(session, member)
    for _membership, condition in memberships.list_for_member(session, member):
        viewer = memberships.viewer(session, member, condition)
        how_many, followed = threads.listed(session, condition, viewer, ThreadOrder.FOLLOWED, limit=FOLLOWED)
        rows = [(thread, shown_text(thread.first.row) if thread.first else None) for thread in followed]
        forums.append((condition, rows, how_many > FOLLOWED, unseen.get(condition.id, set())))
    return render_template("texts/my_forum.html", forums=forums)


def unseen() -> int:
    """Return in how many discussions that the signed-in member follows there is a new answer."""
    member = login.viewer()
    try:
        return follows.unseen(get_session(), member) if member is not None else 0
    except SQLAlchemyError:
        return 0
