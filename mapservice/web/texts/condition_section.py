"""The beginnings of stories on the page of a condition."""

from typing import Any

from mapservice.i18n.text_words import shown_text
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.store.tables import Condition
from mapservice.web.site.condition_sections import ConditionSection
from mapservice.web.texts import reading

#: Stories whose beginning is on the page.
BEGINNINGS = 3


def _section(condition: Condition) -> dict[str, Any]:
    how_many, texts = reading.listed(condition, MemberTextKind.STORY, limit=BEGINNINGS)
    stories = [(text, shown_text(text.row)) for text in texts]
    return {"stories": stories, "story_count": how_many if how_many >= MIN_COUNT else 0}


SECTION = ConditionSection("texts/condition", _section)
