"""Caregivers on phones: two agree that they represent one person, a grown child takes over, and after a death.

The same journeys in all combinations of widths, languages and scripts: ``python -m bench.journeys``.
"""

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from mapservice import db
from mapservice.privacy.visibility import Role
from mapservice.store.tables import Member, Membership
from testing.journeys import caring
from testing.journeys.person import Person
from tests.browser.conftest import ALL, PHONE, address_of, fill_in, latest_link, new_context, sign_up


def joined(live, page: Page, name: str, role: Role = Role.PERSON, *, by_keyboard: bool = False) -> Person:
    """Sign up and join."""
    sign_up(page, lambda: latest_link(live), name)
    fill_in(page, f"{ALL}/join", role=role, consent="yes")
    return Person.at(page, name, address_of(name), "en", ALL, by_keyboard=by_keyboard)


def shown(live, page: Page, name: str) -> tuple[Person, str]:
    """Join as a caregiver and be shown to all members; with the address of the card."""
    person = joined(live, page, name, Role.CAREGIVER)
    fill_in(page, f"{ALL}/place", zone="DE", audience="members")
    with db.transaction(live.extensions["engine"]) as session:
        mine = select(Membership.public_id).join(Member, Member.id == Membership.member_id)
        return person, f"{ALL}/people/{session.scalars(mine.where(Member.pseudonym == name)).one()}"


def test_two_caregivers_agree_with_a_code(browser: Browser, live):
    """One of them has no scripts, the other has no mouse."""
    with (
        new_context(browser, live, java_script_enabled=False, viewport=PHONE) as one,
        new_context(browser, live, viewport=PHONE) as other,
    ):
        mother = joined(live, one.new_page(), "Mother", Role.CAREGIVER)
        father = joined(live, other.new_page(), "Father", Role.CAREGIVER, by_keyboard=True)

        caring.pair(mother, father)

        assert mother.faults + father.faults == []


def test_a_grown_child_takes_over_while_a_message_to_the_parent_waits(browser: Browser, live):
    with (
        new_context(browser, live, viewport=PHONE) as one,
        new_context(browser, live, viewport=PHONE) as other,
        new_context(browser, live) as third,
    ):
        parent, card = shown(live, one.new_page(), "Parent")
        friend, child = (
            joined(live, window.new_page(), name) for window, name in ((third, "Friend"), (other, "Grown"))
        )

        caring.take_over(parent, child, friend, card)

        assert parent.faults + child.faults + friend.faults == []


def test_a_caregiver_keeps_a_person_in_memory_and_undoes_it(browser: Browser, live):
    with (
        new_context(browser, live, viewport=PHONE) as one,
        new_context(browser, live) as other,
    ):
        carer, card = shown(live, one.new_page(), "Carer")
        reader = joined(live, other.new_page(), "Reader")

        caring.remember(carer, reader, card)

        assert carer.faults + reader.faults == []
