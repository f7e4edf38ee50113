"""The questions about a condition: a closed list. Each has a page of its own for every condition.

An article is the answer to one of them, in one language. Nothing here knows the web or the database.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class QuestionKind(StrEnum):
    """What people ask about a condition, in the order in which pages list it; the value is part of the address."""

    SYMPTOMS = "symptoms"
    CAUSES = "causes"
    HEREDITARY = "hereditary"
    CONTAGIOUS = "contagious"
    ONSET = "onset"
    DIAGNOSIS = "diagnosis"
    LIFE_EXPECTANCY = "life-expectancy"
    TREATMENTS = "treatments"
    NATURAL_TREATMENT = "natural-treatment"
    LIVING_WITH = "living-with-it"
    DIET = "diet"
    WORK_AND_SCHOOL = "work-and-school"
    PREGNANCY = "pregnancy"
    TRAVEL = "travel"
    COMMON = "how-common"
    CODES = "codes"
    RESEARCH = "research"
    COSTS_AND_RIGHTS = "costs-and-rights"
    CENTRES = "centres"
    PUBLIC_FIGURES = "public-figures"


class ArticleState(StrEnum):
    """The state of one version of an article.

    A published version is public, and nobody has reviewed it. A reviewed one was agreed to by two people. Of each
    article at most one version is public; the one before it is replaced.
    """

    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    REVIEWED = "reviewed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


#: The states of a version that everybody can read.
PUBLIC = (ArticleState.PUBLISHED, ArticleState.REVIEWED)


class ArticleOrigin(StrEnum):
    """Where a version comes from: an editor, the data of this software, or the invented texts of a demo."""

    EDITOR = "editor"
    SHIPPED = "shipped"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Source:
    """What an article rests on, or was compared with; ``seen`` only if somebody opened it on that day."""

    title: str
    publisher: str
    address: str
    seen: dt.date | None = None
    is_compared: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the source in a stored form."""
        seen = dt.date.fromisoformat(data["seen"]) if data.get("seen") else None
        return cls(data["title"], data["publisher"], data["address"], seen, bool(data.get("is_compared")))

    @property
    def stored(self) -> dict[str, Any]:
        """The form in which it is stored."""
        return {
            "title": self.title,
            "publisher": self.publisher,
            "address": self.address,
            "seen": self.seen.isoformat() if self.seen else "",
            "is_compared": self.is_compared,
        }


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What an article says, in Markdown, and its sources."""

    short: str
    body: str = ""
    next_steps: str = ""
    sources: tuple[Source, ...] = ()


#: Maximum lengths in characters, and the maximum number of sources.
MAX_SHORT, MAX_BODY, MAX_STEPS, MAX_SOURCES = 1_200, 30_000, 6_000, 12
MAX_NAME, MAX_PROFESSION, MAX_CONFLICTS = 80, 120, 600

#: The fewest and the most characters of what a reader says is wrong with an article.
MIN_REMARK, MAX_REMARK = 20, 1_000

#: How long such a remark is kept after an editor was done with it.
REMARK_KEPT_FOR = dt.timedelta(days=30)
