"""What is stored of a choice after a death, and what a restore does to it."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.care import codes, memorials, speakers
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.tables.care import MemorialNoticeRow, MemorialRow, PersonCodeRow
from tests.store.care.test_codes import father, joins, mother, pair

__all__ = ["father", "mother"]

TODAY = dt.date(2026, 11, 1)


def close(session, membership, choice=AfterDeath.MEMORY):
    member = session.get_one(members.Member, membership.member_id)
    memorials.close(session, member, membership, choice, TODAY)
    return member, session.scalars(select(MemorialRow).where(MemorialRow.member_id == member.id)).one()


def test_each_other_speaker_is_told_once_after_a_delay_of_their_own(session, condition, mother, father):
    aunt = joins(session, condition, "aunt@example.org")
    pair(session, mother, father)
    pair(session, mother, aunt)

    _member, row = close(session, mother)
    close(session, father)

    told = session.scalars(select(MemorialNoticeRow)).all()
    assert {notice.member_id for notice in told} == {father.member_id, aunt.member_id}
    assert all(1 <= (notice.due_on - TODAY).days <= 7 and notice.memorial_id == row.id for notice in told)
    assert 31 <= (row.due_on - TODAY).days <= 92


def test_a_code_that_was_made_works_no_longer(session, mother):
    codes.make(session, mother, SpeaksAs.CAREGIVER)

    close(session, mother)

    assert session.scalars(select(PersonCodeRow)).all() == []


@pytest.mark.parametrize("is_final", [False, True])
def test_never_lets_a_restore_bring_back_a_choice_that_was_undone_or_withdrawn(session, condition, mother, is_final):
    member, row = close(session, mother)
    if is_final:
        memberships.leave(session, mother)
        memorials.finish(session, row)

    assert memorials.repeat(session, lambda id_: id_ != row.id) == 0
    assert memorials.repeat(session, lambda id_: id_ == row.id) == 1

    assert session.scalars(select(MemorialRow)).all() == []
    assert closed_memberships.find(session, member, condition) is None
    if not is_final:
        assert memberships.get(session, member, condition).audience == Audience.NOBODY


def test_never_makes_a_closed_membership_visible(session, mother):
    close(session, mother)
    mother.audience, mother.audience_before = Audience.MEMBERS, None

    with pytest.raises(IntegrityError, match="ck_membership_closed_on"):
        session.flush()


def test_somebody_who_did_not_agree_is_a_person_of_their_own_again(session, mother, father):
    pair(session, mother, father)
    close(session, mother)

    speakers.end(session, father)

    row = session.scalars(select(MemorialRow)).one()
    assert speakers.find(session, father).person_id != row.person_id
