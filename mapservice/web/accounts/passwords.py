"""Passwords: which are taken, how they are stored, and how many are hashed at once."""

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
from flask_babel import lazy_gettext as _l
from zxcvbn import zxcvbn

from mapservice.config import Config
from mapservice.errors import TooBusyError

MIN_LENGTH = 15
MAX_LENGTH = 128

# Characters of what somebody types that are read; an accent may be typed as a character of its own.
_MAX_READ = 4 * MAX_LENGTH

# 64 MiB each: without a bound, twenty people signing in would take the memory of a small machine.
MAX_CONCURRENT_HASHES = 4

# Hashes that wait for each one that is being made, in each process: about half a second's worth.
QUEUE_PER_HASH = 2
_TIMEOUT_S = 10

#: Source: RFC 9106, the second recommended option with one lane; memory in KiB.
COST: dict[str, Any] = {"memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 1}

# Of zxcvbn's 0 to 4, at least 10^10 guesses for what was typed; without the spaces three words that have nothing to do
# with the person have 10^8 and are enough.
_MIN_SCORE = 4
_MIN_SCORE_JOINED = 3

# Characters that zxcvbn looks at, at most.
_MAX_ESTIMATED = 72

# zxcvbn tries every way in which @, 4, (, {, … can stand for a letter, for a second and more if there are many. One
# sign for each letter gives the same figures at once.
_ONE_SIGN = str.maketrans({"@": "4", "{": "(", "[": "(", "<": "(", "!": "1", "|": "1", "$": "5", "+": "7"})

# Words between spaces look strong to zxcvbn, even if the whole is one that everybody knows.
_SEPARATORS = re.compile(r"[\s\-_.,;:/'’]+")

# The example in every text about passwords, which zxcvbn does not know.
_EXAMPLES = ("correcthorsebatterystaple",)

#: Where the gateway says in which lane a request is answered, and that of those with a password. Source: lanes.py.
LANE = "mapservice.lane"
PASSWORD_LANE = "password"  # noqa: S105  (the name of a lane)

# zxcvbn keeps the words of the person in one place for the whole process.
_estimating = threading.Lock()


class Hashing:
    """The work of hashing in one process: at most ``at_once`` at the same time, and a short queue."""

    def __init__(self, at_once: int, cost: dict[str, Any]) -> None:
        self.hasher = PasswordHasher(type=Type.ID, **cost)
        self.running = threading.BoundedSemaphore(at_once)
        self.admitted = threading.BoundedSemaphore(at_once * (1 + QUEUE_PER_HASH))
        # Those who try passwords from elsewhere take no place from members on their own devices.
        self.admitted_first = threading.BoundedSemaphore(at_once * (1 + QUEUE_PER_HASH))
        self.nobodys: str | None = None

    @contextmanager
    def turn(self, *, first: bool = False) -> Iterator[PasswordHasher]:
        """Wait for a turn to hash; ``first`` has a queue of its own.

        :raise TooBusyError: at once, if as many wait as may, or the request is in a lane where nobody should wait.
        """
        admitted = self.admitted_first if first else self.admitted
        if _is_misplaced() or not admitted.acquire(blocking=False):
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
    """Let the web processes together hash so many passwords at once; PASSWORD_HASHING may ask for less work."""
    at_once = max(1, MAX_CONCURRENT_HASHES // max(1, config.workers))
    app.extensions["hashing"] = Hashing(at_once, COST | app.config.get("PASSWORD_HASHING", {}))


def usual_form(text: str) -> str:
    """Return a password as it is hashed: what looks the same on two keyboards is the same."""
    return unicodedata.normalize("NFKC", text)


def hashed(text: str) -> str:
    """Return what is stored of a password.

    :raise TooBusyError: if too many are hashed at this moment.
    """
    with _hashing().turn() as hasher:
        return hasher.hash(usual_form(text))


def matches(text: str, stored: str | None, *, first: bool = False) -> bool:
    """Return whether this is the password that was hashed; it takes as long where there is none.

    ``first`` is for a device on which the member has signed in before.

    :raise TooBusyError: if too many are hashed at this moment.
    """
    # Made whoever it is for, or the first unknown address of a process would take longer.
    nobodys = _nobodys_hash()
    expected = stored or nobodys
    # What is longer than any password is wrong.
    text = usual_form(text[:_MAX_READ])[:_MAX_READ]
    with _hashing().turn(first=first) as hasher:
        try:
            return hasher.verify(expected, text) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with other work than now."""
    return _hashing().hasher.check_needs_rehash(stored)


def problem(text: str, *known: str) -> str | None:
    """Return why a password cannot be taken, or None; ``known`` is what others know of the person and of the site."""
    text = usual_form(text[:_MAX_READ])
    if len(text) < MIN_LENGTH:
        return _l(
            "Use at least %(length)s characters. A few words in a row are easy to remember and hard to guess.",
            length=MIN_LENGTH,
        )
    if len(text) > MAX_LENGTH:
        return _l("Use at most %(length)s characters.", length=MAX_LENGTH)
    own = _words(known)
    typed, joined = (_estimate(form, own) for form in (text, _SEPARATORS.sub("", text)))
    enough = _MIN_SCORE if _is_own(joined["sequence"]) else _MIN_SCORE_JOINED
    if typed["score"] >= _MIN_SCORE and joined["score"] >= enough:
        return None
    return _advice(joined["sequence"])


def _words(known: tuple[str, ...]) -> list[str]:
    """Return what a password should not be made of: whole names and addresses, and the words in them."""
    texts = [usual_form(each).casefold()[:_MAX_READ] for each in known]
    words = [word for text in texts for word in re.split(r"[\W_]+", text) if len(word) >= 3]
    joined = [_SEPARATORS.sub("", text) for text in texts]
    return [word for word in (*texts, *joined, *words, *_EXAMPLES) if word]


def _estimate(text: str, own: list[str]) -> dict[str, Any]:
    """Return zxcvbn's estimate; of a long text that of its stronger end, since the whole is no weaker."""
    text, own = text.translate(_ONE_SIGN), [word.translate(_ONE_SIGN) for word in own]
    with _estimating:
        start: dict[str, Any] = zxcvbn(text[:_MAX_ESTIMATED], own)
        if start["score"] >= _MIN_SCORE or len(text) <= _MAX_ESTIMATED:
            return start
        end: dict[str, Any] = zxcvbn(text[-_MAX_ESTIMATED:], own)
    return max(start, end, key=lambda each: each["guesses"])


def _is_own(sequence: list[dict[str, Any]]) -> bool:
    return any(part.get("dictionary_name") == "user_inputs" for part in sequence)


def _advice(sequence: list[dict[str, Any]]) -> str:
    """Return what to do better, by what is easiest to guess in a password."""
    if _is_own(sequence):
        return _l(
            "This password contains your name, your e-mail address, the name of this site or a well-known example. "
            "Use three or four words that have nothing to do with you."
        )
    if any(part["pattern"] in {"repeat", "sequence", "spatial", "date", "regex"} for part in sequence):
        return _l(
            "Repeated words, dates and rows of keys are easy to guess. "
            "Use three or four words that have nothing to do with each other."
        )
    return _l("This password is easy to guess. Add one or two more words that have nothing to do with the others.")


def _is_misplaced() -> bool:
    """Return whether this request waits in a lane of the gateway that is not for passwords."""
    return has_request_context() and request.environ.get(LANE, PASSWORD_LANE) != PASSWORD_LANE


def _hashing() -> Hashing:
    hashing: Hashing = current_app.extensions["hashing"]
    return hashing


def _nobodys_hash() -> str:
    """Return a hash of no password, made when the first one is checked, whoever's that is."""
    hashing = _hashing()
    if hashing.nobodys is None:
        hashing.nobodys = hashed(secrets.token_urlsafe())
    return hashing.nobodys
