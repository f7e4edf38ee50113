"""Articles as readers see them: rendered, with author, reviewer, day, and a banner if something is missing."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.i18n.dates import today
from mapservice.i18n.languages import LANGUAGES, SOURCE
from mapservice.i18n.translation import get_locale
from mapservice.questions import ArticleOrigin, ArticleState, QuestionKind, Source
from mapservice.store.knowledge import articles
from mapservice.store.knowledge.articles import ArticleKey, SignedVersion
from mapservice.store.tables import Condition
from mapservice.store.tables.articles import ArticleSignature, ArticleVersion
from mapservice.text import markdown

# The numbers of the sources behind a sentence: [1, 2].
_MARK = re.compile(r"\s?\[\d{1,2}(?:, \d{1,2})*\](?!\()")


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """A version of an article; ``language_name`` is empty if it is in the reader's language.

    ``brief`` is the short answer without the numbers of its sources, for pages that do not list them.
    """

    number: int
    short: Markup
    brief: Markup
    body: Markup
    next_steps: Markup
    sources: Sequence[Source]
    compared: Sequence[Source]
    author: ArticleSignature | None
    reviewer: ArticleSignature | None
    day: dt.date
    language: str
    language_name: str
    is_reviewed: bool
    is_due: bool
    is_shipped: bool
    is_sample: bool

    @property
    def has_numbers(self) -> bool:
        """Whether sentences name the numbers of their sources."""
        return self.short != self.brief

    @property
    def text(self) -> str:
        """The short answer without markup and without the numbers of its sources."""
        return self.brief.striptags()


def rendered(source: str) -> Markup:
    """Return a text in Markdown as HTML."""
    return Markup(markdown.to_html(source))  # noqa: S704 -- cleaned by nh3


def shown(signed: SignedVersion) -> ShownArticle:
    """Return a version of an article as readers see it."""
    version = signed.version
    sources = [Source.of(data) for data in version.sources]
    is_reviewed, day = version.state == ArticleState.REVIEWED, version.decided_on or version.made_on
    is_foreign = version.language != get_locale().language
    return ShownArticle(
        number=version.number,
        short=rendered(version.short),
        brief=rendered(_MARK.sub("", version.short)),
        body=rendered(version.body),
        next_steps=rendered(version.next_steps),
        sources=[source for source in sources if not source.is_compared],
        compared=[source for source in sources if source.is_compared],
        author=signed.author,
        reviewer=signed.reviewer,
        day=day,
        language=version.language,
        language_name=LANGUAGES.get(version.language, version.language) if is_foreign else "",
        is_reviewed=is_reviewed,
        is_due=is_reviewed and day < today() - dt.timedelta(days=current_config().article_review_days),
        is_shipped=version.origin == ArticleOrigin.SHIPPED,
        is_sample=version.origin == ArticleOrigin.SAMPLE,
    )


def public_articles(condition: Condition) -> dict[QuestionKind, ShownArticle]:
    """Return the public answers to the questions about a condition, each in the reader's language if there is one."""
    session, by_kind = get_session(), dict[QuestionKind, list[ArticleVersion]]()
    for version in articles.public(session, condition):
        by_kind.setdefault(QuestionKind(version.kind), []).append(version)
    chosen = {kind: _in_best_language(versions) for kind, versions in by_kind.items()}
    return {kind: shown(articles.signed(session, version)) for kind, version in chosen.items()}


def has_earlier(condition: Condition, kind: QuestionKind, article: ShownArticle) -> bool:
    """Return whether another version of an article was public before, so that readers can see what has changed."""
    key = ArticleKey(condition.id, kind, article.language)
    return articles.replaced_before(get_session(), key, article.number) is not None


def _in_best_language(versions: Iterable[ArticleVersion]) -> ArticleVersion:
    by_language: Mapping[str, ArticleVersion] = {version.language: version for version in versions}
    preferred = (get_locale().language, SOURCE, *by_language)
    return next(by_language[language] for language in preferred if language in by_language)
