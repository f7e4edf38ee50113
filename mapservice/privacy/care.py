"""Caregivers: for whom a membership speaks, and codes by which two agree that they speak for one affected person."""

import datetime as dt
import hashlib
import secrets
from enum import StrEnum

from mapservice.privacy.visibility import Role

#: How long a code works, and how long it can be confirmed.
LIFETIME = dt.timedelta(hours=24)

#: The most memberships that speak for one person, with that person's own.
MAX_SPEAKERS = 4

#: The bytes of a code: 128 bits.
_BYTES = 16

# Without letters that look like digits, as Crockford's base 32; those are read as the digits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE_DIGITS = str.maketrans("OIL", "011")
_LENGTH = -(-8 * _BYTES // 5)
_GROUP = 4


class SpeaksAs(StrEnum):
    """As whom a membership speaks for an affected person: for somebody else, or for itself."""

    CAREGIVER = "caregiver"
    PERSON = "person"


class Relationship(StrEnum):
    """What a caregiver is to the person for whom they speak."""

    PARENT = "parent"
    PARTNER = "partner"
    CHILD = "child"
    SIBLING = "sibling"
    RELATIVE = "relative"
    FRIEND = "friend"
    PROFESSIONAL = "professional"
    OTHER = "other"


class AgeBand(StrEnum):
    """The age of the person for whom a caregiver speaks: a band that they choose, never computed from a date."""

    UNDER_SIX = "0-5"
    SIX_TO_ELEVEN = "6-11"
    TWELVE_TO_SEVENTEEN = "12-17"
    EIGHTEEN_TO_39 = "18-39"
    FORTY_TO_64 = "40-64"
    OVER_64 = "65+"


#: The bands of somebody under 18.
BANDS_OF_MINORS = (AgeBand.UNDER_SIX, AgeBand.SIX_TO_ELEVEN, AgeBand.TWELVE_TO_SEVENTEEN)


def speaks_as(role: Role, *, for_minor: bool) -> SpeaksAs | None:
    """Return as whom a membership speaks for an affected person; None if it speaks for none, as an organisation."""
    if role is Role.CAREGIVER or for_minor:
        return SpeaksAs.CAREGIVER
    return SpeaksAs.PERSON if role is Role.PERSON else None


def new_code() -> str:
    """Return a random code in groups of four characters, to read out and to type."""
    number = secrets.randbits(8 * _BYTES)
    signs = "".join(_ALPHABET[number >> 5 * at & 31] for at in range(_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def code_hash(code: str) -> bytes | None:
    """Return the hash of a code, however it was typed; None if it cannot be one.

    >>> code_hash("o" * 26) == code_hash("0000-" * 6 + "00"), code_hash("too short")
    (True, None)
    """
    signs = "".join(sign for sign in code.upper() if sign.isalnum()).translate(_LIKE_DIGITS)
    if len(signs) != _LENGTH or not set(signs) <= set(_ALPHABET):
        return None
    return hashlib.sha256(signs.encode()).digest()
