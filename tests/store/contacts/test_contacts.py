"""Who becomes a contact of whom, what ends it, and who is on the map for contacts alone."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from mapservice.actions.leave import leave
from mapservice.config import Config
from mapservice.errors import UnknownPersonError
from mapservice.geo.zones import Level
from mapservice.privacy.contacts import ContactPart
from mapservice.privacy.messages import ConversationState
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.across import after_restore
from mapservice.store.across.my_data import member_data
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.contacts import contacts, my_contacts
from mapservice.store.messages import conversations, erasure
from mapservice.store.places import count_rollup, homes, member_lists
from mapservice.store.reports import suspensions
from mapservice.store.tables.contacts import ContactRow
from mapservice.store.tables.messages import ConversationRow, ParticipantRow
from testing.accounts import new_member
from testing.locations import put
from tests.counts import count_rows, true_rows

TODAY = dt.date(2026, 11, 28)


@pytest.fixture
def anna(session, condition, freiburg):
    """Somebody in the area of Bob who shows herself to contacts only."""
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.CONTACTS)
    return member


@pytest.fixture
def fellow(session, condition):
    """Somebody who has joined the condition, and is hidden."""
    member = new_member(session, "fellow@example.org", pseudonym="Fellow")
    put(session, member, condition, "DE", level=Level.COUNTRY, audience=Audience.NOBODY)
    return member


def talk(session, condition, one, other, state=ConversationState.ACCEPTED):
    """Let two members have a conversation; return its id."""
    row = ConversationRow(
        condition_id=condition.id, id=uuid.uuid4(), member_id=one.id, state=state,
        wrapped_key=b"no key", key_id="0" * 16, messages=0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for member in (one, other):
        key = {"condition_id": condition.id, "conversation_id": row.id}
        session.add(ParticipantRow(**key, member_id=member.id, has_joined=True))
    session.commit()
    return row.id


def become_contacts(session, condition, one, other):
    for member, another in ((one, other), (other, one)):
        contacts.agree(session, condition.id, member.id, another.id)
    session.commit()


def part(session, condition, member, other, *, is_minor=False):
    return contacts.part(session, condition.id, member.id, other.id, is_minor=is_minor)


def parts(session, condition, one, other):
    return part(session, condition, one, other), part(session, condition, other, one)


def sees(session, member, person, condition):
    viewer = memberships.viewer(session, member, condition)
    try:
        visible_people.get(session, condition, memberships.find(session, person, condition).public_id, viewer)
    except UnknownPersonError:
        return False
    return True


def test_two_are_contacts_once_both_have_agreed(session, anna, bob, condition):
    assert parts(session, condition, anna, bob) == (ContactPart.NONE, ContactPart.NONE)

    contacts.agree(session, condition.id, bob.id, anna.id)
    contacts.agree(session, condition.id, bob.id, anna.id)
    assert parts(session, condition, anna, bob) == (ContactPart.ASKED, ContactPart.SENT)
    assert not sees(session, bob, anna, condition)

    contacts.agree(session, condition.id, anna.id, bob.id)
    assert parts(session, condition, anna, bob) == (ContactPart.CONTACTS, ContactPart.CONTACTS)
    assert sees(session, bob, anna, condition)


def test_never_makes_contacts_of_two_of_whom_one_has_refused(session, anna, bob, condition):
    contacts.agree(session, condition.id, bob.id, anna.id)
    contacts.refuse(session, condition.id, anna.id, bob.id)
    assert parts(session, condition, anna, bob) == (ContactPart.NONE, ContactPart.SENT), "Bob is not told"

    contacts.end(session, condition.id, bob.id, anna.id)
    contacts.agree(session, condition.id, bob.id, anna.id)

    assert parts(session, condition, anna, bob) == (ContactPart.NONE, ContactPart.SENT), "Anna is not asked again"
    assert not sees(session, bob, anna, condition)


def test_somebody_who_refused_can_change_their_mind(session, anna, bob, condition):
    contacts.agree(session, condition.id, bob.id, anna.id)
    contacts.refuse(session, condition.id, anna.id, bob.id)

    contacts.agree(session, condition.id, anna.id, bob.id)

    assert parts(session, condition, anna, bob) == (ContactPart.CONTACTS, ContactPart.CONTACTS)


def test_never_asks_a_member_under_18_and_never_says_so(session, anna, bob, condition):
    contacts.agree(session, condition.id, bob.id, anna.id)

    assert part(session, condition, anna, bob, is_minor=True) is ContactPart.NONE
    assert part(session, condition, bob, anna) is ContactPart.SENT


def test_refusing_after_both_have_agreed_changes_nothing(session, anna, bob, condition):
    """The form of an old page, which would end it without saying so."""
    become_contacts(session, condition, anna, bob)

    contacts.refuse(session, condition.id, anna.id, bob.id)

    assert parts(session, condition, anna, bob) == (ContactPart.CONTACTS, ContactPart.CONTACTS)


@pytest.mark.parametrize("who", ["anna", "bob"])
def test_either_ends_it_at_once_and_both_have_to_agree_again(request, session, anna, bob, condition, who):
    become_contacts(session, condition, anna, bob)
    ends, other = request.getfixturevalue(who), bob if who == "anna" else anna

    contacts.end(session, condition.id, ends.id, other.id)

    assert parts(session, condition, anna, bob) == (ContactPart.NONE, ContactPart.NONE)
    assert not sees(session, bob, anna, condition)
    contacts.agree(session, condition.id, other.id, ends.id)
    assert part(session, condition, ends, other) is ContactPart.NONE, "whoever ended it is not asked"
    contacts.agree(session, condition.id, ends.id, other.id)
    assert sees(session, bob, anna, condition)


def _ends(session, condition, anna, bob, conversation_id):
    contacts.end(session, condition.id, anna.id, bob.id)


def _blocks(session, condition, anna, bob, _conversation_id):
    blocks.block(session, bob, memberships.find(session, anna, condition), name=None)


def _is_blocked(session, condition, anna, bob, _conversation_id):
    blocks.block(session, anna, memberships.find(session, bob, condition), name=None)


def _leaves(session, condition, anna, _bob, _conversation_id):
    leave(session, anna, condition)


def _deletes_account(session, _condition, anna, _bob, _conversation_id):
    members.delete_account(session, anna)


def _deletes_conversation(session, condition, _anna, _bob, conversation_id):
    erasure.erase(session, condition.id, conversation_id)


def _is_restored(session, _condition, anna, _bob, _conversation_id):
    after_restore.hide(session, anna, dt.datetime.now(dt.UTC))


def test_deleting_the_draft_of_a_first_message_ends_no_contact(session, anna, bob, condition):
    """Anna had typed one before Bob wrote to her."""
    draft_id = talk(session, condition, anna, bob, ConversationState.DRAFT)
    talk(session, condition, bob, anna)
    become_contacts(session, condition, anna, bob)

    erasure.erase(session, condition.id, draft_id)
    session.commit()

    assert parts(session, condition, anna, bob) == (ContactPart.CONTACTS, ContactPart.CONTACTS)


@pytest.mark.parametrize(
    "act", [_ends, _blocks, _is_blocked, _leaves, _deletes_account, _deletes_conversation, _is_restored]
)
def test_never_leaves_a_contact_after_it_has_ended(session, anna, bob, condition, act):
    conversation_id = talk(session, condition, anna, bob)
    become_contacts(session, condition, anna, bob)
    public_id = memberships.find(session, anna, condition).public_id
    assert my_contacts.number(session, bob, condition) == 1

    act(session, condition, anna, bob, conversation_id)
    session.commit()

    assert session.scalars(select(ContactRow).where(ContactRow.choice == "agreed")).all() == []
    assert my_contacts.listed(session, bob) == []
    viewer = memberships.viewer(session, bob, condition)
    with pytest.raises(UnknownPersonError):
        visible_people.get(session, condition, public_id, viewer)


def _hides(session, condition, anna):
    homes.hide(session, memberships.get(session, anna, condition))


def _forgets(session, _condition, anna):
    homes.forget(session, anna)


def _is_suspended(session, _condition, anna):
    suspensions.suspend(session, anna)


@pytest.mark.parametrize("act", [_hides, _forgets, _is_suspended])
def test_never_shows_a_contact_who_hides_and_they_stay_contacts(session, anna, bob, condition, act):
    become_contacts(session, condition, anna, bob)

    act(session, condition, anna)
    session.commit()

    assert not sees(session, bob, anna, condition)
    assert parts(session, condition, anna, bob) == (ContactPart.CONTACTS, ContactPart.CONTACTS)


def test_narrowing_to_contacts_takes_effect_at_once_for_everybody_else(session, anna, bob, fellow, condition):
    become_contacts(session, condition, anna, bob)
    assert sees(session, fellow, bob, condition)

    homes.show_to(session, memberships.get(session, bob, condition), Audience.CONTACTS)
    session.commit()

    assert not sees(session, fellow, bob, condition)
    assert sees(session, anna, bob, condition)
    assert sees(session, bob, bob, condition), "everybody sees themselves on the map"


def test_unblocking_brings_no_contact_back(session, anna, bob, condition):
    become_contacts(session, condition, anna, bob)
    key = blocks.block(session, anna, memberships.find(session, bob, condition), name=None)

    assert blocks.unblock(session, anna, condition, key)
    session.commit()

    assert parts(session, condition, anna, bob) == (ContactPart.NONE, ContactPart.NONE)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_block_ends_a_contact_elsewhere_where_it_holds_there(session, anna, bob, condition, is_named):
    """Where a card has a name of its own it does not hold, and would otherwise tell which cards belong together."""
    there = conditions.get(session, "marfan-syndrome")
    for member in (anna, bob):
        put(session, member, there, "DE", level=Level.COUNTRY, audience=Audience.CONTACTS)
    if is_named:
        memberships.join(session, bob, there, Role.PERSON, pseudonym="B.", for_minor=False)
    become_contacts(session, there, anna, bob)

    blocks.block(session, anna, memberships.find(session, bob, condition), name=None)
    session.commit()

    assert sees(session, anna, bob, there) is is_named
    assert sees(session, bob, anna, there) is is_named


def test_never_tells_by_a_block_on_all_maps_which_contact_somebody_is(session, anna, bob, condition):
    """Anna sees Bob's other card as before. To Bob she looks deleted."""
    there = conditions.get(session, "marfan-syndrome")
    for member in (anna, bob):
        put(session, member, there, "DE", level=Level.COUNTRY, audience=Audience.CONTACTS)
        memberships.join(session, member, there, Role.PERSON, pseudonym=f"{member.pseudonym[0]}.", for_minor=False)
    become_contacts(session, there, anna, bob)
    before = my_contacts.listed(session, anna)

    blocks.block(session, anna, memberships.find(session, bob, condition), name=None, everywhere=True)
    session.commit()

    assert [contact.name for contact in my_contacts.listed(session, anna)] == ["B."] == [who.name for who in before]
    assert sees(session, anna, bob, there)
    assert not sees(session, bob, anna, there)
    assert my_contacts.listed(session, bob) == []
    assert my_contacts.rows(session, bob, None) == []


