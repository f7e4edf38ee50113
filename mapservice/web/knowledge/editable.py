"""Whether the viewer of a page is an editor of what is on it."""

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.store.knowledge import article_follows, editors
from mapservice.store.tables import Condition
from mapservice.web.accounts import login


def editable_languages(condition: Condition) -> Mapping[str, str]:
    """Return the languages in which the viewer can edit the answers about a condition, with their names."""
    member = login.viewer()
    if member is None:
        return {}
    codes = editors.languages(get_session(), member, condition)
    return {code: LANGUAGES[code] for code in codes if code in LANGUAGES}


def has_articles() -> bool:
    """Return whether the viewer of a page is an editor of anything, or follows the articles about a condition."""
    member = login.viewer()
    try:
        return member is not None and article_follows.is_editor_or_follower(get_session(), member)
    except SQLAlchemyError:
        return False
