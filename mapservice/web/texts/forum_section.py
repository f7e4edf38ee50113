"""The newest discussions of the forum on the page of a condition."""

from typing import Any

from mapservice.db import get_session
from mapservice.i18n.text_words import shown_text
from mapservice.store.forum import threads
from mapservice.store.tables import Condition
from mapservice.web.site.condition_sections import ConditionSection
from mapservice.web.texts.authors import current_viewer

#: Discussions on the page.
NEWEST = 3


def _section(condition: Condition) -> dict[str, Any]:
    how_many, newest = threads.listed(get_session(), condition, current_viewer(condition), limit=NEWEST)
    rows = [(thread, shown_text(thread.first.row) if thread.first else None) for thread in newest]
    return {"threads": rows, "has_more_threads": how_many > NEWEST}


SECTION = ConditionSection("texts/forum", _section)
