"""What the model knows of a text: its short strings of characters, hashed, and what the rules look for, as numbers."""

import re
from collections.abc import Callable

import numpy as np

from mapservice.moderation import offer_words, rules
from mapservice.moderation import rule_words as words
from mapservice.text import contacts

_BITS = 14

#: How many different numbers a string of characters can be hashed to.
HASHES = 1 << _BITS

#: The lengths of these strings.
LENGTHS = (2, 3, 4, 5)

#: The most words of a part of a text that is judged as one, unless a sentence is longer.
MAX_PASSAGE = 60

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_MULTIPLIER, _SPREAD = np.uint32(0x01000193), np.uint32(0x9E3779B1)
_SHOUTED = re.compile(r"\b[^\W\d_a-z]{3,}\b")
_OWN_CLINIC = re.compile(
    r"\b(?:my|our|mi|nuestro|nuestra|mein\w*|unser\w*|mon|ma|notre|meu|minha|nosso|nossa) "
    r"(?:\w+ )?(?:doctor|gp|consultant|nurse|team|clinic|hospital|medic\w*|\w+olog\w*|arzt|medecin\w*|hausarzt)"
)
_PLACE = re.compile(
    r"\b(?:hospital|clinic|clinica|krankenhaus|klinik\w*|hopital|uniklinik|ward|planta|station|referral|volante|"
    r"uberweis\w*|support group|association|asociacion|verein|helpline)\b"
)
_NEWS = re.compile(r"\b(?:remission|remision|remissao|trial|estudio|study|studie|essai|ensaio)\b")


def hashed(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes of the strings of characters in a folded text, each once, and their weights.

    The more often a string occurs, the more it weighs, less and less; all weights together have the length 1.
    """
    signs = np.frombuffer(f" {text} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = np.concatenate([_hash_strings(signs, length) for length in LENGTHS if len(signs) >= length])
    places, counts = np.unique(found, return_counts=True)
    weights = np.sqrt(counts.astype(np.float64))
    return places, weights / np.linalg.norm(weights)


def _hash_strings(signs: np.ndarray, length: int) -> np.ndarray:
    """Return a hash of each string of a length, so that neighbours in the alphabet do not meet."""
    count = len(signs) - length + 1
    found = np.full(count, length, dtype=np.uint32)
    for at in range(length):
        found = (found ^ signs[at : at + count]) * _MULTIPLIER
        found ^= found >> np.uint32(15)
    return (found * _SPREAD) >> np.uint32(32 - _BITS)


def passages(text: str) -> list[str]:
    """Return the parts of a text that are judged one by one: sentences that follow each other, of some words in all.

    Without contact details: those are hidden, and never a reason.
    """
    parts: list[list[str]] = [[]]
    for sentence in _SENTENCE.split(contacts.mask(text, "")):
        words_of_it = sentence.split()
        if parts[-1] and len(parts[-1]) + len(words_of_it) > MAX_PASSAGE:
            parts.append([])
        parts[-1] += words_of_it
    return [" ".join(part) for part in parts if part]


def described(text: str, said: str) -> np.ndarray:
    """Return the features of a text, folded to ``said``, as numbers of about 0 to 1, in the order of ``NAMES``."""
    return np.array([float(feature(text, said)) for feature in _FEATURES.values()])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _several(pattern: re.Pattern[str], said: str) -> float:
    return min(len(pattern.findall(said)), 3) / 3


_FEATURES: dict[str, Callable[[str, str], float]] = {
    "names a doctor": lambda text, said: rules.names_doctor(text),
    "calls to contact": lambda text, said: bool(words.CALL.search(said)),
    "calls to contact, how often": lambda text, said: _several(words.CALL, said),
    "passes contacts on": lambda text, said: bool(words.PASSING_ON.search(said)),
    "promises to tell who healed": lambda text, said: bool(offer_words.LURE.search(said)),
    "asks to write in private": lambda text, said: bool(offer_words.IN_PRIVATE.search(said)),
    "claims a cure": lambda text, said: rules.is_claimed(words.CURE, said),
    "speaks of a cure, how often": lambda text, said: _several(words.CURE, said),
    "a wish came true": lambda text, said: bool(words.OUTCOME.search(said)),
    "gives credit": lambda text, said: bool(words.CREDIT.search(said)),
    "selling words": lambda text, said: _several(words.SELLING, said),
    "offers": lambda text, said: bool(offer_words.OFFER.search(said)),
    "disguised": lambda text, said: rules.is_disguised(text),
    "topics of spammers": lambda text, said: sum(bool(topic.search(said)) for topic in words.TOPICS.values()) / 3,
    "warns": lambda text, said: bool(words.WARNING.search(said)),
    "denies": lambda text, said: min(sum(word in words.NEGATION for word in said.split()), 4) / 4,
    "own doctor": lambda text, said: bool(_OWN_CLINIC.search(said)),
    "a known kind of place": lambda text, said: bool(_PLACE.search(said)),
    "remission or a trial": lambda text, said: bool(_NEWS.search(said)),
    "capitals": lambda text, said: _share(len(_SHOUTED.findall(text)), len(said.split())),
    "exclamation marks": lambda text, said: min(text.count("!"), 5) / 5,
    "asks": lambda text, said: min(text.count("?"), 2) / 2,
    "digits": lambda text, said: min(_share(sum(sign.isdigit() for sign in text), len(text)) * 5, 1),
}

#: What the numbers say, in order.
NAMES = tuple(_FEATURES)
