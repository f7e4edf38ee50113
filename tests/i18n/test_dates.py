"""Days and moments are shown as the reader writes them, with the time zone where a clock is behind them."""

import datetime as dt
import re

import pytest

from mapservice.config import HOME
from mapservice.i18n import dates
from mapservice.i18n.translation import use_locale
from testing.accounts import new_member, sign_in

LATE = dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("en", "Nov 28, 2026 (UTC)", "Nov 28, 2026, 4:30 AM UTC"),
        ("es", "28 nov 2026 (UTC)", "28 nov 2026, 4:30 UTC"),
    ],
)
def test_a_moment_names_its_time_zone_in_the_form_of_the_reader(locale, day, moment):
    with use_locale(locale):
        assert dates.day(LATE) == day
        assert re.sub(r"\s", " ", dates.moment(LATE)) == moment


def test_a_day_without_a_clock_has_no_time_zone():
    assert dates.day(dt.date(2026, 11, 27)) == "Nov 27, 2026"


def test_the_account_page_names_the_time_zone(client, session):
    sign_in(client, new_member(session, "alice@example.org"))

    text = client.get("/account").text

    assert re.search(r"Signed in on \w+ \d+, \d{4} \(UTC\), last used on \w+ \d+, \d{4}, [\d:]+\s[AP]M UTC", text)


def test_no_page_writes_dates_in_a_way_of_its_own():
    pages = [path.read_text() for path in (HOME / "templates").rglob("*.html")]
    views = [path for path in (HOME / "mapservice" / "web").rglob("*.py") if path.name != "dates.py"]

    assert not any("strftime" in page or "isoformat" in page for page in pages)
    assert not [path for path in views if "format_datetime" in path.read_text()]
