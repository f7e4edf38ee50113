"""Orphanet's names as this site writes them: British spelling, no editorial prefixes."""

import re
from collections.abc import Callable

EDITORIAL_PREFIX = re.compile(r"^(NON RARE IN EUROPE|OBSOLETE|NOT RARE IN EUROPE): ", re.IGNORECASE)

# Slips of the source that no rule would find.
SLIPS = {
    "Cerebral Amyloid Angiopathy": "Cerebral amyloid angiopathy",
    "Familial colorectal cancer Type X": "Familial colorectal cancer type X",
    "Congenital lipoid adrenal hyperplasia due to STAR deficency": (
        "Congenital lipoid adrenal hyperplasia due to STAR deficiency"
    ),
}

_RULES: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    # The disease of the choroid is no disease of the blood.
    (r"(?<!choroider)(?<!Choroider)emia\b", "aemia"),
    (r"(?<=c)hemic\b", "haemic"),
    (r"\b([Uu]r|[Aa]n)emic\b", r"\1aemic"),
    (r"(kal|calc|glyc|phosphat|lipid|ammon)emic\b", r"\1aemic"),
    # Neither "chemo" nor "erythematosus".
    (r"(?<![ct])hem(?=o|at|ang)", "haem"),
    (r"ethemoglobin", "ethaemoglobin"),
    (r"\bHem(?=o|at|ang)", "Haem"),
    # Not "angioedema", which keeps its spelling in Britain.
    (r"(?<![Aa]ngio)edema(?=\b|tous)", "oedema"),
    (r"\bEdema", "Oedema"),
    (r"([Ll])eukem", r"\1eukaem"),
    (r"(?<!o)esophag", "oesophag"),
    (r"\bEsophag", "Oesophag"),
    (r"([Tt])umor\b", r"\1umour"),
    (r"([Tt])umors\b", r"\1umours"),
    (r"([Cc])eliac", r"\1oeliac"),
    (r"diarrhea", "diarrhoea"),
    (r"\b([Ee])strogen", lambda match: "Oestrogen" if match[1] == "E" else "oestrogen"),
    (r"([Pp])ediatric", r"\1aediatric"),
    (r"\b([Ff])iber", r"\1ibre"),
    (r"([Cc])olor(?=\b|ed|ing)", r"\1olour"),
    (r"behavior", "behaviour"),
    (r"anesthesia", "anaesthesia"),
    (r"([Aa])pnea", r"\1pnoea"),
    (r"([Gg])oiter", r"\1oitre"),
    (r"([Pp])heochromocytoma", r"\1haeochromocytoma"),
]
_BRITISH = [(re.compile(pattern), british) for pattern, british in _RULES]


def british(name: str) -> str:
    """The name in British spelling; names of people and molecules are left alone.

    >>> british("Hemophilia A"), british("Chronic myeloid leukemia")
    ('Haemophilia A', 'Chronic myeloid leukaemia')
    >>> british("Systemic lupus erythematosus"), british("Beckwith-Wiedemann syndrome")
    ('Systemic lupus erythematosus', 'Beckwith-Wiedemann syndrome')
    """
    for american, replacement in _BRITISH:
        name = american.sub(replacement, name)
    return name


def is_obsolete(name: str) -> bool:
    """Whether Orphanet has retired the entry."""
    return name.upper().startswith("OBSOLETE")


def without_prefix(name: str) -> str:
    """Orphanet's name without its editors' prefixes and typewriter quotation marks."""
    name = EDITORIAL_PREFIX.sub("", name).strip()
    name = re.sub(r"''(.+?)''", "\u201c\\1\u201d", name)
    name = SLIPS.get(name, name)
    return name[:1].upper() + name[1:]
