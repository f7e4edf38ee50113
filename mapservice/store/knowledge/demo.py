"""Sample articles of a demo, which say that they are made up; removed with the demo."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mapservice.questions import ArticleOrigin, ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.knowledge import articles
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition
from mapservice.store.tables.articles import ArticleVersion

#: The condition of the sample articles.
SLUG = "multiple-sclerosis"

_SOURCE = Source("A page that does not exist", "Society of Invented Patients", "https://example.org/invented")

# They show what an answer looks like, and say nothing about the condition.
_TEXTS = {
    "en": ArticleText(
        "This text was made up. It shows where the short answer is.",
        "# A heading\n\nHere is the answer in full, with headings, lists and tables:\n\n"
        "- one thing\n- another thing\n\n| Day | What |\n|---|---|\n"
        "| Monday | something |\n| Tuesday | something else |",
        "- Here are the next steps.",
        (_SOURCE,),
    ),
    "es": ArticleText(
        "Este texto es inventado. Muestra dónde está la respuesta breve.",
        "# Un título\n\nAquí está la respuesta completa, con títulos, listas y tablas:\n\n- una cosa\n- otra cosa\n\n"
        "| Día | Qué |\n|---|---|\n| Lunes | algo |\n| Martes | otra cosa |",
        "- Aquí están los próximos pasos.",
        (_SOURCE,),
    ),
}


def invent(session: Session) -> None:
    """Publish the sample articles, where there is no other answer."""
    condition_id = session.scalar(select(Condition.id).filter_by(slug=SLUG))
    if condition_id is None:
        return
    for kind in (QuestionKind.WORK_AND_SCHOOL, QuestionKind.TRAVEL):
        for language, text in _TEXTS.items():
            key = ArticleKey(condition_id, kind, language)
            number = articles.save(session, key, 0, text, origin=ArticleOrigin.SAMPLE)
            signed = articles.get(session, key, number) if number else None
            if signed is not None:
                articles.set_state(session, signed.version, ArticleState.PUBLISHED)


def remove(session: Session) -> None:
    """Delete the sample articles."""
    session.execute(delete(ArticleVersion).where(ArticleVersion.origin == ArticleOrigin.SAMPLE))
