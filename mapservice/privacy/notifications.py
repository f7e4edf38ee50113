"""When a member may be told by e-mail that something new waits for them: one rule for all subjects.

Such an e-mail says "sign in to read", and nothing else. E-mails about the account itself, such as a new password, are
not held back by this rule.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class NotificationFrequency(StrEnum):
    """How often a member wants e-mail notifications; by default at most once a day."""

    DAILY = "daily"
    HOURLY = "hourly"
    NEVER = "never"


#: Minimum time between two of these e-mails.
PAUSES = {NotificationFrequency.DAILY: dt.timedelta(days=1), NotificationFrequency.HOURLY: dt.timedelta(hours=1)}

#: How long news is collected before the first e-mail about it.
COLLECTING = {
    NotificationFrequency.DAILY: dt.timedelta(hours=1),
    NotificationFrequency.HOURLY: dt.timedelta(minutes=10),
}

#: A member who was on the service so recently will see the news there.
PRESENCE = dt.timedelta(minutes=10)

#: After this time without a visit no e-mail about news is sent.
ABSENCE = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NotificationReader:
    """A member for whom there is news: how often they want e-mails, when the last one was sent, their last visit."""

    frequency: NotificationFrequency
    mailed_at: dt.datetime | None
    seen_at: dt.datetime


def due_at(reader: NotificationReader, since: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return from when a member may be told about news that has waited for them since a moment; None for never.

    >>> at = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    >>> due_at(NotificationReader(NotificationFrequency.DAILY, None, at), at, at).hour
    13
    """
    if reader.frequency is NotificationFrequency.NEVER:
        return None
    due = max(now, since + COLLECTING[reader.frequency], reader.seen_at + PRESENCE)
    if reader.mailed_at is not None:
        due = max(due, reader.mailed_at + PAUSES[reader.frequency])
    return due if due < reader.seen_at + ABSENCE else None
