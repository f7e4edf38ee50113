"""Which texts of members are held until a moderator has looked at them, and why: the first rules, pure.

They look for what sellers of miracle cures write. Contact details are never a reason: they are hidden anyway.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mapservice.moderation import offer_words
from mapservice.moderation import rule_words as words
from mapservice.text.confusables import as_latin, mixes_alphabets
from mapservice.text.folding import fold

#: Words of a condition shorter than this are too common to say that a text is about it.
MIN_OWN_WORD = 4

#: An author is new until this many of their texts are shown, and for this many days.
NEW_TEXTS, NEW_DAYS = 3, 7

# The letters of longer words that have to agree, so that a plural or another ending does no harm.
_STEM = 6

# From how many different words a text is about a topic, and shouts.
_TOPIC_WORDS, _CAPITALS = 2, 4

_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){3,}\w(?!\w)")
_DISGUISED = re.compile(r"\b(?=\w*[a-z])[a-z]+[013457@$][a-z]+\b", re.IGNORECASE)
_PLAIN_LETTERS = str.maketrans("013457@$", "oieastas")
_NAMED = re.compile(rf"(?<!\w)(?:{words.HONORIFIC})(?:\.\s*|\s+)(\w[\w'’-]+)", re.IGNORECASE)
_IN_CAPITALS = re.compile(r"\b[^\W\d_a-z]{4,}\b")

# How far a negation reaches, in words, before and after what it denies.
_BEFORE, _AFTER = 5, 2


class HoldReason(StrEnum):
    """A reason for which a text is held, or that is named beside one."""

    HEALER = "healer"
    CURE = "cure"
    TOPIC = "topic"
    LURE = "lure"
    DISGUISE = "disguise"
    OFFER = "offer"
    LIKENESS = "likeness"
    FIRST = "first"
    CAPITALS = "capitals"
    NO_WORD = "no-word"


#: Reasons that never hold a text alone: they are named for the moderator, beside one that does.
BESIDE = (HoldReason.FIRST, HoldReason.CAPITALS, HoldReason.NO_WORD)


# Of these, one alone does not hold the text of somebody who is not new.
_FINE_ALONE = (HoldReason.HEALER, HoldReason.TOPIC)


@dataclass(frozen=True, slots=True)
class Author:
    """What the rules know of an author: how many of their texts are shown, and how many days ago they joined."""

    shown: int = 0
    days: int = 0

    @property
    def is_new(self) -> bool:
        """Whether the rules are strict with them."""
        return self.shown < NEW_TEXTS or self.days < NEW_DAYS


def reasons_to_hold(text: str, own_words: Iterable[str], author: Author) -> tuple[HoldReason, ...]:
    """Return why a text is held; nothing if it is not.

    ``own_words`` are names and symptoms of the condition in whose community it is written. One reason holds the text of
    somebody new. Others can name a doctor whom they recommend, or write about something else, and a warning passes.
    """
    found = _holding(text, own_words)
    if not found or (not author.is_new and ((len(found) == 1 and found[0] in _FINE_ALONE) or warns(text))):
        return ()
    return (*found, *beside(text, own_words, author, found))


def beside(
    text: str, own_words: Iterable[str], author: Author, found: Iterable[HoldReason] = ()
) -> tuple[HoldReason, ...]:
    """Return what is named beside the reasons that hold a text, and holds none alone."""
    named = {
        HoldReason.FIRST: author.shown == 0,
        HoldReason.CAPITALS: len(set(_IN_CAPITALS.findall(text))) >= _CAPITALS,
        HoldReason.NO_WORD: HoldReason.TOPIC not in found and not _mentions(plain(text), own_words),
    }
    return tuple(reason for reason, holds in named.items() if holds)


def warns(text: str) -> bool:
    """Return whether a text warns of others."""
    return bool(words.WARNING.search(plain(text)))


def plain(text: str) -> str:
    """Return a text as the rules read it: folded, without disguises such as letters of other alphabets or spaces.

    >>> plain("W h a t s a p p him, he cur3d my Hеrpes")
    'whatsapp him he cured my herpes'
    """
    joined = _SPACED.sub(lambda found: re.sub(r"[\W_]", "", found[0]), text)
    latin = " ".join(as_latin(word) if mixes_alphabets(word) else word for word in joined.split())
    return fold(_DISGUISED.sub(lambda found: found[0].translate(_PLAIN_LETTERS), latin))


def own_words_of(names: Iterable[str]) -> frozenset[str]:
    """Return the stems by which a text is recognised as being about a condition, from its names and symptoms."""
    return frozenset(
        word[:_STEM]
        for name in names
        for word in fold(name).split()
        if len(word) >= MIN_OWN_WORD and word not in _COMMON
    )


def _holding(text: str, own_words: Iterable[str]) -> tuple[HoldReason, ...]:
    """Return the reasons that hold a text."""
    said = plain(text)
    names_healer = bool(words.HEALER.search(said)) or names_doctor(text)
    calls = bool(words.CALL.search(said) or words.PASSING_ON.search(said))
    claims = is_claimed(words.CURE, said)
    wish = bool(words.OUTCOME.search(said))
    sells = bool(words.SELLING.search(said)) or bool(words.HEALER.search(said))
    credits_healer = names_healer and bool(words.CREDIT.search(said))
    holds = {
        HoldReason.HEALER: names_healer and calls,
        HoldReason.CURE: ((claims or wish) and (sells or calls))
        or (wish and credits_healer)
        or (names_healer and is_claimed(words.HEALED_BY, said)),
        HoldReason.TOPIC: (names_healer or calls or (wish and sells)) and _is_about_other(said, own_words),
        HoldReason.LURE: bool(offer_words.IN_PRIVATE.search(said) and offer_words.LURE.search(said)),
        HoldReason.DISGUISE: is_disguised(text),
        HoldReason.OFFER: bool(offer_words.OFFER.search(said)),
    }
    return tuple(reason for reason, holds_it in holds.items() if holds_it)


def names_doctor(text: str) -> bool:
    """Return whether a text names somebody with a title, such as "Dr. X"; "my doctor said" names nobody."""
    for found in _NAMED.finditer(as_latin_words(text)):
        name = found[1]
        if fold(name) not in words.NO_NAME and name[:1].isupper():
            return True
    return False


def as_latin_words(text: str) -> str:
    """Return a text whose words with letters of several alphabets are written in Latin ones, with a capital first."""
    return " ".join(as_latin(word).title() if mixes_alphabets(word) else word for word in text.split())


def is_claimed(pattern: re.Pattern[str], said: str) -> bool:
    """Return whether something is said without a word nearby that denies it."""
    for found in pattern.finditer(said):
        before, after = said[: found.start()].split()[-_BEFORE:], said[found.end() :].split()[:_AFTER]
        if not words.NEGATION & {*before, *after}:
            return True
    return False


def _is_about_other(said: str, own_words: Iterable[str]) -> bool:
    """Return whether a text is about a topic of spammers that is not the condition's, and not about the condition."""
    own = frozenset(own_words)
    for pattern in words.TOPICS.values():
        met = {found[:_STEM] for found in pattern.findall(said)}
        if len(met) >= _TOPIC_WORDS and not met & own:
            return not _mentions(said, own)
    return False


def _mentions(said: str, own_words: Iterable[str]) -> bool:
    own = frozenset(own_words)
    return any(word[:_STEM] in own for word in said.split() if len(word) >= MIN_OWN_WORD)


def is_disguised(text: str) -> bool:
    """Return whether words mix alphabets that look alike, or are written in single letters, to get past a filter."""
    mixed = sum(len(word) > 2 and mixes_alphabets(word) for word in _WORD.findall(text))
    spaced = [found for found in _SPACED.findall(text) if sum(sign.isalpha() for sign in found) >= 4]
    return mixed > 1 or bool(spaced)


# Words in names of conditions that say nothing about which one it is.
_COMMON = frozenset(
    """
    disease disorder syndrome type with without and from acute chronic congenital familial hereditary
    autosomal dominant recessive linked early late onset form other primary secondary severe mild abnormal
    abnormality abnormalities decreased increased reduced pain weight loss enfermedad sindrome trastorno aguda
    agudo cronica cronico anomalia anomalias disminucion aumento dolor tipo forma perdida peso sangre blood
    level levels body
    """.split()  # noqa: SIM905 -- one word a line would be pages long
)
