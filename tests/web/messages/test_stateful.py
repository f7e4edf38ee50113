"""Four members of two communities do anything in any order; pages and model never differ.

``python -m bench.stateful`` goes on longer.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine, delete

from mapservice import db
from mapservice.actions import hide
from mapservice.privacy.messages import ConversationPart
from mapservice.store.blocks import blocks
from mapservice.store.contacts import contacts
from mapservice.store.messages import conversations, erasure
from mapservice.store.tables import AuditLogEntry
from mapservice.store.tables.messages import MessageKeyRow
from testing.observing import observing_url
from testing.stateful.machine import Machine, machine
from testing.stateful.people import Place
from tests.web.site.committed import own_engine, real_app

__all__ = ["own_engine", "real_app"]

ANA, BEN, CEM = range(3)
HERE = Place.LEUKAEMIA

#: Two communities of a few steps, the same ones each time.
QUICK = settings(
    max_examples=2,
    stateful_step_count=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def observer(server, ground_database) -> Iterator[Engine]:
    """An engine that sees the rows of everybody."""
    engine = db.new_engine(observing_url(server, ground_database), timeouts=False)
    yield engine
    with db.transaction(engine) as session:
        session.execute(delete(MessageKeyRow))  # its key is in the folder of this test
        session.execute(delete(AuditLogEntry))
    engine.dispose()


@pytest.fixture
def bound(real_app, observer) -> type[Machine]:
    return machine(real_app, observer)


@pytest.fixture
def community(bound) -> Iterator[Machine]:
    """A community in which Ana has written to Ben."""
    community = bound()
    try:
        community.write(ANA, BEN, HERE)
        community.compare()
        yield community
    finally:
        community.teardown()


def test_never_differs_from_what_members_were_promised(bound):
    run_state_machine_as_test(bound, settings=QUICK)

    assert bound.steps >= 10


def test_a_message_whose_fate_shows_is_found(community, monkeypatch):
    real = conversations.part_of

    def telling(*arguments, is_other_there, **more):
        part = real(*arguments, is_other_there=is_other_there, **more)
        return None if part is ConversationPart.SENT and not is_other_there else part

    monkeypatch.setattr(conversations, "part_of", telling)
    community.block(BEN, ANA, HERE)
    with pytest.raises(AssertionError):
        community.compare()


def test_something_that_is_half_deleted_is_found(community, monkeypatch):
    monkeypatch.setattr(erasure, "erase", lambda *_: None)
    community.answer(BEN, 0, "accept")
    community.delete(ANA, 0)
    with pytest.raises(AssertionError):
        community.compare()


def test_a_block_that_does_not_reach_the_other_community_is_found(community, monkeypatch):
    monkeypatch.setattr(blocks, "spread", lambda *_: None)
    community.block(BEN, ANA, HERE)
    with pytest.raises(AssertionError):
        community.compare()


def test_a_question_that_comes_again_is_found(community, monkeypatch):
    monkeypatch.setattr(contacts, "refuse", lambda *_: None)
    community.answer(BEN, 0, "accept")
    community.become_contacts(ANA, 0, "")
    community.become_contacts(BEN, 0, "refuse")
    with pytest.raises(AssertionError):
        community.read(BEN, 0)


def test_a_suspension_or_a_death_after_which_not_all_is_as_before_is_found(community, monkeypatch):
    community.suspend(CEM)
    community.join(BEN, HERE, is_named=False, is_caregiver=True)
    community.close_after_death(BEN, HERE, "memory")
    community.compare()
    monkeypatch.setattr(hide, "audience_to_restore", lambda *_: None)
    for how in (lambda: community.lift(CEM), lambda: community.undo_or_finish(BEN, HERE, is_undone=True)):
        how()
        with pytest.raises(AssertionError):
            community.compare()
