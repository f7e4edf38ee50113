"""Two memberships agree by a code that they speak for one person. Neither learns more of the other than that."""

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from mapservice.config import Config
from mapservice.errors import SpeaksForAnotherError, TooManySpeakersError, UnknownCodeError
from mapservice.geo.zones import Level
from mapservice.privacy.care import LIFETIME, MAX_SPEAKERS, SpeaksAs, code_hash, new_code
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.blocks import blocks
from mapservice.store.care import codes, speakers
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Membership
from mapservice.store.tables.care import PersonCodeRow, SpeakerRow
from testing.accounts import new_member
from testing.locations import put


def joins(session, condition, email, role=Role.CAREGIVER, *, for_minor=False):
    member = new_member(session, email, pseudonym=email.partition("@")[0].title())
    put(session, member, condition, "DE", level=Level.COUNTRY, audience=Audience.MEMBERS)
    return memberships.join(session, member, condition, role, pseudonym=None, for_minor=for_minor)


@pytest.fixture
def mother(session, condition):
    return joins(session, condition, "mother@example.org")


@pytest.fixture
def father(session, condition):
    return joins(session, condition, "father@example.org")


@pytest.fixture
def child(session, condition):
    return joins(session, condition, "child@example.org", Role.PERSON)


def pair(session, maker, other, for_whom=SpeaksAs.CAREGIVER):
    codes.enter(session, other, codes.make(session, maker, for_whom))
    return codes.confirm(session, maker)


def is_one_person(session, *rows):
    return len({speakers.find(session, row).person_id for row in rows}) == 1


def test_two_caregivers_speak_for_one_person_once_both_agreed(session, mother, father):
    code = codes.make(session, mother, SpeaksAs.CAREGIVER)
    assert codes.entered_for(session, mother) is None

    codes.enter(session, father, code.lower().replace("-", " "))
    assert codes.entered_for(session, mother) is SpeaksAs.CAREGIVER
    assert codes.waiting_in(session, [mother]) == {mother.condition_id}
    assert codes.is_waiting(speakers.find(session, father))
    assert not is_one_person(session, mother, father)

    assert codes.confirm(session, mother)
    assert is_one_person(session, mother, father)
    assert all(speakers.find(session, row).is_shared for row in (mother, father))
    assert not codes.is_waiting(speakers.find(session, father))
    assert codes.entered_for(session, mother) is None


def test_a_grown_child_takes_over_with_a_code_of_their_own_kind(session, mother, child):
    with pytest.raises(UnknownCodeError):
        codes.enter(session, child, codes.make(session, mother, SpeaksAs.CAREGIVER))

    assert pair(session, mother, child, SpeaksAs.PERSON)

    assert is_one_person(session, mother, child)
    assert child.public_id != mother.public_id
    assert (mother.role, child.role) == (Role.CAREGIVER, Role.PERSON)


def test_never_lets_a_code_work_twice(session, condition, mother, father):
    code = codes.make(session, mother, SpeaksAs.CAREGIVER)
    aunt = joins(session, condition, "aunt@example.org")
    codes.enter(session, father, code)

    with pytest.raises(UnknownCodeError):
        codes.enter(session, aunt, code)
    codes.confirm(session, mother)
    with pytest.raises(UnknownCodeError):
        codes.enter(session, aunt, code)


def test_never_pairs_without_the_answer_of_the_maker(session, mother, father):
    codes.enter(session, father, codes.make(session, mother, SpeaksAs.CAREGIVER))

    assert not codes.confirm(session, father), "entering is no answer"
    codes.refuse(session, mother)

    assert not codes.confirm(session, mother)
    assert not is_one_person(session, mother, father)
    # What came of it is not told.
    assert codes.is_waiting(speakers.find(session, father))


@pytest.mark.parametrize("step", ["enter", "confirm"])
def test_never_lets_a_code_work_after_a_day(session, mother, father, step):
    code = codes.make(session, mother, SpeaksAs.CAREGIVER)
    if step == "confirm":
        codes.enter(session, father, code)
    session.execute(update(PersonCodeRow).values(made_at=func.now() - LIFETIME))
    session.expire_all()

    if step == "confirm":
        assert codes.entered_for(session, mother) is None
        assert not codes.confirm(session, mother)
    else:
        with pytest.raises(UnknownCodeError):
            codes.enter(session, father, code)


def test_codes_and_what_was_entered_are_deleted_after_a_day(session, mother, father):
    codes.enter(session, father, codes.make(session, mother, SpeaksAs.CAREGIVER))
    assert codes.delete_expired(session, Config()) == 0
    session.execute(update(PersonCodeRow).values(made_at=func.now() - LIFETIME - dt.timedelta(seconds=1)))
    session.execute(update(SpeakerRow).values(entered_at=func.now() - LIFETIME - dt.timedelta(seconds=1)))

    assert codes.delete_expired(session, Config()) == 1

    session.expire_all()
    row = speakers.find(session, father)
    assert (row.entered_hash, row.entered_at) == (None, None)


