"""The questions about a condition: a closed list. Each has a page of its own for every condition.

An article is the answer to one of them, in one language. Nothing here knows the web or the database.
"""

from enum import StrEnum


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
