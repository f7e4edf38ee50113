"""Texts of members in the search: those that somebody can read, by the one rule; for visitors the public copies."""

from typing import Any

from sqlalchemy import Select, String, and_, cast, false, func, select

from mapservice.privacy.texts import MemberTextKind, Reader
from mapservice.store.tables.search_sources import SearchSource
from mapservice.store.tables.searched import search_of
from mapservice.store.tables.texts import AnyText, MemberText, PublicText
from mapservice.store.texts.reading_rule import joined, readable_everywhere


def _readable(reader: Reader) -> Select[Any]:
    if reader.member is None:
        return _columns(PublicText)
    # PostgreSQL expects that hardly a text fulfils so many conditions, and would read all texts with a frequent word to
    # find the newest. Of what ``coalesce`` returns it expects that it is true for half of them.
    is_readable = func.coalesce(and_(*readable_everywhere(reader)), false())
    return joined(_columns(MemberText), MemberText.condition_id).where(is_readable)


def _table(reader: Reader) -> type[AnyText]:
    return PublicText if reader.member is None else MemberText


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
SOURCE = SearchSource(tuple(MemberTextKind), _readable, _table)
