"""Passwords: what a good one is, and the work of hashing them, of which only so much is done at once."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from mapservice.config import Config
from mapservice.errors import TooManyRequestsError

SHORTEST = 15
LONGEST = 128

# Characters that are looked at of a password somebody gives; an accent may be typed as a character of its own.
_READ = 4 * LONGEST

# Source: the argon2id of RFC 9106, section 4, second recommended option, with one lane. In KiB.
HASHING = {"memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 1}

# 64 MiB each: without a bound, twenty people signing in would take the memory of a small machine.
HASHES_AT_ONCE = 4
_PATIENCE = 10  # seconds

# What must be left of a password without well-known words, the name of the site and the person's own names.
_REST = 8

# Passwords of 15 and more characters that are in every attacker's list.
# Source: the 30,000 most frequent passwords of zxcvbn 4.5 (MIT), those long enough; the sentences below are our own.
# fmt: off
COMMON = frozenset({
    "1234qwerasdfzxcv", "1qa2ws3ed4rf5tg", "1qaz2wsx3edc4rfv", "1qazxsw23edcvfr4", "23176djivanfros",
    "administratoradministrator", "bismillahirrahmanirrahim", "bpgjldsgjldthnf", "changemechangeme",
    "correcthorsebatterystaple", "hd764nw5d7e1vb1", "ihatepasswords", "iloveyouforever", "iloveyouiloveyou",
    "imnottellingyou", "laquintaesencia", "leavemealoneplease", "letmeinletmein", "lhbjkjubz2957704",
    "lost4815162342lost", "mailcreated5240", "maurolarastefy", "maytheforcebewithyou", "momsanaladventure",
    "mypasswordissecret", "nemvxyheqdd5oqxyxyzi", "nevergonnagiveyouup", "onceuponatime", "openthedoorplease",
    "password123456789", "passwordpassword", "passwordstandard", "polniypizdec0211", "polniypizdec110211",
    "q1w2e3r4t5y6u7i8", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgb", "qwertasdfgzxcvb", "supersecretpassword",
    "thequickbrownfox", "thisismypassword", "tobeornottobethatis", "trustno1trustno1", "whateverwhatever",
    "yourpasswordhere", "zaq12wsxcde34rfv", "zqjphsyf6ctifgu",
})
# fmt: on

_WORDS = ("password", "passwort", "contrasena", "qwerty", "letmein", "iloveyou", "welcome", "admin", "login", "secret")

_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_NEXT = frozenset(pair for row in _ROWS for a, b in pairwise(row) for pair in (a + b, b + a))


def init_app(app: Flask, config: Config) -> None:
    """Let the web processes together hash so many passwords at once; tests hash with less work (PASSWORD_HASHING)."""
    app.extensions["hasher"] = PasswordHasher(**HASHING | app.config.get("PASSWORD_HASHING", {}))
    app.extensions["hashing"] = threading.BoundedSemaphore(max(1, HASHES_AT_ONCE // max(1, config.workers)))


def usual_form(text: str) -> str:
    """A password as it is hashed: what looks the same on two keyboards is the same."""
    return unicodedata.normalize("NFKC", text)


def hashed(text: str) -> str:
    """What is stored of a password."""
    with _turn():
        return _hasher().hash(usual_form(text))


def matches(text: str, stored: str | None) -> bool:
    """Whether this is the password that was hashed; takes as long where there is none."""
    nobody = _nobodys_hash()
    # What is longer than any password is wrong; the library refuses to look at it.
    text = usual_form(text[:_READ])[:_READ]
    with _turn():
        return _verifies(stored or nobody, text) and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with less work than now."""
    return _hasher().check_needs_rehash(stored)


def problem(text: str, *known: str) -> str | None:
    """Why a password cannot be taken, or None; ``known`` is what others know of the person and of the site."""
    text = usual_form(text)
    if len(text) < SHORTEST:
        return _l("Use at least 15 characters. A few words in a row are easy to remember and hard to guess.")
    if len(text) > LONGEST:
        return _l("Use at most 128 characters.")
    if _is_easy(text.casefold(), [each.casefold() for each in known]):
        return _l("This password is easy to guess. Three or four words that have nothing to do with you are better.")
    return None


def _is_easy(text: str, known: list[str]) -> bool:
    letters = re.sub(r"[\W_]+", "", text)
    if letters in COMMON or len(set(text)) < 5 or _repeats(letters) or _walks(letters):
        return True
    rest = letters
    for word in (*known, *_WORDS):
        word = re.sub(r"[\W_]+", "", word)
        if len(word) >= 4:
            rest = rest.replace(word, "")
    return len(rest) < _REST or _walks(rest)


def _repeats(text: str) -> bool:
    """Whether a text is one short piece, over and over."""
    period = next((n for n in range(1, len(text) + 1) if text[n:] == text[:-n]), len(text)) if text else 0
    return len(text) >= 2 * period and period <= 8


def _walks(text: str) -> bool:
    """Whether a text runs along the alphabet, the digits or the keyboard."""
    steps = [a + b for a, b in pairwise(text)]
    return bool(steps) and sum(step in _NEXT or step[0] == step[1] for step in steps) > 0.7 * len(steps)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["hasher"]
    return hasher


def _verifies(stored: str, text: str) -> bool:
    try:
        return _hasher().verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


def _nobodys_hash() -> str:
    """A hash of no password, made when the first one is checked, whoever's that is."""
    found: str | None = current_app.extensions.get("nobodys_hash")
    if found is None:
        found = current_app.extensions["nobodys_hash"] = hashed(secrets.token_urlsafe())
    return found


@contextmanager
def _turn() -> Iterator[None]:
    hashing: threading.BoundedSemaphore = current_app.extensions["hashing"]
    if not hashing.acquire(timeout=_PATIENCE):
        raise TooManyRequestsError(_PATIENCE)
    try:
        yield
    finally:
        hashing.release()
