"""The declaration of conversations."""

from sqlalchemy.exc import SQLAlchemyError

from mapservice.db import get_session
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.messages import conversations as store
from mapservice.web.accounts import login
from mapservice.web.messages import answers, conversations, current_keys, first_message, settings
from mapservice.web.site.card_actions import CardAction
from mapservice.web.site.declaration import WebSubject
from mapservice.web.site.navigation_entries import NavigationEntry


def _unread() -> int:
    """Return in how many conversations there is something new for the signed-in member."""
    member = login.viewer()
    try:
        return store.unread(get_session(), member) if member is not None else 0
    except SQLAlchemyError:
        return 0


SUBJECT = WebSubject(
    pages=(first_message.bp, conversations.bp, answers.bp, settings.bp),
    queries=frozenset({"before", "page"}),
    card_actions=(CardAction(_l("Write"), "first_message.edit"),),
    navigation=(NavigationEntry(_l("Messages"), "conversations.inbox", _unread),),
    start=current_keys.init_app,
)
