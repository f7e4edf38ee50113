"""Passwords: which are accepted, how they are stored, and how many are hashed at the same time."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, has_request_context, request
from zxcvbn import zxcvbn

from mapservice.config import Config
from mapservice.errors import TooBusyError
from mapservice.i18n.translation import gettext as _

MIN_LENGTH = 15
MAX_LENGTH = 128

# Maximum length in characters of what is read; an accent may be a character of its own.
_MAX_READ = 4 * MAX_LENGTH

# 64 MiB each: without a limit, twenty people signing in would use up the memory of a small machine.
MAX_CONCURRENT_HASHES = 4

# Maximum length of the queue per hash in progress, in each process: about half a second.
QUEUE_PER_HASH = 2
_TIMEOUT_S = 10

#: Source: RFC 9106, the second recommended option with one lane; memory in KiB.
COST: dict[str, Any] = {"memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 1}

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

#: The keys of the WSGI environment in which the gateway names the lane, and the lane of passwords. Source: lanes.py.
LANE = "mapservice.lane"
PASSWORD_LANE = "password"  # noqa: S105  (the name of a lane)

# zxcvbn keeps the words about the person in one global list.
_estimating = threading.Lock()


class Hashing:
    """The password hashing of one process: at most ``at_once`` at the same time, and a short queue."""

    def __init__(self, at_once: int, cost: dict[str, Any]) -> None:
        self.hasher = PasswordHasher(type=Type.ID, **cost)
        self.running = threading.BoundedSemaphore(at_once)
        self.admitted = threading.BoundedSemaphore(at_once * (1 + QUEUE_PER_HASH))
        # Attempts from elsewhere cannot delay members on their own devices.
        self.admitted_first = threading.BoundedSemaphore(at_once * (1 + QUEUE_PER_HASH))
        self.nobodys: str | None = None

    @contextmanager
    def turn(self, *, first: bool = False) -> Iterator[PasswordHasher]:
        """Wait for a slot to hash; ``first`` has a queue of its own.

        :raise TooBusyError: at once, if the queue is full, or the request is in a lane where nobody should wait.
        """
        admitted = self.admitted_first if first else self.admitted
        if _is_in_wrong_lane() or not admitted.acquire(blocking=False):
            raise TooBusyError
        try:
            if not self.running.acquire(timeout=_TIMEOUT_S):
                raise TooBusyError
            try:
                yield self.hasher
            finally:
                self.running.release()
        finally:
            admitted.release()


def init_app(app: Flask, config: Config) -> None:
    """Divide the number of simultaneous hashes among the web processes; PASSWORD_HASHING may reduce the cost."""
    at_once = max(1, MAX_CONCURRENT_HASHES // max(1, config.workers))
    app.extensions["hashing"] = Hashing(at_once, COST | app.config.get("PASSWORD_HASHING", {}))


def normalize_password(text: str) -> str:
    """Return a normalised password: what looks the same on two keyboards is hashed the same."""
    return unicodedata.normalize("NFKC", text)


def hashed(text: str) -> str:
    """Return the hash to store of a password.

    :raise TooBusyError: if too many are being hashed.
    """
    with _hashing().turn() as hasher:
        return hasher.hash(normalize_password(text))


def matches(text: str, stored: str | None, *, first: bool = False) -> bool:
    """Return whether this is the hashed password; it takes as long if there is no hash.

    ``first`` is for a device on which the member has signed in before.

    :raise TooBusyError: if too many are being hashed.
    """
    # Computed in any case, or the first unknown address in a process would take longer.
    nobodys = _dummy_hash()
    expected = stored or nobodys
    # Longer than any password, so it is wrong.
    text = normalize_password(text[:_MAX_READ])[:_MAX_READ]
    with _hashing().turn(first=first) as hasher:
        try:
            return hasher.verify(expected, text) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with a different cost than now."""
    return _hashing().hasher.check_needs_rehash(stored)


def problem(text: str, *facts: str) -> str | None:
    """Return why a password is not accepted, or None; ``facts`` are facts about the person and the site."""
    text = normalize_password(text[:_MAX_READ])
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
    texts = [normalize_password(fact).casefold()[:_MAX_READ] for fact in facts]
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


def _is_in_wrong_lane() -> bool:
    """Return whether this request is in a lane of the gateway that is not for passwords."""
    return has_request_context() and request.environ.get(LANE, PASSWORD_LANE) != PASSWORD_LANE


def _hashing() -> Hashing:
    hashing: Hashing = current_app.extensions["hashing"]
    return hashing


def _dummy_hash() -> str:
    """Return a hash of no password, computed at the first check in any case."""
    hashing = _hashing()
    if hashing.nobodys is None:
        hashing.nobodys = hashed(secrets.token_urlsafe())
    return hashing.nobodys
