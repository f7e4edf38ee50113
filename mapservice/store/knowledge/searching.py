"""Articles in the search: the public version of each."""

from typing import Any

from sqlalchemy import Select, func, literal, select

from mapservice.privacy.texts import Reader
from mapservice.questions import PUBLIC
from mapservice.store.tables.articles import ArticleVersion
from mapservice.store.tables.search_sources import SearchSource
from mapservice.store.tables.searched import search_of

#: The kind of article in the search.
ARTICLE = "article"


def _readable(_reader: Reader) -> Select[Any]:
    version = ArticleVersion
    return select(
        literal(ARTICLE).label("kind"),
        version.condition_id,
        version.kind.label("key"),
        version.language,
        func.coalesce(version.decided_on, version.made_on).label("day"),
        search_of(version),
    ).where(version.state.in_(PUBLIC))


SOURCE = SearchSource((ARTICLE,), _readable)
