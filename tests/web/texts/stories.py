"""Stories as members tell them, and the people who read and judge them: what tests of texts share."""

import uuid

import pytest

from mapservice import create_app
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import staff
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.appointing import appoint
from testing.locations import put
from tests.web.places.place_forms import ALL

STORIES, TELL = f"{ALL}/stories", f"{ALL}/stories/tell"
SAID = {
    "title": "The bruises on my legs",
    "first_signs": "I was nineteen, and always tired.",
    "helped": "My sister read to me when my eyes hurt.",
    "audience": "condition",
    "language": "en",
}
CURE = {
    "title": "My miracle",
    "first_signs": "",
    "helped": "",
    "body": "For five years I could not conceive, with polycystic ovaries and my TUBES TIED, and my marriage "
    "was almost over. WHOEVER HAS SUCH TROUBLE SHOULD CONTACT DOCTOR AMARA.",
}


@pytest.fixture
def app(config, connection):
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def as_fellow(app, session, condition, freiburg):
    """Another member of the community."""
    client, member = app.test_client(), new_member(session, "fellow@example.org", pseudonym="Fellow")
    put(session, member, condition, freiburg, level="area", audience=Audience.CONDITION)
    sign_in(client, member)
    return client


@pytest.fixture
def as_moderator(app, session):
    client, member = app.test_client(), new_member(session, "moderator@example.org", pseudonym="Mod")
    appoint(session, member, staff.MODERATOR)
    session.commit()
    sign_in(client, member)
    return client


def tell(client, at=TELL, **fields):
    """Send a story; the address of its page."""
    return post(client, at, {"operation": str(uuid.uuid4()), **SAID, **fields})


def edit(address: str) -> str:
    """Where the text of a page is changed."""
    return f"{ALL}/texts/{address.rpartition('/')[2]}/edit"


def is_read(client, title: str = SAID["title"]) -> bool:
    """Whether somebody finds a story in the list, on the page of the condition and at its address: always all three."""
    found = {title in client.get(STORIES).text, title in client.get(ALL).text}
    assert len(found) == 1
    return found.pop()
