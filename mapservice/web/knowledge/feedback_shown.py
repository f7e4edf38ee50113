"""What the viewer of an article has said about it."""

from dataclasses import dataclass

from mapservice.db import get_session
from mapservice.questions import QuestionKind
from mapservice.store.knowledge import feedback
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition
from mapservice.web.accounts import login
from mapservice.web.knowledge.shown_articles import ShownArticle


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether the article helped the viewer, and whether they wrote to its editors that something is wrong."""

    has_helped: bool
    has_remark: bool


def feedback_on(condition: Condition, kind: QuestionKind, article: ShownArticle) -> Feedback | None:
    """Return what the viewer has said about an article; None for a visitor."""
    member = login.viewer()
    if member is None:
        return None
    session, key = get_session(), ArticleKey(condition.id, kind, article.language)
    return Feedback(feedback.has_helped(session, member, key), feedback.remark_of(session, member, key) is not None)
