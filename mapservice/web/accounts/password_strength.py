"""Which new passwords are accepted. This loads lists of words, so it is imported only when a password is chosen."""

import re
import threading
from typing import Any

from zxcvbn import zxcvbn

from mapservice.i18n.translation import gettext as _
from mapservice.web.accounts.passwords import MAX_LENGTH, MAX_READ, MIN_LENGTH, normalize_password

# On zxcvbn's scale of 0 to 4, at least 10^10 guesses for the password as typed; without its spaces, 10^8 guesses, which
# three words unrelated to the person have.
_MIN_SCORE = 4
_MIN_SCORE_JOINED = 3

# Maximum number of characters that zxcvbn examines.
_MAX_ESTIMATED = 72

# zxcvbn tries every way in which @, 4, (, {, … can replace a letter, which takes seconds if there are many. With one
# replacement per letter the estimates are the same.
_ONE_SIGN = str.maketrans({"@": "4", "{": "(", "[": "(", "<": "(", "!": "1", "|": "1", "$": "5", "+": "7"})

# Spaces make words look strong to zxcvbn, even in a very common phrase.
_SEPARATORS = re.compile(r"[\s\-_.,;:/'’]+")

# The example in every text about passwords, which zxcvbn does not know.
_EXAMPLES = ("correcthorsebatterystaple",)

# zxcvbn keeps the words about the person in one global list.
_estimating = threading.Lock()


def problem(text: str, *facts: str) -> str | None:
    """Return why a password is not accepted, or None; ``facts`` are facts about the person and the site."""
    text = normalize_password(text[:MAX_READ])
    if len(text) < MIN_LENGTH:
        return _(
            "Use at least %(length)s characters. A few words in a row are easy to remember and hard to guess.",
            length=MIN_LENGTH,
        )
    if len(text) > MAX_LENGTH:
        return _("Use at most %(length)s characters.", length=MAX_LENGTH)
    own = _words(facts)
    typed, joined = (_estimate(form, own) for form in (text, _SEPARATORS.sub("", text)))
    enough = _MIN_SCORE if _is_own(joined["sequence"]) else _MIN_SCORE_JOINED
    if typed["score"] >= _MIN_SCORE and joined["score"] >= enough:
        return None
    return _advice(joined["sequence"])


def _words(facts: tuple[str, ...]) -> list[str]:
    """Return the words that a password should not consist of: whole names and addresses, and the words in them."""
    texts = [normalize_password(fact).casefold()[:MAX_READ] for fact in facts]
    words = [word for text in texts for word in re.split(r"[\W_]+", text) if len(word) >= 3]
    joined = [_SEPARATORS.sub("", text) for text in texts]
    return [word for word in (*texts, *joined, *words, *_EXAMPLES) if word]


def _estimate(text: str, own: list[str]) -> dict[str, Any]:
    """Return zxcvbn's estimate; for a long text that of its stronger end, because the whole is at least as strong."""
    text, own = text.translate(_ONE_SIGN), [word.translate(_ONE_SIGN) for word in own]
    with _estimating:
        start: dict[str, Any] = zxcvbn(text[:_MAX_ESTIMATED], own)
        if start["score"] >= _MIN_SCORE or len(text) <= _MAX_ESTIMATED:
            return start
        end: dict[str, Any] = zxcvbn(text[-_MAX_ESTIMATED:], own)
    return max(start, end, key=lambda estimate: estimate["guesses"])


def _is_own(sequence: list[dict[str, Any]]) -> bool:
    return any(part.get("dictionary_name") == "user_inputs" for part in sequence)


def _advice(sequence: list[dict[str, Any]]) -> str:
    """Return advice, according to the part of a password that is easiest to guess."""
    if _is_own(sequence):
        return _(
            "This password contains your name, your e-mail address, the name of this site or a well-known example. "
            "Use three or four words that have nothing to do with you."
        )
    if any(part["pattern"] in {"repeat", "sequence", "spatial", "date", "regex"} for part in sequence):
        return _(
            "Repeated words, dates and rows of keys are easy to guess. "
            "Use three or four words that have nothing to do with each other."
        )
    return _("This password is easy to guess. Add one or two more words that have nothing to do with the others.")
