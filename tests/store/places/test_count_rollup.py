"""Changes of the counts are seen at once, added up by one at a time, and never keep anybody waiting."""

import threading
from functools import partial

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Viewer
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import clusters, count_rollup, homes, member_lists, zone_counts
from mapservice.store.tables import Member, Membership, ZoneCount, ZoneCountChange
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock
from testing.accounts import new_member
from testing.locations import put, zone_called
from tests.counts import count_rows, true_rows


def waiting(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ZoneCountChange)) or 0


def totals(session: Session) -> dict[str, int]:
    return {row.zone_id: row.n for row in session.scalars(select(ZoneCount))}


def seen(session: Session, viewer: Viewer, condition) -> tuple[int, int, int]:
    """How many people the map, its table and the table's total show."""
    tile, read = tile_at(0, 0, 0), partial(db.read_rows, session.connection())
    return (
        sum(zone.n for zone in clusters.in_tiles(read, condition.id, [tile], viewer, None)[tile].clusters),
        sum(row.n for row in member_lists.rows_below(session, condition, None, viewer, None)),
        member_lists.total(session, condition, None, viewer, None),
    )


def test_a_roll_up_adds_the_changes_and_leaves_none(session, bob, condition, freiburg):
    before = count_rows(session)
    assert waiting(session) > 0
    assert freiburg not in totals(session)

    assert count_rollup.roll_up(session)

    assert waiting(session) == 0
    assert totals(session) == {zone: n for _, zone, _, _, n in before}
    assert count_rows(session) == before == true_rows(session)


def test_a_count_that_falls_to_nothing_is_removed(session, bob, condition):
    count_rollup.roll_up(session)
    homes.show_to(session, memberships.get(session, bob, condition), Audience.NOBODY)

    count_rollup.roll_up(session)

    assert totals(session) == {}


@pytest.mark.parametrize("rolled_up", [(), ("before",), ("after",), ("before", "after")])
def test_never_shows_somebody_on_the_map_or_in_the_table_after_they_hid(session, alice, bob, condition, rolled_up):
    viewer = Viewer(alice.id, has_joined=True)
    if "before" in rolled_up:
        count_rollup.roll_up(session)
    assert seen(session, viewer, condition) == (1, 1, 1)

    homes.show_to(session, memberships.get(session, bob, condition), Audience.NOBODY)
    if "after" in rolled_up:
        count_rollup.roll_up(session)

    assert seen(session, viewer, condition) == (0, 0, 0)
    assert member_lists.rows_below(session, condition, None, viewer, None) == []


def test_a_second_roll_up_does_not_wait_for_the_first(engine):
    with db.transaction(engine) as first, db.transaction(engine) as second:
        assert count_rollup.roll_up(first)
        assert not count_rollup.roll_up(second)


def test_never_waits_for_others_who_join_or_hide_or_add_up(engine: Engine, cleared):
    """Each transaction is still open while the next one writes the same counts: nobody waits for a commit."""
    condition, area, members = cleared
    with db.open_session(engine) as adding, db.open_session(engine) as first, db.open_session(engine) as second:
        for session in (adding, first, second):
            session.execute(text("set local lock_timeout = 500"))
        assert count_rollup.roll_up(adding)
        put(first, first.get_one(Member, members[0]), condition, area, level=Level.AREA, audience=Audience.CONDITION)
        put(second, second.get_one(Member, members[1]), condition, area, level=Level.AREA, audience=Audience.CONDITION)
        homes.hide(first, memberships.get(first, first.get_one(Member, members[0]), condition))
        for session in (second, first, adding):
            session.commit()
    with db.transaction(engine) as session:
        assert count_rows(session) == true_rows(session) != []


def test_a_lock_that_writers_share_would_be_noticed(engine: Engine, cleared):
    """The control of the last one."""
    with db.open_session(engine) as first, db.open_session(engine) as second:
        second.execute(text("set local lock_timeout = 100"))
        advisory_locks.lock_transaction(first, AdvisoryLock.ROLL_UP)
        with pytest.raises(Exception, match="lock timeout"):
            advisory_locks.lock_transaction(second, AdvisoryLock.ROLL_UP)


def test_one_writer_of_many_adds_up_where_no_worker_does(session, alice, bob, condition, freiburg, monkeypatch):
    monkeypatch.setattr(zone_counts, "_ROLL_UP_EVERY", 1)

    put(session, alice, condition, freiburg, level=Level.REGION, audience=Audience.MEMBERS)

    assert waiting(session) == 0
    assert count_rows(session) == true_rows(session)