def test_never_stores_a_code(session, mother):
    code = codes.make(session, mother, SpeaksAs.CAREGIVER)

    row = session.scalars(select(PersonCodeRow)).one()

    assert row.code_hash == code_hash(code)
    assert code.replace("-", "") not in str(vars(row)).replace("-", "")


def test_codes_have_128_bits():
    made = {new_code() for _ in range(200)}

    assert len(made) == 200
    assert {len(code.replace("-", "")) for code in made} == {26}
    for at in range(25):  # the last sign carries the remaining three bits
        assert len({code.replace("-", "")[at] for code in made}) > 24


def test_a_code_of_another_community_or_of_oneself_does_not_work(session, mother, father):
    with pytest.raises(UnknownCodeError):
        codes.enter(session, mother, codes.make(session, mother, SpeaksAs.CAREGIVER))
    elsewhere = joins(session, conditions.get(session, "marfan-syndrome"), "elsewhere@example.org")
    with pytest.raises(UnknownCodeError):
        codes.enter(session, father, codes.make(session, elsewhere, SpeaksAs.CAREGIVER))


def test_a_second_pairing_needs_the_first_to_end(session, condition, mother, father):
    aunt = joins(session, condition, "aunt@example.org")
    pair(session, mother, father)

    with pytest.raises(SpeaksForAnotherError):
        pair(session, aunt, father)
    assert pair(session, mother, aunt), "the maker can take in more"

    speakers.end(session, father)
    assert not is_one_person(session, mother, father)
    assert is_one_person(session, mother, aunt)
    assert pair(session, aunt, father)


def test_no_more_than_a_few_speak_for_one_person(session, condition, mother):
    for number in range(1, MAX_SPEAKERS):
        assert pair(session, mother, joins(session, condition, f"carer-{number}@example.org"))

    with pytest.raises(TooManySpeakersError):
        pair(session, mother, joins(session, condition, "last@example.org"))


@pytest.mark.parametrize("goes", ["end", "leave", "delete", "role"])
def test_never_shows_a_member_that_the_other_has_gone(session, condition, mother, father, goes):
    """What a member sees of a pairing is what they confirmed: also somebody who was blocked learns nothing by it."""
    pair(session, mother, father)
    seen = vars(speakers.find(session, father)).copy()
    member = session.get_one(members.Member, mother.member_id)

    if goes == "end":
        speakers.end(session, mother)
    elif goes == "leave":
        memberships.leave(session, mother)
    elif goes == "delete":
        members.delete_account(session, member)
    else:
        memberships.join(session, member, condition, Role.ORGANISATION, pseudonym=None, for_minor=False)
        assert speakers.find(session, mother) is None
    session.flush()

    after = vars(speakers.find(session, father))
    assert {name: after[name] for name in seen if name[0] != "_"} == {
        name: seen[name] for name in seen if name[0] != "_"
    }


def test_never_lets_a_code_tell_somebody_that_they_were_not_only_left_but_blocked(session, mother, father):
    """To somebody who was blocked, the other is like somebody who deleted the account: the code is gone."""
    code = codes.make(session, mother, SpeaksAs.CAREGIVER)
    blocks.block(session, session.get_one(members.Member, mother.member_id), father, name=None)
    with pytest.raises(UnknownCodeError):
        codes.enter(session, father, code)


def test_never_shows_the_maker_of_a_code_who_entered_it_and_then_blocked_them(session, mother, father):
    codes.enter(session, father, codes.make(session, mother, SpeaksAs.CAREGIVER))
    blocks.block(session, session.get_one(members.Member, father.member_id), mother, name=None)

    assert codes.entered_for(session, mother) is None
    assert not codes.confirm(session, mother)


def test_never_tells_by_a_block_of_one_s_own_whose_card_belongs_to_the_code(session, mother, father):
    """Otherwise a caregiver could block one card after another, and see when the other caregiver is gone."""
    codes.enter(session, father, codes.make(session, mother, SpeaksAs.CAREGIVER))
    blocks.block(session, session.get_one(members.Member, mother.member_id), father, name=None)

    assert codes.entered_for(session, mother) is SpeaksAs.CAREGIVER


def test_a_role_that_speaks_for_nobody_ends_what_was_agreed(session, condition, mother, father):
    pair(session, mother, father)
    member = session.get_one(members.Member, father.member_id)

    memberships.join(session, member, condition, Role.CAREGIVER, pseudonym="Another", for_minor=False)
    assert is_one_person(session, mother, father), "another name changes nothing"
    memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)

    assert speakers.find(session, father) is None


def test_a_pairing_changes_nothing_of_a_membership(session, mother, father):
    before = [(row.version, row.public_id, row.audience) for row in (mother, father)]

    pair(session, mother, father)

    session.expire_all()
    rows = session.scalars(select(Membership).where(Membership.member_id.in_([mother.member_id, father.member_id])))
    assert sorted((row.version, row.public_id, row.audience) for row in rows) == sorted(before)
