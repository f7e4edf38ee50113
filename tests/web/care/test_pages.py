"""The person whom a member represents, and how two caregivers agree by a code, without JavaScript."""

import re

import pytest
from sqlalchemy import select, update

from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.community import memberships
from mapservice.store.places import count_rollup
from mapservice.store.tables import Membership
from mapservice.store.tables.care import SpeakerRow
from testing.accounts import new_member, post, sign_in
from testing.locations import put

ALL = "/conditions/acute-lymphoblastic-leukaemia"
PERSON = f"{ALL}/person"


@pytest.fixture
def mother(session, condition, freiburg):
    return joined(session, condition, "mother@example.org", freiburg)


@pytest.fixture
def father(session, condition):
    return joined(session, condition, "father@example.org", "IS", level=Level.COUNTRY)


def joined(session, condition, email, zone, *, level=Level.REGION, role=Role.CAREGIVER, for_minor=False):
    member = new_member(session, email, pseudonym=f"Name of {email.partition('@')[0]}")
    put(session, member, condition, zone, level=level, audience=Audience.MEMBERS)
    memberships.join(session, member, condition, role, pseudonym=None, for_minor=for_minor)
    session.commit()
    return member


def browser(app, member):
    client = app.test_client()
    sign_in(client, member, is_fresh=False)
    return client


@pytest.fixture
def as_mother(app, mother):
    return browser(app, mother)


@pytest.fixture
def as_father(app, father):
    return browser(app, father)


def code_in(page) -> str:
    return re.findall(r"<code[^>]*>([-\w]+)</code>", page.text)[0]


def make(client, for_whom="caregiver") -> str:
    answer = post(client, f"{PERSON}/code", {"for_whom": for_whom})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return code_in(answer)


def send(client, page, number=0, **fields):
    """Send one of the forms of a page with an operation id, as it stands there."""
    operations = re.findall(r'name="operation" value="([-0-9a-f]+)"', client.get(PERSON).text)
    return post(client, f"{PERSON}/{page}", {"operation": operations[number], **fields})


def test_a_caregiver_says_what_only_they_see(as_mother, as_bob, mother, session, condition):
    public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == mother.id)).one()
    card = as_bob.get(f"{ALL}/people/{public_id}").text
    assert f'href="{PERSON}"' in as_mother.get("/me").text

    answer = post(as_mother, PERSON, {"relationship": "parent", "age_band": "12-17"})

    assert (answer.status_code, answer.location) == (303, PERSON)
    page = as_mother.get(PERSON).text
    assert re.search(r'name="relationship" value="parent" checked', page)
    assert re.search(r'name="age_band" value="12-17" checked', page)
    assert masked(as_bob.get(f"{ALL}/people/{public_id}").text) == masked(card)
    assert post(as_mother, PERSON, {"relationship": "owner", "age_band": ""}).status_code == 422


def test_never_asks_for_the_age_of_a_grown_up_where_a_minor_is_represented(app, session, condition):
    client = browser(app, joined(session, condition, "minor@example.org", "DE", level=Level.COUNTRY, for_minor=True))

    assert 'value="40-64"' not in client.get(PERSON).text
    assert post(client, PERSON, {"relationship": "", "age_band": "40-64"}).status_code == 422
    assert post(client, PERSON, {"relationship": "", "age_band": "6-11"}).status_code == 303


def test_two_caregivers_agree_with_a_code(as_mother, as_father, session):
    code = make(as_mother)
    assert code not in as_mother.get(PERSON).text
    assert "Nobody has entered it yet" in as_mother.get(PERSON).text

    assert send(as_father, "enter", code=code, same="yes").status_code == 303
    assert "You have entered a code." in as_father.get(PERSON).text
    assert "Someone has entered your code." in as_mother.get("/me").text
    asked = as_mother.get(PERSON).text
    assert "Did you give it to someone who represents the same person as you?" in asked
    assert "Yes, confirm and leave" not in asked

    assert send(as_mother, "answer", answer="stay").status_code == 303
    assert "You have confirmed that someone else" in as_mother.get(PERSON).text
    assert "You have confirmed that someone else" in as_father.get(PERSON).text
    assert len(set(session.scalars(select(SpeakerRow.person_id)))) == 1

    assert post(as_father, f"{PERSON}/end").status_code == 303
    assert "You have confirmed that someone else" not in as_father.get(PERSON).text
    assert "You have confirmed that someone else" in as_mother.get(PERSON).text
    session.expire_all()
    assert len(set(session.scalars(select(SpeakerRow.person_id)))) == 2


def test_a_code_that_does_not_work_is_explained_and_kept(as_mother, as_father):
    code = make(as_mother)
    for wrong in ("", "abc", code[:-1] + ("0" if code[-1] != "0" else "1")):
        answer = send(as_father, "enter", code=wrong, same="yes")
        assert answer.status_code == 422
        assert 'class="error-summary"' in answer.text
        assert f'value="{wrong}"' in answer.text
    answer = send(as_father, "enter", code=code)
    assert answer.status_code == 422
    assert "Tick the box if this is true" in answer.text
    assert send(as_father, "enter", code=code, same="yes").status_code == 303


