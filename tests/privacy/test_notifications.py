"""One rule for all e-mails about news: rarely, not while a member is here, and not after a long absence."""

import datetime as dt

import pytest

from mapservice.privacy.notifications import ABSENCE, NotificationFrequency, NotificationReader, due_at

NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
DAILY, HOURLY, NEVER = NotificationFrequency


@pytest.mark.parametrize(
    ("frequency", "mailed_at", "seen_at", "now", "expected"),
    [
        (DAILY, None, NOON - DAY, NOON, NOON + HOUR),
        (HOURLY, None, NOON - DAY, NOON, NOON + 10 * MINUTE),
        (DAILY, None, NOON - DAY, NOON + 2 * HOUR, NOON + 2 * HOUR),
        (DAILY, NOON - HOUR, NOON - DAY, NOON + 2 * HOUR, NOON + 23 * HOUR),
        (HOURLY, NOON - 20 * MINUTE, NOON - DAY, NOON + 20 * MINUTE, NOON + 40 * MINUTE),
        (DAILY, None, NOON + 3 * HOUR, NOON + 3 * HOUR, NOON + 3 * HOUR + 10 * MINUTE),
        (NEVER, None, NOON - DAY, NOON + 5 * HOUR, None),
        (DAILY, None, NOON - ABSENCE + 3 * HOUR, NOON, NOON + HOUR),
        (DAILY, None, NOON - ABSENCE + HOUR, NOON, None),
        (DAILY, None, NOON - ABSENCE + 3 * HOUR, NOON + 4 * HOUR, None),
        (DAILY, NOON - HOUR, NOON - ABSENCE + 5 * HOUR, NOON, None),
    ],
    ids=[
        "an hour of news is collected",
        "ten minutes of news are collected",
        "collected long ago",
        "a day after the last e-mail",
        "an hour after the last e-mail",
        "ten minutes after the last visit",
        "never",
        "shortly before the end of 90 days",
        "after 90 days without a visit",
        "after 90 days without a visit and a worker",
        "the next e-mail would come after 90 days",
    ],
)
def test_a_member_is_told_once_it_is_due(frequency, mailed_at, seen_at, now, expected):
    assert due_at(NotificationReader(frequency, mailed_at, seen_at), NOON, now) == expected
