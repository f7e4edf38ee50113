"""The words in which facts are told. This is the whole set: no other sentence about a condition is made by a program.

Ranges and explanations are those of HPO's definitions of its terms (release 2026-02-16), in plain words.
"""

from mapservice.facts import Frequency
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.questions import QuestionKind
from mapservice.text.marking import marked

#: Classes of frequency with their ranges, never a single figure.
FREQUENCIES = {
    Frequency.OBLIGATE: (_l("In everyone"), "100\u202f%"),
    Frequency.VERY_FREQUENT: (_l("Very frequent"), "80–99\u202f%"),
    Frequency.FREQUENT: (_l("Frequent"), "30–79\u202f%"),
    Frequency.OCCASIONAL: (_l("Occasional"), "5–29\u202f%"),
    Frequency.VERY_RARE: (_l("Very rare"), "1–4\u202f%"),
    Frequency.UNSTATED: (_l("The source does not say how often"), ""),
}

#: Terms for ways in which one gene is passed on, for more than one gene, and for no family history.
ONE_GENE = frozenset({6, 7, 1417, 1419, 1423, 1427, 1450, 32113, 34339, 34340, 34341})
MORE_GENES = frozenset({1426, 10982, 10983, 10984})
NO_FAMILY_HISTORY = frozenset({3745})

#: The short answers to "Is it hereditary?".
HEREDITARY = _l("It can be hereditary: our sources name a way in which it is passed on in families.")
HEREDITARY_UNCHECKED = _l(
    "It can be hereditary, according to a source. A program took this from the source, and no person checked it."
)
SEVERAL_GENES = _l("More than one gene can play a part, according to our sources.")
WITHOUT_FAMILY_HISTORY = _l("Our sources describe it in people without a family history of it.")
ONLY_THIS = _l("Our sources do not answer this. They only say:")

#: What the ways of inheritance mean.
INHERITANCE = {
    6: _l("One changed copy of a gene is enough."),
    7: _l("Both copies of a gene are changed."),
    1417: _l("The gene is on the X chromosome."),
    1419: _l(
        "The gene is on the X chromosome. Males have the condition; females with one changed copy generally do not."
    ),
    1423: _l("The gene is on the X chromosome, and one changed copy can be enough."),
    1426: _l("It depends on more than one gene."),
    1427: _l("The gene is in the mitochondria, which practically always come from the mother."),
    1442: _l("The change is in some cells of the body, not in all."),
    1450: _l("The gene is on the Y chromosome."),
    1466: _l("Neighbouring genes are affected, for instance missing or doubled."),
    3743: _l("It can start earlier or be more severe in the next generation."),
    3745: _l("It occurs in people without a family history of it."),
    3829: _l("Not everyone with the changed gene gets the condition."),
    10982: _l("It depends on several genes, possibly together with the environment."),
    10983: _l("A few genes act together."),
    10984: _l("Two genes act together."),
    25352: _l("Most often the change is new in the person, and not inherited from a parent."),
}

#: The ages that terms of onset mean.
ONSETS = {
    3577: _l("present at birth"),
    3581: _l("at 16 years or later"),
    3584: _l("after 60 years"),
    3593: _l("from 28 days to 1 year"),
    3596: _l("from 40 to 60 years"),
    3621: _l("from 5 to 15 years"),
    3623: _l("in the first 28 days"),
    11460: _l("before birth"),
    11461: _l("before birth"),
    11462: _l("from 16 to 40 years"),
    11463: _l("from 1 to 5 years"),
    25708: _l("from 16 to 18 years"),
    25709: _l("from 19 to 24 years"),
    25710: _l("from 25 to 39 years"),
    30674: _l("before birth"),
    34197: _l("before birth"),
    34198: _l("before birth"),
    34199: _l("before birth"),
    410280: _l("before 16 years"),
}

#: What stands before the first symptoms, ages and codes.
THESE_SYMPTOMS = _l("Our sources name:")
AMONG_OTHERS = _l("Our sources name, among others:")
STARTED = _l("When the condition started in people that the sources describe:")
HOW_COMMON = marked("About %(number)s in 100,000 people live with it.")
GENES = _l("According to Orphanet, changes in these genes can cause it:")
IN_LETTERS = _l("You may find these in letters from your doctor.")

#: What stands above some answers, whatever they say.
CAUTIONS = {
    QuestionKind.NATURAL_TREATMENT: _l(
        "Do not stop or replace a treatment without talking to your doctor. Natural products can be harmful too, and "
        "can change how medicines work. Be careful with anyone who promises a cure."
    ),
}
