"""Discussions like the one that somebody is about to start, of those that they can read."""

from typing import TypedDict

from flask import url_for

from mapservice.db import get_session
from mapservice.i18n.text_words import shown_text
from mapservice.store.forum import threads
from mapservice.store.tables import Condition
from mapservice.web.texts.authors import current_viewer


class AlikeThread(TypedDict):
    """A discussion that is offered: its title, in which language that is, and where it is read."""

    title: str
    language: str
    address: str


def listed(condition: Condition, title: str) -> list[AlikeThread]:
    """Return the discussions whose titles are most like one."""
    if not title:
        return []
    return [
        AlikeThread(
            title=shown_text(text.row).title,
            language=text.row.language,
            address=url_for("forum.show", slug=condition.slug, thread_id=text.row.id),
        )
        for text in threads.alike(get_session(), condition, current_viewer(condition), title)
    ]
