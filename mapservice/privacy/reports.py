"""Reports of members about others: what one carries, why it is made, and what came of it."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

#: How long a report is kept after it was decided.
RETENTION = dt.timedelta(days=90)

#: The most characters of the reporter's own words.
MAX_NOTE = 1000


class ReportKind(StrEnum):
    """What is reported."""

    CARD = "card"
    MESSAGES = "messages"
    TEXT = "text"


class ReportReason(StrEnum):
    """Why somebody or something is reported."""

    SELLING = "selling"
    HARASSMENT = "harassment"
    IMPOSTOR = "impostor"
    PRIVACY = "privacy"
    DANGER = "danger"
    OTHER = "other"


class ReportState(StrEnum):
    """What came of a report. All but the first are decisions."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ACTED = "acted"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of what was reported, as the reporter saw it: a heading, such as a name, and a text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that a report carries: exactly what the reporter chose, and their own words."""

    note: str
    excerpts: tuple[Excerpt, ...]

    def to_bytes(self) -> bytes:
        """Return the content as it is encrypted."""
        pairs = [[excerpt.heading, excerpt.text] for excerpt in self.excerpts]
        return json.dumps({"note": self.note, "excerpts": pairs}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> "ReportContent":
        """Return the content that was encrypted."""
        data = json.loads(plaintext)
        return cls(data["note"], tuple(Excerpt(*pair) for pair in data["excerpts"]))


def key_of(secret_key: str) -> bytes:
    """Return the key that encrypts reports, which is not in the database."""
    return hashlib.sha256(f"reports/v1:{secret_key}".encode()).digest()
