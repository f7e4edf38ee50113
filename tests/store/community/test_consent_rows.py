"""Each wording of consents is stored once, and no two consents share a key, whenever they were given."""

import datetime as dt
import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, func, insert, inspect, select, text

from mapservice import db
from mapservice.privacy.consents import ConsentKind
from mapservice.store.community import consent_rows, consents
from mapservice.store.tables import Condition, Consent, ConsentWording

WORDS = "I agree to be shown in this zone: {zone}."


@pytest.fixture
def other(session, condition):
    """A second condition."""
    return session.scalars(select(Condition).where(Condition.id != condition.id).limit(1)).one()


def given(session, member, kind=None):
    """When each consent was given, in that order."""
    rows = select(Consent.given_at).where(Consent.member_id == member.id).order_by(Consent.given_at)
    return session.scalars(rows if kind is None else rows.where(Consent.kind == kind)).all()


def test_a_wording_is_stored_once_for_all_members(session, alice, bob, condition):
    for member in (alice, bob):
        consents.agree(session, member, condition.id, ConsentKind.JOINED, WORDS)
        consents.agree(session, member, condition.id, ConsentKind.COUNTED, WORDS)

    assert session.scalars(select(ConsentWording.wording).where(ConsentWording.wording == WORDS)).all() == [WORDS]
    for member in (alice, bob):
        words = {consent.wording for consent, _condition in consents.list_for_member(session, member)}
        assert WORDS in words


def test_a_consent_in_other_words_ends_the_one_before_and_both_keep_their_words(session, alice, condition):
    for words in (WORDS, "In other words."):
        consents.agree(session, alice, condition.id, ConsentKind.COUNTED, words)

    rows = [consent for consent, _condition in consents.list_for_member(session, alice) if consent.kind == "counted"]
    assert [(consent.wording, consent.revoked_at is None) for consent in rows] == [
        (WORDS, False),
        ("In other words.", True),
    ]


def test_two_consents_of_one_kind_at_the_same_moment_are_both_kept(session, alice, condition, other):
    # A transaction has one moment, and the session's ends with the test.
    for community in (condition, other):
        consents.agree(session, alice, community.id, ConsentKind.COUNTED, WORDS)

    first, second = given(session, alice, ConsentKind.COUNTED)
    assert (first, second) == (session.scalar(select(func.now())), first + consent_rows.STEP)


def test_consents_of_two_kinds_have_one_moment(session, alice, condition):
    for kind in (ConsentKind.JOINED, ConsentKind.COUNTED):
        consents.agree(session, alice, condition.id, kind, WORDS)

    assert len(set(given(session, alice, ConsentKind.JOINED) + given(session, alice, ConsentKind.COUNTED))) == 1


def test_the_moment_of_a_consent_that_is_gone_does_not_come_between_others(session, alice, condition, other):
    kind = ConsentKind.COUNTED
    consents.agree(session, alice, condition.id, kind, WORDS)
    consents.agree(session, alice, other.id, kind, WORDS)
    session.execute(delete(Consent).where(Consent.member_id == alice.id, Consent.condition_id == condition.id))

    consents.agree(session, alice, condition.id, kind, WORDS)

    first, second = given(session, alice, kind)
    assert second == first + consent_rows.STEP


@pytest.mark.parametrize("days", [-3, 3])
def test_a_consent_with_the_date_of_a_wrong_clock_leaves_the_next_one_its_own(session, alice, condition, days):
    wrong = session.scalars(select(func.now())).one() + dt.timedelta(days=days)
    words = consent_rows.find_or_store_wording(session, WORDS)
    session.execute(insert(Consent).values(member_id=alice.id, kind="counted", wording_id=words, given_at=wrong))

    consents.agree(session, alice, condition.id, ConsentKind.COUNTED, WORDS)

    assert set(given(session, alice, "counted")) == {wrong, session.scalar(select(func.now()))}


def test_sixteen_at_once_store_new_words_once(engine):
    words, together = f"New words {uuid.uuid4()}", Barrier(8)

    def store(_number):
        with db.transaction(engine) as session:
            session.execute(text("select 1"))
            together.wait()
            return consent_rows.find_or_store_wording(session, words)

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(store, range(16)))

    assert len(set(ids)) == 1
    with db.transaction(engine) as session:
        assert session.scalars(select(ConsentWording.id).where(ConsentWording.wording == words)).all() == ids[:1]


def test_words_whose_hash_another_wording_has_already_get_another_id(session):
    hashed = int.from_bytes(hashlib.sha256(b"Second").digest()[:4], signed=True)
    session.execute(insert(ConsentWording).values(id=hashed, wording="First, by chance the same"))

    id_ = consent_rows.find_or_store_wording(session, "Second")

    assert id_ != hashed
    assert session.get_one(ConsentWording, id_).wording == "Second"
    assert consent_rows.find_or_store_wording(session, "Second") == id_


def test_never_numbers_wordings_in_the_order_in_which_somebody_read_them(session):
    words = [f"Words {number}" for number in range(20)]

    ids = [consent_rows.find_or_store_wording(session, wording) for wording in words]

    assert ids not in (sorted(ids), sorted(ids, reverse=True))
    hashes = [int.from_bytes(hashlib.sha256(wording.encode()).digest()[:4], signed=True) for wording in words]
    assert ids == hashes, "the same on every machine, whoever was the first"


def test_the_key_of_a_consent_says_nothing_that_its_other_columns_do_not_say():
    table = inspect(Consent).local_table

    assert [column.name for column in table.primary_key] == ["member_id", "kind", "given_at"]
    assert not any(column.nullable for column in table.primary_key)
    assert not table.indexes, "a member's few rows are found by the key"
