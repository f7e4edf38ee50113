"""Texts of members in the search: those that the searcher can read, by the one rule; for visitors the public copies."""

from typing import Any

from sqlalchemy import Select, String, and_, cast, false, func, or_, select

from mapservice.privacy.texts import MemberTextKind
from mapservice.store.tables.search_sources import Searcher, SearchSource
from mapservice.store.tables.searched import search_of
from mapservice.store.tables.texts import AnyText, MemberText, PublicText
from mapservice.store.texts.readable import joined, readable


def _readable(searcher: Searcher) -> Select[Any]:
    if searcher.elsewhere.member is None:
        return _columns(PublicText)
    # Communities in which the searcher is nothing special have one condition together: that of no certain one.
    others = [
        MemberText.condition_id.not_in(list(searcher.here)),
        *readable(MemberText.condition_id, searcher.elsewhere),
    ]
    here = [and_(*readable(condition_id, viewer)) for condition_id, viewer in searcher.here.items()]
    # PostgreSQL expects that hardly a text fulfils so many conditions, and would read all texts with a frequent word to
    # find the newest. Of what ``coalesce`` returns it expects that it is true for half of them.
    is_readable = func.coalesce(or_(*here, and_(*others)), false())
    return joined(_columns(MemberText), MemberText.condition_id).where(is_readable)


def _columns(table: type[AnyText]) -> Select[Any]:
    key = cast(table.id, String).label("key")
    return select(
        table.kind.label("kind"),
        table.condition_id,
        key,
        table.language,
        table.written_on.label("day"),
        search_of(table),
    ).select_from(table)


#: Stories and all other texts of members.
SOURCE = SearchSource(tuple(MemberTextKind), _readable)
