"""Stories and experiences in the results of the search."""

import uuid
from collections.abc import Mapping, Sequence

from mapservice.db import get_session
from mapservice.i18n.question_words import question
from mapservice.i18n.text_words import TEXT_KINDS, ShownText, shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.texts import FORUM_KINDS, MemberTextKind, Reader, TextState
from mapservice.questions import QuestionKind
from mapservice.store.search.finding import Hit
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import AnyText
from mapservice.store.texts import everywhere
from mapservice.web.site.search_parts import FoundText, SearchGroup
from mapservice.web.texts.places import TextPlace


def _show(hits: Sequence[Hit], reader: Reader) -> Mapping[Hit, FoundText]:
    by_key = {(hit.condition_id, uuid.UUID(hit.key)): hit for hit in hits}
    rows = everywhere.found(get_session(), reader, list(by_key))
    return {by_key[row.condition_id, row.id]: _found(condition, row, shown_text(row)) for row, condition in rows}


def _found(condition: Condition, row: AnyText, shown: ShownText) -> FoundText:
    kind = MemberTextKind(row.kind)
    words = " ".join(said for _title, said in shown.parts)
    return FoundText(
        title=shown.title or (question(QuestionKind(row.topic), condition.name) if row.topic else TEXT_KINDS[kind]),
        address=TextPlace.of_text(condition, row).address_of(row),
        words="" if shown.notes else words,
        tag=TEXT_KINDS[kind],
        condition=condition,
        language=row.language,
        day=row.written_on,
        warning=" · ".join(str(note) for note in shown.notes),
        note=_("Only you can see this yet") if row.state == TextState.HELD else "",
    )


#: The groups of texts by members.
GROUPS = (
    SearchGroup("stories", _l("Stories"), frozenset({MemberTextKind.STORY}), _show),
    SearchGroup("experience", _l("Members’ experience"), frozenset({MemberTextKind.EXPERIENCE}), _show),
    SearchGroup("forum", _l("Forum"), frozenset(FORUM_KINDS), _show),
)
