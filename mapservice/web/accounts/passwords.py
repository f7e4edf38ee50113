"""Passwords: how they are stored, and how many are hashed at the same time."""

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, has_request_context, request

from mapservice.config import Config
from mapservice.errors import TooBusyError

MIN_LENGTH = 15
MAX_LENGTH = 128

#: Maximum length in characters of what is read; an accent may be a character of its own.
MAX_READ = 4 * MAX_LENGTH

# 64 MiB each: without a limit, twenty people signing in would use up the memory of a small machine.
MAX_CONCURRENT_HASHES = 4

# Maximum length of the queue per hash in progress, in each process: about half a second.
QUEUE_PER_HASH = 2
_TIMEOUT_S = 10

#: Source: RFC 9106, the second recommended option with one lane; memory in KiB.
COST: dict[str, Any] = {"memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 1}

#: The keys of the WSGI environment in which the gateway names the lane, and the lane of passwords. Source: lanes.py.
LANE = "mapservice.lane"
PASSWORD_LANE = "password"  # noqa: S105  (the name of a lane)


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
    text = normalize_password(text[:MAX_READ])[:MAX_READ]
    with _hashing().turn(first=first) as hasher:
        try:
            return hasher.verify(expected, text) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with a different cost than now."""
    return _hashing().hasher.check_needs_rehash(stored)


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
