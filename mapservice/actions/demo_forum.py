"""Give the demo discussions in its forums, plainly invented, in English and Spanish, and one that is held."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions.demo_people import visible_people
from mapservice.actions.publish_text import publish_text
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.store.across import demo
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import writing
from mapservice.store.texts.writing import NewText

_HERE, _ALL, _OPEN = TextAudience.CONDITION, TextAudience.MEMBERS, TextAudience.PUBLIC


@dataclass(frozen=True, slots=True)
class DemoDiscussion:
    """A discussion of the demo: what is asked, for which people, and what others answer; the first answer may help."""

    title: str
    body: str
    audience: TextAudience
    language: str
    answers: Sequence[str] = ()
    is_helped: bool = False


#: What invented people ask and answer, by condition; the empty name is that of the first condition of the demo.
DISCUSSIONS = {
    "": (
        DemoDiscussion(
            "How do you sleep while you take steroids? (invented)",
            "I lie awake until three. What I have tried:\n\n- tea\n- a dark room\n- a dull book\n\n(Invented text)",
            _OPEN,
            "en",
            (
                "I take them in the morning since a nurse told me to ask about it. (Invented text)",
                "> a dull book\n\nMine was about the history of spoons. It worked twice. (Invented text)",
                "Some nights I get up and bake. My neighbours do not mind. (Invented text)",
            ),
            is_helped=True,
        ),
        DemoDiscussion(
            "¿Qué lleváis al hospital de día? (inventado)",
            "Empiezo el lunes y no sé qué meter en la bolsa. (Texto inventado)",
            _OPEN,
            "es",
            (
                "Calcetines gordos, un cargador largo y caramelos de limón. (Texto inventado)",
                "Una libreta para las preguntas. (Texto inventado)",
            ),
        ),
        DemoDiscussion(
            "Does anybody work during maintenance therapy? (invented)",
            "I would like to start with two days a week. (Invented text)",
            _HERE,
            "en",
        ),
        DemoDiscussion(
            "I found the answer to everything (invented)",
            "I had polycystic ovaries and could not conceive. IF YOU HAVE THIS TROUBLE, CONTACT DOCTOR WONDER, "
            "who cured me with herbs in two weeks. (Invented text)",
            _OPEN,
            "en",
        ),
    ),
    "multiple-sclerosis": (
        DemoDiscussion(
            "Heat in summer: what helps you? (invented)",
            "Our flat is under the roof. (Invented text)",
            _OPEN,
            "en",
            ("A wet scarf in the fridge. I have two and swap them. (Invented text)",),
            is_helped=True,
        ),
        DemoDiscussion(
            "¿Cómo se lo contasteis a vuestros hijos? (inventado)",
            "La mía tiene siete años y pregunta mucho. (Texto inventado)",
            _ALL,
            "es",
            ("Con un dibujo y sin prisa. Volvió a preguntar muchas veces. (Texto inventado)",),
        ),
    ),
}


def invent_discussions(session: Session, today: dt.date) -> None:
    """Publish the discussions in their forums, each text by another invented person who can be seen there."""
    named = Condition.slug.in_(DISCUSSIONS)
    conditions = {one.slug: one for one in session.scalars(select(Condition).where(named))}
    conditions[""] = demo.first_condition(session)
    for slug, discussions in DISCUSSIONS.items():
        if slug in conditions:
            _publish(session, conditions[slug], discussions, today)


def _publish(session: Session, condition: Condition, discussions: Sequence[DemoDiscussion], today: dt.date) -> None:
    how_many = sum(1 + len(one.answers) for one in discussions)
    people = iter(visible_people(session, condition, how_many))
    for number, one in enumerate(discussions):
        day = today - dt.timedelta(days=2 + 5 * number)
        asked = NewText(MemberTextKind.THREAD, Words(one.title, body=one.body), one.audience, one.language)
        first = _say(session, condition, people, asked, day)
        for later, said in enumerate(one.answers):
            answer = NewText(MemberTextKind.ANSWER, Words(body=said), one.audience, one.language)
            if first is not None:
                answer = dataclasses.replace(answer, thread_id=first.id)
                row = _say(session, condition, people, answer, min(today, day + dt.timedelta(days=later)))
                if row is not None and one.is_helped and not later:
                    writing.mark_helpful(session, condition, row.id, is_helpful=True)


def _say(
    session: Session, condition: Condition, people: Iterator[Membership], text: NewText, day: dt.date
) -> MemberText | None:
    """Publish a text of the next invented person; nothing if there is nobody left."""
    membership = next(people, None)
    if membership is None:
        return None
    member = session.get_one(Member, membership.member_id)
    return publish_text(session, member, membership, condition, text, day)
