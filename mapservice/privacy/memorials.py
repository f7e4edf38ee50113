"""After a death: what a caregiver can choose, for how long it can be undone, and the secret delays after it."""

import datetime as dt
import secrets
from collections.abc import Callable
from enum import StrEnum

#: How long a caregiver can undo the choice. After that nothing of the membership is left.
REVERSIBLE = dt.timedelta(days=30)

#: The shortest delay before somebody is counted as remembered: nobody is who may still be brought back.
_MIN_DELAY_DAYS = REVERSIBLE.days + 1

#: The number of possible delays in days: from one month to three.
_DELAY_CHOICES = 62

#: The possible delays in days before others who speak for the person hear of it.
_NOTICE_CHOICES = 7

#: Returns a random whole number below another.
Draw = Callable[[int], int]


class AfterDeath(StrEnum):
    """What a caregiver chooses after the death of the person for whom they speak."""

    MEMORY = "memory"
    REMOVAL = "removal"


def counting_delay(draw: Draw = secrets.randbelow) -> dt.timedelta:
    """Return the secret time before a person can be counted as remembered.

    >>> counting_delay(lambda choices: 0).days, counting_delay(lambda choices: choices - 1).days
    (31, 92)
    """
    return dt.timedelta(days=_MIN_DELAY_DAYS + draw(_DELAY_CHOICES))


def notice_delay(draw: Draw = secrets.randbelow) -> dt.timedelta:
    """Return the secret time before another caregiver hears of it: at once would tell whose profile has just gone.

    >>> notice_delay(lambda choices: 0).days, notice_delay(lambda choices: choices - 1).days
    (1, 7)
    """
    return dt.timedelta(days=1 + draw(_NOTICE_CHOICES))


def can_undo(closed_on: dt.date, today: dt.date) -> bool:
    """Return whether a membership that was closed on a day can still be brought back as it was.

    >>> day = dt.date(2026, 11, 1)
    >>> can_undo(day, day + REVERSIBLE), can_undo(day, day + REVERSIBLE + dt.timedelta(days=1))
    (True, False)
    """
    return today <= last_day(closed_on)


def last_day(closed_on: dt.date) -> dt.date:
    """Return the last day on which the choice can be undone."""
    return closed_on + REVERSIBLE