def test_never_makes_contacts_of_members_of_another_community(session, anna, bob, condition):
    """Being contacts in one condition says nothing in another one."""
    there = conditions.get(session, "marfan-syndrome")
    for member in (anna, bob):
        put(session, member, there, "DE", level=Level.COUNTRY, audience=Audience.CONTACTS)

    become_contacts(session, condition, anna, bob)

    assert not sees(session, bob, anna, there)
    assert my_contacts.number(session, bob, there) == 0


@pytest.mark.parametrize("is_rolled_up", [False, True])
@pytest.mark.parametrize("role", [None, Role.PERSON, Role.RESEARCHER])
def test_counts_somebody_shown_to_contacts_for_them_alone(
    session, anna, bob, fellow, condition, freiburg, role, is_rolled_up
):
    if is_rolled_up:
        count_rollup.roll_up(session)

    def counts(member):
        viewer = memberships.viewer(session, member, condition)
        places = (None, "DE", freiburg.rsplit(".", 1)[0], freiburg)
        rows = [member_lists.rows_below(session, condition, zone, viewer, role) for zone in places]
        return rows, [member_lists.total(session, condition, zone, viewer, role) for zone in places]

    before = counts(bob), counts(fellow)
    become_contacts(session, condition, anna, bob)

    with_anna = counts(bob)
    assert counts(fellow) == before[1]
    assert with_anna[1] == [n + (role is not Role.RESEARCHER) for n in before[0][1]]
    homes.show_to(session, memberships.get(session, anna, condition), Audience.CONDITION)
    session.commit()
    assert counts(bob) == with_anna, "as if everybody saw her"


