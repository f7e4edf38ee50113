"""What search engines read about a page: schema.org's MedicalWebPage and QAPage, from public text and facts alone.

Source: https://schema.org/MedicalWebPage, https://schema.org/QAPage
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mapservice.i18n.translation import get_locale
from mapservice.store.tables import Condition
from mapservice.web.knowledge.shown_articles import ShownArticle
from mapservice.web.site.languages import addresses
from mapservice.web.site.question_sections import PublicAnswer

#: Maximum number of other names.
NAMES = 10


def canonical() -> str:
    """Return the one address of this page in its language; empty if it has no address for each language."""
    return addresses().get(str(get_locale()), "")


def medical_page(
    condition: Condition,
    title: str,
    *,
    names: Sequence[str],
    codes: Mapping[str, Sequence[str]],
    text: str = "",
    article: ShownArticle | None = None,
) -> dict[str, Any]:
    """Return the description of a page about a condition; it names a review only of an article that has one."""
    about = {
        "@type": "MedicalCondition",
        "name": condition.name,
        "alternateName": list(names[:NAMES]),
        "code": [
            {"@type": "MedicalCode", "codingSystem": system, "codeValue": code}
            for system, numbers in codes.items()
            for code in numbers
        ],
    }
    page = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": title,
        "url": canonical(),
        "inLanguage": str(get_locale()),
        "description": text,
        "about": {name: value for name, value in about.items() if value},
        **(_of_article(article) if article else {}),
    }
    return {name: value for name, value in page.items() if value}


def question_page(title: str, answers: Sequence[PublicAnswer]) -> dict[str, Any] | None:
    """Return the description of a question that members answer to everybody, without their names; None if nobody does.

    The number is that of the answers on the page.
    """
    if not answers:
        return None
    address = canonical()
    suggested = [
        {
            "@type": "Answer",
            "text": answer.text,
            "datePublished": answer.day.isoformat(),
            "inLanguage": answer.language,
            "url": f"{address}#{answer.anchor}",
        }
        for answer in answers
    ]
    question = {"@type": "Question", "name": title, "text": title, "answerCount": len(answers)}
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": address,
        "inLanguage": str(get_locale()),
        "mainEntity": {**question, "suggestedAnswer": suggested},
    }


def _of_article(article: ShownArticle) -> dict[str, Any]:
    reviewed = {
        "lastReviewed": article.day.isoformat(),
        "reviewedBy": {"@type": "Person", "name": article.reviewer.name, "jobTitle": article.reviewer.profession}
        if article.reviewer
        else None,
    }
    return {
        "dateModified": article.day.isoformat(),
        "author": {"@type": "Person", "name": article.author.name} if article.author else None,
        "citation": [
            {
                "@type": "CreativeWork",
                "name": source.title,
                "publisher": {"@type": "Organization", "name": source.publisher},
                "url": source.address,
            }
            for source in article.sources
        ],
        **(reviewed if article.is_reviewed else {}),
    }
