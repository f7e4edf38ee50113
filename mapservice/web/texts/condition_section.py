"""The beginnings of stories on the page of a condition."""

from typing import Any

from mapservice.db import get_session
from mapservice.i18n.text_words import shown_text
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.store.community import memberships
from mapservice.store.tables import Condition
from mapservice.store.texts import readable
from mapservice.web.accounts import login
from mapservice.web.site.condition_sections import ConditionSection

#: Stories whose beginning is on the page.
BEGINNINGS = 3


def _section(condition: Condition) -> dict[str, Any]:
    member = login.viewer()
    if member is None:
        return {"stories": [], "story_count": 0}
    viewer = memberships.viewer(get_session(), member, condition)
    how_many, texts = readable.listed(get_session(), condition, viewer, MemberTextKind.STORY, limit=BEGINNINGS)
    stories = [(text, shown_text(text.row)) for text in texts]
    return {"stories": stories, "story_count": how_many if how_many >= MIN_COUNT else 0}


SECTION = ConditionSection("texts/condition", _section)
