"""What a member may know of what staff looked at or changed about them: what it was, when, and why; never who it was.

Of a report about a member they learn the month, once it is over. The day could tell them who reported them, for example
somebody to whom they had written just before.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LookKind(StrEnum):
    """What staff looked at or changed."""

    YOUR_REPORT = "your_report"
    REPORT_ABOUT_YOU = "report_about_you"
    TEXT = "text"
    SUSPENDED_LIST = "suspended_list"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    APPOINTED = "appointed"
    DISMISSED = "dismissed"
    FACTOR_REMOVED = "factor_removed"
    AGE_CHANGED = "age_changed"


#: Those of which a member learns the month only.
BY_MONTH = frozenset({LookKind.REPORT_ABOUT_YOU})


@dataclass(frozen=True, slots=True)
class Look:
    """Something that staff looked at: on a ``day``, or in the month that begins on it."""

    day: dt.date
    kind: LookKind

    @property
    def is_of_month(self) -> bool:
        """Whether only the month is known."""
        return self.kind in BY_MONTH


def told(looks: Iterable[Look], today: dt.date) -> list[Look]:
    """Return what a member may know today, the newest first.

    >>> told([Look(dt.date(2026, 3, 9), LookKind.REPORT_ABOUT_YOU)], dt.date(2026, 3, 31))
    []
    """
    known = {
        Look(look.day.replace(day=1), look.kind) if look.is_of_month else look
        for look in looks
        if not look.is_of_month or look.day.replace(day=1) < today.replace(day=1)
    }
    return sorted(known, key=lambda look: (look.day, look.kind), reverse=True)
