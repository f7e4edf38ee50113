"""The questions about a condition as people ask them, and their short names in lists."""

from markupsafe import Markup, escape

from mapservice.i18n.bidi import bdi
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import QuestionKind

#: The short names of the questions.
TITLES = {
    QuestionKind.SYMPTOMS: _l("Symptoms"),
    QuestionKind.CAUSES: _l("Causes"),
    QuestionKind.HEREDITARY: _l("Is it hereditary?"),
    QuestionKind.CONTAGIOUS: _l("Is it contagious?"),
    QuestionKind.ONSET: _l("Age of onset"),
    QuestionKind.DIAGNOSIS: _l("Diagnosis"),
    QuestionKind.LIFE_EXPECTANCY: _l("Life expectancy"),
    QuestionKind.TREATMENTS: _l("Treatments"),
    QuestionKind.NATURAL_TREATMENT: _l("Natural treatment"),
    QuestionKind.LIVING_WITH: _l("Living with it"),
    QuestionKind.DIET: _l("Diet"),
    QuestionKind.WORK_AND_SCHOOL: _l("Work and school"),
    QuestionKind.PREGNANCY: _l("Pregnancy"),
    QuestionKind.TRAVEL: _l("Travel"),
    QuestionKind.COMMON: _l("How common is it?"),
    QuestionKind.CODES: _l("Codes"),
    QuestionKind.RESEARCH: _l("Research and trials"),
    QuestionKind.COSTS_AND_RIGHTS: _l("Costs and rights"),
    QuestionKind.CENTRES: _l("Expert centres"),
    QuestionKind.PUBLIC_FIGURES: _l("Public figures"),
}

_QUESTIONS = {
    QuestionKind.SYMPTOMS: _l("What are the symptoms of %(name)s?"),
    QuestionKind.CAUSES: _l("What causes %(name)s?"),
    QuestionKind.HEREDITARY: _l("Is %(name)s hereditary?"),
    QuestionKind.CONTAGIOUS: _l("Is %(name)s contagious?"),
    QuestionKind.ONSET: _l("At what age does %(name)s start?"),
    QuestionKind.DIAGNOSIS: _l("How is %(name)s diagnosed?"),
    QuestionKind.LIFE_EXPECTANCY: _l("What is the life expectancy with %(name)s?"),
    QuestionKind.TREATMENTS: _l("What are the treatments for %(name)s?"),
    QuestionKind.NATURAL_TREATMENT: _l("Is there a natural treatment for %(name)s?"),
    QuestionKind.LIVING_WITH: _l("What is it like to live with %(name)s?"),
    QuestionKind.DIET: _l("Is there a diet that helps with %(name)s?"),
    QuestionKind.WORK_AND_SCHOOL: _l("Can you work or go to school with %(name)s?"),
    QuestionKind.PREGNANCY: _l("Can you get pregnant with %(name)s?"),
    QuestionKind.TRAVEL: _l("Can you travel with %(name)s?"),
    QuestionKind.COMMON: _l("How common is %(name)s?"),
    QuestionKind.CODES: _l("What are the codes of %(name)s?"),
    QuestionKind.RESEARCH: _l("What research and trials are there on %(name)s?"),
    QuestionKind.COSTS_AND_RIGHTS: _l("What does %(name)s cost, and what are your rights?"),
    QuestionKind.CENTRES: _l("Which centres are experts in %(name)s?"),
    QuestionKind.PUBLIC_FIGURES: _l("Which public figures have spoken about %(name)s?"),
}


def question(kind: QuestionKind, condition: str) -> str:
    """Return a question about a condition as people ask it."""
    return str(_QUESTIONS[kind]) % {"name": condition}


def question_html(kind: QuestionKind, condition: str) -> Markup:
    """Return the question with the name of the condition isolated, so that a right-to-left name does not reorder it."""
    return escape(str(_QUESTIONS[kind])) % {"name": bdi(condition)}
