"""Give the demo stories and experiences, plainly invented, in English and Spanish, and one that is held."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions.demo_people import visible_people
from mapservice.actions.publish_text import publish_text
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.questions import QuestionKind
from mapservice.store.across import demo
from mapservice.store.tables import Condition, Member
from mapservice.store.texts.writing import NewText

_STORY, _EXPERIENCE = MemberTextKind.STORY, MemberTextKind.EXPERIENCE
_HERE, _ALL, _OPEN = TextAudience.CONDITION, TextAudience.MEMBERS, TextAudience.PUBLIC

#: What they tell about the first condition; each text says that it is invented.
TEXTS = (
    NewText(
        _STORY,
        Words(
            "The week everything got a name (invented)",
            first_signs="I was tired, and I had bruises that I could not explain. (Invented text)",
            diagnosis="A young doctor took blood on a Friday and rang me on Saturday. (Invented text)",
            helped="A notebook for questions, and my neighbour, who came along and listened. (Invented text)",
            earlier_self="You may ask the same question three times. (Invented text)",
        ),
        _OPEN,
        "en",
    ),
    NewText(
        _STORY,
        Words(
            "Volver a la escuela (inventado)",
            body="Al principio iba dos horas al día. Me dejaban un sitio junto a la ventana. (Texto inventado)",
        ),
        _OPEN,
        "es",
    ),
    NewText(
        _STORY,
        Words("Night shifts in hospital (invented)", body="The nurses knew my music after a week. (Invented text)"),
        _HERE,
        "en",
        pen_name="Night Owl (invented)",
    ),
    NewText(
        _STORY,
        Words(
            "My miracle (invented)",
            body="For five years I could not conceive, with tied tubes and polycystic ovaries. IF YOU HAVE THIS "
            "TROUBLE, CONTACT DOCTOR WONDER. (Invented text)",
        ),
        _OPEN,
        "en",
    ),
    *(
        NewText(_EXPERIENCE, Words(body=said), audience, language, topic=topic)
        for said, audience, language, topic in (
            (
                "I eat small meals, five times a day, and nothing that smells strong. (Invented text)",
                _OPEN,
                "en",
                "diet",
            ),
            ("Soup. Always soup, and ice lollies in the bad weeks. (Invented text)", _ALL, "en", "diet"),
            ("Me ayudó comer frío: yogur, fruta, gazpacho. (Texto inventado)", _OPEN, "es", "diet"),
            ("I cooked on good days and froze it for the others. (Invented text)", _HERE, "en", "diet"),
            ("My taste came back after some months, coffee first. (Invented text)", _HERE, "en", "diet"),
            (
                "I went back to work for four hours a day, and told two colleagues. (Invented text)",
                _ALL,
                "en",
                "work-and-school",
            ),
        )
    ),
)

#: What they tell about other conditions: title, text, audience, language; a question instead of a title: an experience.
ELSEWHERE = {
    "multiple-sclerosis": (
        (
            "A diary for tired days (invented)",
            "I write down what I did before I got tired. (Invented text)",
            _OPEN,
            "en",
        ),
        (
            "Mi bastón azul (inventado)",
            "Tardé un año en usarlo. Ahora lo llevo a todas partes. (Texto inventado)",
            _OPEN,
            "es",
        ),
        ("travel", "I ask for a seat in the shade and plan a rest after lunch. (Invented text)", _OPEN, "en"),
        ("work-and-school", "Trabajo por la mañana y descanso por la tarde. (Texto inventado)", _ALL, "es"),
    ),
    "crohns-disease": (
        (
            "The map of all toilets (invented)",
            "I drew one of my town, and my sister laughed with me. (Invented text)",
            _OPEN,
            "en",
        ),
        ("diet", "I write down what I eat and show it to the nurse. (Invented text)", _OPEN, "en"),
        ("diet", "En los días malos como arroz y poco más. (Texto inventado)", _HERE, "es"),
    ),
    "type-1-diabetes": (
        ("Mi primer campamento (inventado)", "Mis amigos aprendieron a contar conmigo. (Texto inventado)", _OPEN, "es"),
        ("travel", "I pack everything twice, in two bags. (Invented text)", _ALL, "en"),
    ),
    "endometriosis": (
        (
            "Ten years of being told to wait (invented)",
            "A friend came with me and took notes. (Invented text)",
            _OPEN,
            "en",
        ),
        ("living-with-it", "Una bolsa de agua caliente en cada habitación. (Texto inventado)", _OPEN, "es"),
    ),
    "cystic-fibrosis": (
        (
            "Breathing before breakfast (invented)",
            "We do the exercises with music, all four of us. (Invented text)",
            _OPEN,
            "en",
        ),
        ("work-and-school", "Mi profesora me guarda los apuntes. (Texto inventado)", _OPEN, "es"),
    ),
}


def invent_texts(session: Session, today: dt.date) -> None:
    """Publish the texts in their conditions, each by another invented person who can be seen there."""
    _publish(session, demo.first_condition(session), TEXTS, today)
    for condition in session.scalars(select(Condition).where(Condition.slug.in_(ELSEWHERE)).order_by(Condition.slug)):
        texts = [_told(*told) for told in ELSEWHERE[condition.slug]]
        _publish(session, condition, texts, today - dt.timedelta(days=1))


def _told(title: str, body: str, audience: TextAudience, language: str) -> NewText:
    if title in set(QuestionKind):
        return NewText(_EXPERIENCE, Words(body=body), audience, language, topic=title)
    return NewText(_STORY, Words(title, body=body), audience, language)


def _publish(session: Session, condition: Condition, texts: Sequence[NewText], today: dt.date) -> None:
    people = visible_people(session, condition, len(texts))
    for number, (membership, text) in enumerate(zip(people, texts, strict=False)):
        member = session.get_one(Member, membership.member_id)
        publish_text(session, member, membership, condition, text, today - dt.timedelta(days=3 * number))
