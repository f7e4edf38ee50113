"""Submit, publish, review or withdraw a version of an article.

Publishing as reviewed takes two people: the author of a version cannot review it.
"""

from enum import StrEnum

from sqlalchemy.orm import Session

from mapservice.i18n.languages import SOURCE
from mapservice.questions import PUBLIC, ArticleState
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.knowledge import article_follows, articles
from mapservice.store.knowledge.articles import REVIEWER, ArticleKey, Signature
from mapservice.store.tables import Condition, Member


class Decision(StrEnum):
    """What an editor decides about a version."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    REVIEW = "review"
    WITHDRAW = "withdraw"


class Refusal(StrEnum):
    """Why a decision was not carried out."""

    OUTDATED = "outdated"
    OWN = "own"
    NO_SOURCE = "no source"


#: The states from which each decision can be made, and the state to which it leads.
_FROM = {
    Decision.SUBMIT: frozenset({ArticleState.DRAFT}),
    Decision.PUBLISH: frozenset({ArticleState.DRAFT, ArticleState.IN_REVIEW}),
    Decision.REVIEW: frozenset({ArticleState.IN_REVIEW, ArticleState.PUBLISHED, ArticleState.REVIEWED}),
    Decision.WITHDRAW: frozenset(PUBLIC),
}
_TO = {
    Decision.SUBMIT: ArticleState.IN_REVIEW,
    Decision.PUBLISH: ArticleState.PUBLISHED,
    Decision.REVIEW: ArticleState.REVIEWED,
    Decision.WITHDRAW: ArticleState.WITHDRAWN,
}


def decide(
    session: Session,
    member: Member,
    condition: Condition,
    key: ArticleKey,
    number: int,
    decision: Decision,
    *,
    reviewer: Signature | None = None,
) -> Refusal | None:
    """Carry out a decision about a version and enter it in the audit log; return why not, if it cannot be done.

    ``reviewer`` is how the member is named as the reviewer. A version that is not public can only be decided about
    while it is the newest one.
    """
    signed = articles.get(session, key, number, lock=True)
    newest = articles.newest(session, key)
    if signed is None or newest is None:
        return Refusal.OUTDATED
    version = signed.version
    if decision is not Decision.REVIEW and version.state == _TO[decision]:
        return None  # pressed twice
    is_old = version.state not in PUBLIC and version.number != newest.version.number
    if is_old or version.state not in _FROM[decision]:
        return Refusal.OUTDATED
    if decision in {Decision.PUBLISH, Decision.REVIEW} and all(source["is_compared"] for source in version.sources):
        return Refusal.NO_SOURCE
    if decision is Decision.REVIEW:
        if signed.author is not None and signed.author.member_id == member.id:
            return Refusal.OWN
        articles.sign(session, version, REVIEWER, member, reviewer or Signature(""))
    articles.set_state(session, version, _TO[decision])
    if decision in {Decision.REVIEW, Decision.WITHDRAW}:
        article_follows.announce(session, key, member, fallback=SOURCE)
    subject = f"article: {decision} {condition.slug} {key.kind} {key.language} {number}"
    audit_log.add_entry(session, Act.CHANGE, member, subject, is_named=False)
    return None


def can_review(signed: articles.SignedVersion, member: Member) -> bool:
    """Return whether a member can review a version: it waits for it or is public, and is not their own."""
    is_own = signed.author is not None and signed.author.member_id == member.id
    return signed.version.state in _FROM[Decision.REVIEW] and not is_own
