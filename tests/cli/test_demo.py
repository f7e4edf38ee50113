"""Demo logins: only in a service of one's own, never for strangers, removed from an empty service."""

import datetime as dt

import pytest
from rich.progress import Progress
from sqlalchemy import select, update

from mapservice import cli, db
from mapservice.actions import demo_conversations
from mapservice.cli import serve
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import worker
from mapservice.store.accounts import members, staff
from mapservice.store.across import demo
from mapservice.store.blocks import blocks
from mapservice.store.care import codes, memorials, speakers
from mapservice.store.community import closed_memberships, consents, memberships
from mapservice.store.messages import conversations
from mapservice.store.profiles import profiles
from mapservice.store.tables import Member
from mapservice.store.tables.care import MemorialRow, PersonCodeRow, SpeakerRow
from mapservice.store.tables.profiles import ProfileRow
from tests.cli.terminal import given_database

__all__ = ["given_database"]


def test_never_shows_demo_logins_to_strangers():
    with pytest.raises(SetupError, match="--empty"):
        serve.settings(False, Config(host="0.0.0.0"))

    assert serve.settings(True, Config(host="0.0.0.0")).demo is False


@pytest.mark.parametrize(
    ("empty", "config", "is_demo"),
    [
        (False, Config(), True),
        (True, Config(), False),
        (True, Config(demo=True), False),
        (False, Config(production=True), False),
        (False, Config(database_url="postgresql://given"), False),
        (False, Config(database_url="postgresql://given", demo=True), True),
    ],
)
def test_only_a_service_of_its_own_is_a_demo_unasked(empty, config, is_demo):
    assert serve.settings(empty, config).demo is is_demo


def test_an_empty_service_removes_the_demo_logins(given_database, tmp_path):
    engine = db.new_engine(given_database, timeouts=False)
    with db.transaction(engine) as session:
        session.add(Member(email="demo@example.org", password="known", pseudonym="Demo", synthetic=True))
        session.add(Member(email="bob@example.org", password="secret", pseudonym="Bob"))

    with pytest.raises(SetupError, match="start once with --empty"):
        cli.demo.check_or_remove_demo(engine, Config(state=tmp_path, host="0.0.0.0"), remove=False)
    cli.demo.check_or_remove_demo(engine, Config(state=tmp_path), remove=True)

    with db.transaction(engine) as session:
        assert [member.email for member in session.query(Member)] == ["bob@example.org"]
    engine.dispose()


def test_the_demo_of_a_service_has_its_own_member_on_the_map(given_database, tmp_path, monkeypatch):
    monkeypatch.setattr(cli.demo, "MEMBERS", 200)
    monkeypatch.setattr(demo, "RELEASES", 1)
    engine = db.new_engine(given_database, timeouts=False)
    for _start in range(2):
        cli.demo.ensure_demo(engine, Config(state=tmp_path, demo=True), Progress(disable=True))

    with db.transaction(engine) as session:
        member = members.by_email(session, staff.DEMO_LOGINS[0].email)
        [(membership, _condition)] = memberships.list_for_member(session, member)
        assert (membership.shown_zone, membership.audience) == (demo.home_area(session), "condition")
        assert membership.pin is not None
        given = {consent.kind: consent.zone_id for consent, _condition in consents.list_for_member(session, member)}
        assert given["shown"] == membership.shown_zone
        said = session.scalars(select(ProfileRow)).all()
        assert membership.member_id in {row.member_id for row in said}
        assert len(said) > 2
        parts = [(one.part, one.has_unread) for one in conversations.list_for_member(session, member)]
        assert sorted(parts) == [("accepted", True), ("asked", True), ("sent", False)], "none with the one blocked"
        [(block, _condition)] = blocks.made_by(session, member)
        assert block.name == demo_conversations.SELLER
        texts = [*demo_conversations.TALK, demo_conversations.WAITING, demo_conversations.SENT, demo_conversations.LURE]
        assert all("(Invented text)" in text for text in texts)
        assert all("invented" in row.words.lower() or "inventado" in row.words.lower() for row in said)
    engine.dispose()


def test_the_demo_has_a_pair_of_caregivers_a_take_over_that_waits_and_somebody_in_memory(
    given_database, tmp_path, monkeypatch
):
    monkeypatch.setattr(cli.demo, "MEMBERS", 400)
    engine = db.new_engine(given_database, timeouts=False)
    for _start in range(2):
        cli.demo.ensure_demo(engine, Config(state=tmp_path, demo=True), Progress(disable=True))

    with db.transaction(engine) as session:
        parent = members.by_email(session, cli.demo.DEMO_PARENT)
        [(membership, condition)] = memberships.list_for_member(session, parent)
        assert "(invented)" in membership.pseudonym
        assert speakers.find(session, membership).is_shared
        assert codes.entered_for(session, membership) == "person"
        [(closed, second)] = closed_memberships.list_for_member(session, parent)
        assert (condition, second) == (demo.first_condition(session), demo.second_condition(session))
        row = memorials.find(session, closed)
        assert (row.choice, row.country) == ("memory", "DE")
        assert "(Invented text)" in profiles.find(session, condition.id, parent.id).words
        people = session.scalars(select(MemorialRow).where(MemorialRow.is_final)).all()
        assert people
        assert all(session.get_one(Member, row.member_id).synthetic for row in people)
        week = dt.timedelta(days=7)
        session.execute(update(PersonCodeRow).values(made_at=PersonCodeRow.made_at - week))
        session.execute(update(SpeakerRow).values(entered_at=SpeakerRow.entered_at - week))
        codes.delete_expired(session, Config())
        assert codes.entered_for(session, membership) is None

    (job,) = [job for job in worker.JOBS if job.name == "demo"]
    for is_demo in (False, True):
        job.run(engine, Config(state=tmp_path, demo=is_demo))
        with db.transaction(engine) as session:
            assert codes.entered_for(session, membership) == ("person" if is_demo else None)
    # What was answered stays answered.
    with db.transaction(engine) as session:
        assert codes.confirm(session, membership)
    job.run(engine, Config(state=tmp_path, demo=True))
    with db.transaction(engine) as session:
        assert codes.entered_for(session, membership) is None
    engine.dispose()


@pytest.mark.parametrize(
    ("is_used", "is_real", "is_said"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_a_demo_beside_a_service_with_real_people_says_that_it_takes_longer(
    given_database, tmp_path, monkeypatch, capsys, is_used, is_real, is_said
):
    monkeypatch.setattr(demo, "RELEASES", 1)
    engine, service = (db.new_engine(given_database, timeouts=False) for _ in range(2))
    with db.transaction(engine) as session:
        session.add(Member(email="bob@example.org", password="secret", pseudonym="Bob", synthetic=not is_real))
    if is_used:
        with db.transaction(service) as session:
            session.query(Member).all()

    day = dt.date(2026, 11, 22)
    cli.demo.create(engine, Config(state=tmp_path), Progress(disable=True), members=20, seed=1, today=day)

    assert ("The database is in use." in capsys.readouterr().err) is is_said
    with db.transaction(engine) as session:
        assert session.query(Member).count() == 21
    for used in (engine, service):
        used.dispose()
