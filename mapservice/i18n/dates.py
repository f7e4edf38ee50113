"""Dates and times in the reader's format, with the time zone if they depend on it."""

import datetime as dt

from mapservice.i18n.translation import format_date, format_time
from mapservice.i18n.translation import gettext as _


def day(value: dt.date | dt.datetime) -> str:
    """Return a date; for a datetime with its time zone, on which the date depends."""
    if isinstance(value, dt.datetime):
        return _("%(day)s (UTC)", day=format_date(_in_utc(value)))
    return format_date(value)


def moment(value: dt.datetime) -> str:
    """Return a datetime to the minute, with its time zone."""
    at = _in_utc(value)
    return _("%(day)s, %(time)s UTC", day=format_date(at), time=format_time(at, "short"))


def _in_utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


def today() -> dt.date:
    """Return today's date in UTC."""
    return dt.datetime.now(dt.UTC).date()
