"""Without JavaScript, on a phone: a member finds people in their area, opens a profile, and reports it.

The same journey in all combinations of widths, languages and scripts: ``python -m bench.journeys``.
"""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.web.accounts import passwords
from testing.accounts import PASSWORD, new_member
from testing.journeys import meeting
from testing.journeys.person import Person
from testing.locations import put, zone_called
from tests.browser.conftest import ALL, PHONE, new_context


def test_a_member_finds_somebody_in_their_area_and_reports_them_without_javascript(browser: Browser, live, settled):
    with new_context(browser, live, viewport=PHONE, java_script_enabled=False) as phone:
        finder = Person.at(phone.new_page(), "Finder", "finder@example.org", "en", ALL)
        finder.sign_in()

        meeting.report(finder, "Quillsalesman")

        assert finder.faults == []


@pytest.fixture(scope="module")
def settled(live, acting: Engine) -> None:
    """A member with a password, and somebody in the same area."""
    with db.open_session(acting) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        area = zone_called(session, "Freiburg", Level.AREA, "DE")
        for email, name in (("finder@example.org", "Finder"), ("salesman@example.org", "Quillsalesman")):
            member = new_member(session, email, pseudonym=name)
            with live.app_context():
                member.password = passwords.hashed(PASSWORD)
            put(session, member, condition, area, level=Level.AREA, audience=Audience.CONDITION)
