"""What a member may know of what staff looked at: of a report about them the month only, once it is over."""

import datetime as dt

import pytest

from mapservice.privacy.staff_looks import Look, LookKind, told

DAY = dt.date(2026, 11, 28)


@pytest.mark.parametrize("kind", sorted(set(LookKind) - {LookKind.REPORT_ABOUT_YOU}))
def test_what_tells_of_nobody_else_is_told_at_once_with_its_day(kind):
    assert told([Look(DAY, kind)], DAY) == [Look(DAY, kind)]


@pytest.mark.parametrize(
    ("today", "is_told"), [(DAY, False), (dt.date(2026, 11, 30), False), (dt.date(2026, 12, 1), True)]
)
def test_a_report_about_a_member_waits_for_the_next_month(today, is_told):
    assert bool(told([Look(DAY, LookKind.REPORT_ABOUT_YOU)], today)) is is_told


def test_never_tells_the_day_or_the_number_of_reports_about_a_member():
    looks = [Look(dt.date(2026, 11, day), LookKind.REPORT_ABOUT_YOU) for day in (1, 9, 28)]

    assert told(looks, dt.date(2027, 1, 1)) == [Look(dt.date(2026, 11, 1), LookKind.REPORT_ABOUT_YOU)]


def test_the_newest_comes_first():
    looks = [Look(dt.date(2026, month, 5), LookKind.YOUR_REPORT) for month in (3, 7, 5)]

    assert [look.day.month for look in told(looks, DAY)] == [7, 5, 3]
