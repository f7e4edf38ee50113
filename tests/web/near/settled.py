"""People who settle near a member, and what the pages say of them: what tests of people near share."""

import re

import pytest

from mapservice.geo.zones import Level
from mapservice.privacy.nearness import Nearness
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Membership
from mapservice.store.tables.profiles import ProfileRow
from testing.accounts import new_member
from testing.locations import put

ALL = "/conditions/acute-lymphoblastic-leukaemia"
NEAR = f"{ALL}/nearby"


@pytest.fixture
def settle(session, condition):
    """Put somebody on the map; their membership."""
    number = iter(range(1_000))

    def settle(home: str, level: Level, audience: Audience = Audience.CONDITION, **profile: object) -> Membership:
        member = new_member(session, f"settled-{next(number)}@example.org", pseudonym="Settled")
        membership = put(session, member, condition, home, level=level, audience=audience)
        if profile:
            says = {"words": "", "languages": [], "looking_for": [], **profile}
            session.add(ProfileRow(condition_id=condition.id, member_id=member.id, **says))
            session.commit()
        return membership

    return settle


def listed(client, group: Nearness | str, **query: str) -> list[str]:
    """The public ids on the pages of a group."""
    found, page = [], 1
    while True:
        answer = client.get(f"{NEAR}/{group}", query_string={**query, "page": str(page)})
        assert answer.status_code == 200
        found += re.findall(r'/people/([\w-]{20,})"', answer.text)
        if 'rel="next"' not in answer.text:
            return found
        page += 1


def numbers(client, **query: str) -> dict[str, str]:
    """What the overview says of each group, by its words."""
    page = client.get(NEAR, query_string=query)
    assert page.status_code == 200
    rows = re.findall(r"<li>\s*<div><strong>(.*?)</strong>.*?</div>\s*<(?:a|span)[^>]*>(.*?)<", page.text, re.DOTALL)
    return dict(rows)
