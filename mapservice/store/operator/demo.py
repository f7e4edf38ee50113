"""Invented texts of a demo, which say that they are invented; removed with the demo."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from mapservice.store.operator import settings, texts
from mapservice.store.tables.operator import ServiceText, TextKind

#: How each invented text ends.
MARKS = {"en": "(Invented text of a demo)", "es": "(Texto inventado de una demostración)"}

_ADDRESS = "[help@example.org](mailto:help@example.org)"
_TEXTS = {
    TextKind.IMPRINT: {
        "en": f"Society of Invented Patients\n\n1 Nowhere Street, Exampletown\n\n{_ADDRESS}",
        "es": f"Sociedad de Pacientes Inventados\n\nCalle de Ninguna Parte 1, Villaejemplo\n\n{_ADDRESS}",
    },
    TextKind.CONTROLLER: {
        "en": "The Society of Invented Patients decides what happens with your data.\n\n"
        f"# Questions and complaints\n\n- Write to {_ADDRESS}.\n"
        "- You can also complain to the data protection authority of your country.",
        "es": "La Sociedad de Pacientes Inventados decide qué pasa con tus datos.\n\n"
        f"# Preguntas y reclamaciones\n\n- Escribe a {_ADDRESS}.\n"
        "- También puedes reclamar ante la autoridad de protección de datos de tu país.",
    },
    TextKind.TERMS: {
        "en": "- You are at least 16 years old.\n- You use the map to find other people, not to sell to them.\n"
        "- You can leave at any time.",
        "es": "- Tienes al menos 16 años.\n- Usas el mapa para encontrar a otras personas, no para venderles algo.\n"
        "- Puedes irte en cualquier momento.",
    },
    TextKind.RULES: {
        "en": "1. Be kind.\n2. What you read here stays here.\n3. Nobody sells cures.",
        "es": "1. Sé amable.\n2. Lo que lees aquí se queda aquí.\n3. Nadie vende curas.",
    },
}


def invent(session: Session) -> None:
    """Write the texts that are still missing."""
    for kind in settings.load(session).missing_texts:
        for language, source in _TEXTS[kind].items():
            texts.save(session, kind, language, f"{source}\n\n{MARKS[language]}")


def remove(session: Session) -> None:
    """Delete the invented texts, in all their versions."""
    invented = or_(*(ServiceText.source.endswith(mark) for mark in MARKS.values()))
    if session.scalar(select(ServiceText.number).where(invented).limit(1)) is not None:
        session.execute(delete(ServiceText).where(invented))
        settings.note_change(session)
