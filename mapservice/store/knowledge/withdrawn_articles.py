"""Articles that were withdrawn since a backup was made are withdrawn again after it is restored."""

import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.questions import PUBLIC, ArticleState
from mapservice.store.knowledge import articles
from mapservice.store.tables.articles import ArticleVersion


def repeat(session: Session, is_withdrawn: Callable[[uuid.UUID], bool]) -> int:
    """Withdraw the public versions of which the log says that they were withdrawn; return how many."""
    public = session.scalars(select(ArticleVersion).where(ArticleVersion.state.in_(PUBLIC))).all()
    again = [version for version in public if is_withdrawn(version.id)]
    for version in again:
        articles.set_state(session, version, ArticleState.WITHDRAWN)
    return len(again)