def test_sending_a_code_twice_enters_it_once(as_mother, as_father):
    code = make(as_mother)
    operation = re.search(r'name="operation" value="([-0-9a-f]+)"', as_father.get(PERSON).text)[1]
    for _ in range(2):
        answer = post(as_father, f"{PERSON}/enter", {"operation": operation, "code": code, "same": "yes"})
        assert answer.status_code == 303


def test_refusing_ends_the_code(as_mother, as_father):
    send(as_father, "enter", code=make(as_mother), same="yes")

    assert send(as_mother, "answer", answer="no").status_code == 303

    assert "Someone has entered your code" not in as_mother.get(PERSON).text
    assert "You have entered a code." in as_father.get(PERSON).text, "what they answered is not told"


def test_a_grown_child_takes_over_and_the_parent_leaves(app, session, as_mother, mother, condition):
    child = joined(session, condition, "child@example.org", "IS", level=Level.COUNTRY, role=Role.PERSON)
    as_child = browser(app, child)
    assert f'href="{PERSON}"' in as_child.get(f"{ALL}/join").text
    page = as_child.get(PERSON).text
    assert 'name="relationship"' not in page
    assert "mailto:" in page
    assert send(as_child, "enter", code=make(as_mother), same="yes").status_code == 422, "it is for a caregiver"

    assert send(as_child, "enter", code=make(as_mother, "person"), same="yes").status_code == 303
    answer = send(as_mother, "answer", answer="leave")

    assert answer.location == f"{ALL}/leave"
    assert post(as_mother, f"{ALL}/leave", {"sure": "yes"}).status_code == 303
    session.expire_all()
    assert memberships.find(session, mother, condition) is None
    assert memberships.find(session, child, condition).role == Role.PERSON
    assert "someone else here takes part for you" in as_child.get(PERSON).text, "what the parent did is not told"


@pytest.mark.parametrize("role", [Role.ORGANISATION, Role.RESEARCHER])
def test_somebody_who_represents_nobody_has_no_such_page(app, session, condition, role):
    client = browser(app, joined(session, condition, "office@example.org", "DE", level=Level.COUNTRY, role=role))

    assert client.get(PERSON).location == f"{ALL}/join"
    assert f'href="{PERSON}"' not in client.get(f"{ALL}/join").text
    assert f'href="{PERSON}"' not in client.get("/me").text


def test_never_shows_one_caregiver_anything_of_the_other(as_mother, as_father, mother, father, session):
    pages = []
    send(as_father, "enter", code=make(as_mother), same="yes")
    pages.append(as_mother.get(PERSON).text)
    send(as_mother, "answer", answer="stay")
    sign_in(as_mother, mother)
    pages += [as_mother.get(PERSON).text, as_mother.get("/me").text, post(as_mother, "/me/data", {"form": "json"}).text]

    of_father = session.scalars(select(Membership).where(Membership.member_id == father.id)).one()
    person_id = session.scalars(select(SpeakerRow.person_id).distinct()).one()
    telling = [father.email, father.pseudonym, of_father.public_id, str(father.id), "Iceland", str(person_id)]
    assert [(number, word) for number, page in enumerate(pages) for word in telling if word in page] == []
    assert any(mother.email in page for page in pages), "their own address is there"


def masked(text: str) -> str:
    return re.sub(r'nonce="[^"]+"|csrf[-_]token[^>]+|nonce-[^\']+|value="[-0-9a-f]{36}"', "", text)


def test_never_shows_others_that_two_profiles_belong_to_one_person(
    as_bob, as_mother, as_father, mother, father, session, condition
):
    """Everything that a member of the community can open is the same before and after, to the byte."""
    ids = session.scalars(
        select(Membership.public_id).where(Membership.member_id.in_([mother.id, father.id])).order_by(Membership.role)
    ).all()
    count_rollup.roll_up(session)
    session.commit()
    addresses = [f"{ALL}/map", f"{ALL}/near", ALL, *(f"{ALL}/people/{public_id}" for public_id in ids),
                 f"{ALL}/map?in=DE", f"{ALL}/map?in=IS", f"{ALL}/map/view?tiles=0/0/0"]  # fmt: skip

    def world():
        answers = [as_bob.get(address) for address in addresses]
        return [(answer.status_code, masked(answer.text), answer.headers.get("ETag")) for answer in answers]

    before = world()
    assert before[0][0] == before[3][0] == 200
    send(as_father, "enter", code=make(as_mother), same="yes")
    assert world() == before
    send(as_mother, "answer", answer="stay")

    assert world() == before


def test_a_page_that_tells_it_is_found(as_bob, mother, session, condition):
    """The comparison sees what a pairing would change on a card if it were shown, such as the name."""
    public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == mother.id)).one()
    before = masked(as_bob.get(f"{ALL}/people/{public_id}").text)
    session.execute(update(Membership).where(Membership.member_id == mother.id).values(pseudonym="One of a pair"))
    session.commit()

    assert masked(as_bob.get(f"{ALL}/people/{public_id}").text) != before
