"""What the person who has sent this request can read: a member by the rule of texts, a visitor the public ones."""

import uuid
from collections.abc import Mapping, Sequence

from mapservice.db import get_session
from mapservice.privacy.texts import MemberTextKind
from mapservice.store.tables import Condition
from mapservice.store.texts import public_texts, readable
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts import login
from mapservice.web.texts.authors import current_viewer


def listed(
    condition: Condition,
    kind: MemberTextKind,
    topic: str | None = None,
    *,
    by_thanks: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[int, Sequence[ReadText]]:
    """Return how many texts of a kind this person can read, and some of them."""
    if login.viewer() is None:
        return public_texts.listed(get_session(), condition, kind, topic, limit=limit, offset=offset)
    viewer, page = current_viewer(condition), {"limit": limit, "offset": offset}
    return readable.listed(get_session(), condition, viewer, kind, topic, by_thanks=by_thanks, **page)


def get(condition: Condition, text_id: uuid.UUID) -> ReadText:
    """Return a text that this person can read.

    :raise UnknownTextError: if there is none.
    """
    if login.viewer() is None:
        return public_texts.get(get_session(), condition, text_id)
    return readable.get(get_session(), condition, text_id, current_viewer(condition))


def counts_by_topic(condition: Condition) -> Mapping[str, int]:
    """Return how many experiences this person can read, by question."""
    if login.viewer() is None:
        return public_texts.counts_by_topic(get_session(), condition)
    return readable.counts_by_topic(get_session(), condition, current_viewer(condition))
