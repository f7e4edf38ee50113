"""What the person who has sent this request can read: a member by the rule of texts, a visitor the public ones."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mapservice.db import get_session
from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import MemberTextKind
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.tables import Condition
from mapservice.store.texts import public_texts, readable
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts import login
from mapservice.web.site.redirects import to_sign_in
from mapservice.web.site.shared_pages import shared_page
from mapservice.web.texts.authors import current_viewer


def shown_or_sign_in(slug: str, render: Callable[[], str]) -> Any:
    """Return the page of one text of a condition; for one that is not public, visitors have to sign in.

    :raise UnknownTextError: if there is none that this member can read.
    """
    try:
        return shared_page(partial(condition_page_version, slug=slug), render)
    except UnknownTextError:
        if login.viewer() is not None:
            raise
        return to_sign_in(keeps_query=False)


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
