"""The words for states of articles and for decisions about them."""

from mapservice.actions.decide_article import Decision, Refusal
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import ArticleState

STATES = {
    ArticleState.DRAFT: _l("Draft: only editors can see it"),
    ArticleState.IN_REVIEW: _l("Waiting for a review"),
    ArticleState.PUBLISHED: _l("Public, not reviewed"),
    ArticleState.REVIEWED: _l("Public and reviewed"),
    ArticleState.REPLACED: _l("Replaced by a newer version"),
    ArticleState.WITHDRAWN: _l("Withdrawn"),
}

DECIDED = {
    Decision.SUBMIT: _l("The version is waiting for a review by another editor."),
    Decision.PUBLISH: _l("The version is public. The page says that nobody has reviewed it yet."),
    Decision.REVIEW: _l("The version is public and reviewed. The page shows your name, profession and conflicts."),
    Decision.WITHDRAW: _l("The answer has been withdrawn. Nobody but editors can see it."),
}

REFUSALS = {
    Refusal.OUTDATED: _l("The article has changed since you opened this page. Look at it again before you decide."),
    Refusal.OWN: _l("You wrote this version, so another editor has to review it."),
    Refusal.NO_SOURCE: _l("Name at least one source before you publish."),
}