def test_never_stores_a_count_of_somebody_who_is_shown_to_contacts(session, anna, condition, freiburg):
    assert count_rows(session) == true_rows(session) == []

    membership = memberships.get(session, anna, condition)
    for audience in (Audience.MEMBERS, Audience.CONTACTS, Audience.CONDITION, Audience.CONTACTS, Audience.NOBODY):
        homes.show_to(session, membership, audience)
        assert count_rows(session) == true_rows(session)
    assert count_rows(session) == []


def test_a_question_waits_until_it_is_answered(session, anna, bob, condition):
    conversation_id = talk(session, condition, anna, bob)
    contacts.agree(session, condition.id, bob.id, anna.id)

    assert my_contacts.questions(session, anna, TODAY) == {conversation_id}
    assert my_contacts.questions(session, bob, TODAY) == frozenset()

    contacts.refuse(session, condition.id, anna.id, bob.id)
    assert my_contacts.questions(session, anna, TODAY) == frozenset()


def test_a_question_never_waits_for_a_member_under_18(session, anna, bob, condition):
    talk(session, condition, anna, bob)
    contacts.agree(session, condition.id, bob.id, anna.id)
    anna.minor_until = dt.date(2027, 1, 1)

    assert my_contacts.questions(session, anna, TODAY) == frozenset()


