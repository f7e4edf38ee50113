"""Days and moments as the reader writes them, with the time zone named where a clock is behind them."""

import datetime as dt

from mapservice.i18n.translation import format_date, format_time
from mapservice.i18n.translation import gettext as _


def day(value: dt.date | dt.datetime) -> str:
    """Return a day; that of a moment depends on the time zone, which is named then."""
    if isinstance(value, dt.datetime):
        return _("%(day)s (UTC)", day=format_date(_in_utc(value)))
    return format_date(value)


def moment(value: dt.datetime) -> str:
    """Return a moment to the minute, with its time zone."""
    at = _in_utc(value)
    return _("%(day)s, %(time)s UTC", day=format_date(at), time=format_time(at, "short"))


def _in_utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


def today() -> dt.date:
    """Return the day that it is for the service, in UTC."""
    return dt.datetime.now(dt.UTC).date()
