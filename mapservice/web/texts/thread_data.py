"""What search engines read about a discussion: schema.org's DiscussionForumPosting, from public texts alone.

Source: https://schema.org/DiscussionForumPosting
"""

from collections.abc import Sequence
from typing import Any

from mapservice.i18n.text_words import shown_text
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import PublicText
from mapservice.store.texts.readable import ReadText


def posting(
    condition: Condition, first: ReadText | None, answers: Sequence[ReadText], how_many: int, address: str
) -> dict[str, Any] | None:
    """Return the description of a discussion for everybody, with the answers on this page; None for any other.

    It says nothing about the authors, and of each text the day only.
    """
    if first is None or not isinstance(first.row, PublicText):
        return None
    return {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": shown_text(first.row).title,
        "url": address,
        **_said(first),
        "about": {"@type": "MedicalCondition", "name": condition.name},
        "commentCount": how_many,
        "comment": [
            {"@type": "Comment", "url": f"{address}#text-{answer.row.id}", **_said(answer)} for answer in answers
        ],
    }


def _said(text: ReadText) -> dict[str, str]:
    words = " ".join(said for _title, said in shown_text(text.row).parts)
    return {"text": words, "inLanguage": text.row.language, "datePublished": text.row.written_on.isoformat()}
