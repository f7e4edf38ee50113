"""Stories and experiences in the results of the search."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from mapservice.db import get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.question_words import question
from mapservice.i18n.text_words import TEXT_KINDS, ShownText, shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.texts import FORUM_KINDS, MemberTextKind, TextState
from mapservice.questions import QuestionKind
from mapservice.store.search.finding import Hit
from mapservice.store.tables import Condition
from mapservice.store.tables.search_sources import Searcher
from mapservice.store.tables.texts import AnyText, MemberText
from mapservice.store.texts import public_texts, readable
from mapservice.store.texts.readable import ReadText
from mapservice.web.site.search_parts import FoundText, SearchGroup
from mapservice.web.texts.places import TextPlace


def _show(hits: Sequence[Hit], searcher: Searcher) -> Mapping[Hit, FoundText]:
    by_condition: dict[int, dict[uuid.UUID, Hit]] = defaultdict(dict)
    for hit in hits:
        by_condition[hit.condition_id][uuid.UUID(hit.key)] = hit
    found = {}
    for condition_id, of_condition in by_condition.items():
        condition = get_session().get_one(Condition, condition_id)
        for text in _read(condition, list(of_condition), searcher):
            found[of_condition[text.row.id]] = _found(condition, text.row, shown_text(text.row))
    return found


def _read(condition: Condition, ids: Sequence[uuid.UUID], searcher: Searcher) -> Sequence[ReadText]:
    """Return those of some texts that the searcher can read."""
    if searcher.elsewhere.member is not None:
        viewer = searcher.here.get(condition.id, searcher.elsewhere)
        return readable.of(get_session(), condition.id, viewer, MemberText.id.in_(ids))
    found = []
    for text_id in ids:
        try:
            found.append(public_texts.get(get_session(), condition, text_id))
        except UnknownTextError:
            continue
    return found


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
