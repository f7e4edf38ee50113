"""The words with which people search for the answer to a question about a condition, in every language at once.

People search in their own language whatever that of the page is, and often in telegraphic style: "MS diet".
"""

import re
from collections.abc import Sequence

from mapservice.questions import QuestionKind

# Folded words, as regular expressions. The first kind that has a word of the query is meant.
_WORDS = {
    QuestionKind.NATURAL_TREATMENT: r"natural\w*|herbal|homeopath?\w*|remed(y|ies|ios?)|alternativ\w*",
    QuestionKind.SYMPTOMS: r"symptoms?|signs?|sintomas?|senal(es)?",
    QuestionKind.HEREDITARY: r"heredit\w*|inherit\w*|genetic\w*|hereda\w*|herencia",
    QuestionKind.CONTAGIOUS: r"contagi\w*|infectious|catching|transmi\w*|pega",
    QuestionKind.LIFE_EXPECTANCY: r"expectancy|prognosis|survival|mortality|fatal|deadly|die|esperanza|pronostico"
    r"|supervivencia|mortal(idad)?|muer\w*",
    QuestionKind.CAUSES: r"caus\w*|why|porque|origen|genes?",
    QuestionKind.ONSET: r"onset|age|edad|aparicion|empieza",
    QuestionKind.DIAGNOSIS: r"diagnos\w*|tests?|tested|pruebas?|detect\w*",
    QuestionKind.TREATMENTS: r"treat\w*|therap\w*|medicines?|medications?|drugs?|cur(e|es|ed|able|a|ar)"
    r"|tratamientos?|tratar|terapias?|medicamentos?|medicinas?",
    QuestionKind.DIET: r"diets?|dietas?|foods?|eat(ing)?|nutrition\w*|comidas?|comer|aliment\w*|nutricion",
    QuestionKind.PREGNANCY: r"pregnan\w*|conceiv\w*|fertil\w*|embaraz\w*",
    QuestionKind.WORK_AND_SCHOOL: r"work(ing)?|jobs?|school|college|trabaj\w*|empleo|escuela|colegio",
    QuestionKind.TRAVEL: r"travel\w*|fly(ing)?|flights?|holidays?|viaj\w*|volar",
    QuestionKind.COMMON: r"common|prevalence|rare|frequen\w*|prevalencia|frecuen\w*|comun|rara",
    QuestionKind.CODES: r"codes?|icd|codigos?|cie",
    QuestionKind.RESEARCH: r"research|trials?|stud(y|ies)|investigacion(es)?|ensayos?|estudios?",
    QuestionKind.COSTS_AND_RIGHTS: r"costs?|prices?|rights|disability|benefits|insurance|costes?|precios?|derechos?"
    r"|discapacidad|seguro",
    QuestionKind.CENTRES: r"cent(re|er)s?|hospitals?|specialists?|clinics?|experts?|centros?|especialistas?|clinicas?",
    QuestionKind.PUBLIC_FIGURES: r"celebrit(y|ies)|famous|famos[oa]s?|celebridad(es)?",
    QuestionKind.LIVING_WITH: r"living|live|everyday|daily|coping|vivir|convivir|diaria",
}

_KINDS = {kind: re.compile(words) for kind, words in _WORDS.items()}

_FILLERS = """
    a about an and are at can do does for from get have how i in is it life my of on people the there to what when where
    which who with you
    al como con cual cuales cuando cuanto de del donde el en es esta este existe hay la las lo los mi para personas por
    puede pueden que quien se ser si son su tener tengo tiene un una vida y
"""

#: Words that stand in questions and name nothing.
FILLERS = frozenset(_FILLERS.split())


def asked_for(words: Sequence[str]) -> QuestionKind | None:
    """Return the question that folded words ask for, or None.

    >>> asked_for(["causes"]), asked_for(["es", "hereditaria"])
    (<QuestionKind.CAUSES: 'causes'>, <QuestionKind.HEREDITARY: 'hereditary'>)
    """
    return next((kind for kind, known in _KINDS.items() if any(known.fullmatch(word) for word in words)), None)


def is_of_question(word: str) -> bool:
    """Return whether a folded word asks for something, or names nothing."""
    return word in FILLERS or asked_for([word]) is not None