def test_counts_stay_right_while_people_come_and_go_and_others_add_up_and_repair(engine: Engine, cleared):
    condition, area, members = cleared
    over, wrong = threading.Event(), []

    def come_and_go(member_id):
        for audience in (Audience.CONDITION, Audience.NOBODY, Audience.MEMBERS, Audience.NOBODY, Audience.CONDITION):
            with db.transaction(engine) as session:
                member = session.get(Member, member_id)
                put(session, member, condition, area, level=Level.AREA, audience=audience)

    def look_after(act):
        while not over.is_set():
            with db.transaction(engine) as session:
                wrong.append(act(session))

    others = [
        threading.Thread(target=look_after, args=(act,))
        for act in (lambda session: 0 * count_rollup.roll_up(session), count_rollup.differences, count_rollup.repair)
    ]
    writers = [threading.Thread(target=come_and_go, args=(member,)) for member in members]
    for thread in others + writers:
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    for thread in others:
        thread.join()

    with db.transaction(engine) as session:
        assert set(wrong) == {0}
        assert count_rows(session) == true_rows(session) != []
        assert max(n for *_, n in count_rows(session)) == len(members)


@pytest.mark.parametrize(
    "damage",
    [
        "update zone_count set n = n + 7 where zone_id = 'DE'",
        "update zone_count set n = 0 where zone_id = 'DE'",
        "delete from zone_count",
        "insert into zone_count select condition_id, 'FR', audience, role, 3 from zone_count where zone_id = 'DE'",
        "insert into zone_count_change (condition_id, zone_ids, audience, role, n) "
        "select condition_id, array[zone_id], audience, role, 2 from zone_count",
    ],
)
def test_a_repair_finds_what_is_wrong_and_puts_it_right(session, bob, condition, damage):
    count_rollup.roll_up(session)
    assert count_rollup.differences(session) == 0
    session.execute(text(damage))
    wrong = count_rollup.differences(session)
    assert wrong > 0

    assert count_rollup.repair(session) == wrong

    assert count_rollup.differences(session) == 0
    assert count_rollup.repair(session) == 0
    assert count_rows(session) == true_rows(session)
    assert waiting(session) == 0


def test_two_repairs_at_once_correct_only_once(engine: Engine, owner_engine: Engine, cleared):
    condition, area, members = cleared
    with db.transaction(engine) as session:
        put(
            session, session.get_one(Member, members[0]), condition, area, level=Level.AREA, audience=Audience.CONDITION
        )
        count_rollup.roll_up(session)
    with db.transaction(owner_engine) as session:
        session.execute(text("update zone_count set n = n + 1 where zone_id = 'DE'"))
    begin, wrong = threading.Barrier(2), []

    def repair() -> None:
        with db.transaction(engine) as session:
            count_rollup.differences(session)
            begin.wait()
            wrong.append(count_rollup.repair(session))

    threads = [threading.Thread(target=repair) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(wrong) == [0, 1]
    with db.transaction(engine) as session:
        assert count_rollup.differences(session) == 0


def test_never_keeps_somebody_from_hiding_by_counts_that_cannot_be_added_up(session, bob, condition, monkeypatch):
    count_rollup.roll_up(session)
    session.execute(text("update zone_count set n = 0 where zone_id = 'DE'"))
    monkeypatch.setattr(zone_counts, "_ROLL_UP_EVERY", 1)

    homes.hide(session, memberships.get(session, bob, condition))
    session.commit()

    assert session.get(Membership, (condition.id, bob.id), populate_existing=True).audience == "nobody"
    assert waiting(session) > 0, "it was tried, and failed"
    count_rollup.repair(session)
    assert count_rows(session) == true_rows(session)


@pytest.fixture
def cleared(engine: Engine):
    """A condition, an area, and the ids of members of whom nothing is left in the end."""
    with db.transaction(engine) as session:
        condition = conditions.get(session, "crohns-disease")
        area = zone_called(session, "Freiburg", Level.AREA, "DE")
        members = [new_member(session, f"queue-{n}@example.org").id for n in range(6)]
    yield condition, area, members
    with db.transaction(engine) as session:
        for member_id in members:
            member = session.get_one(Member, member_id)
            homes.forget_member(session, member)
            session.delete(member)
        session.flush()
        count_rollup.roll_up(session)