def test_the_file_of_a_member_has_their_own_choices_alone(session, anna, bob, carol, condition):
    become_contacts(session, condition, anna, bob)
    contacts.agree(session, condition.id, carol.id, bob.id)
    contacts.refuse(session, condition.id, bob.id, carol.id)

    rows = my_contacts.rows(session, bob, None)

    assert [(row["name"], row["choice"]) for row in rows] == [("Anna", "agreed"), ("Carol", "refused")]


@pytest.mark.parametrize("other_name", ["Anna of the choir", None])
def test_never_writes_another_name_of_a_contact_into_a_file_than_the_one_on_the_profile(
    session, anna, bob, condition, other_name
):
    """With no other name in the community, the profile shows that of the account, and so does the file."""
    membership = memberships.get(session, anna, condition)
    membership.pseudonym = other_name
    become_contacts(session, condition, anna, bob)
    seen = member_lists.card(session, condition, membership.public_id, memberships.viewer(session, bob, condition))

    text = str(member_data(session, bob, Config()))

    assert seen.pseudonym == (other_name or "Anna")
    assert f"'{seen.pseudonym}'" in text
    assert ("'Anna'" in text) is (other_name is None)
    assert "anna@example.org" not in text
    assert str(anna.id) not in text


def test_nobody_has_a_conversation_with_themselves(session, anna, bob, condition):
    """Otherwise somebody who is hidden could block themselves, and a message to oneself led to somebody else's."""
    conversation_id = talk(session, condition, anna, bob)

    assert conversations.find_with(session, anna, condition, anna.id) is None
    found = conversations.find_with(session, anna, condition, bob.id)
    assert found is not None
    assert found.id == conversation_id
