"""Backup and restore: what members took back since stays taken back, and nobody gets a right by it."""

import datetime as dt
import os
import re
import secrets
import shutil
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text

from mapservice import create_app, db
from mapservice.cli import main, provisioning
from mapservice.config import Config
from mapservice.geo.zones import Level
from mapservice.hosting import embedded, startup_checks
from mapservice.hosting.embedded import dump
from mapservice.keys import load_key, replace_key
from mapservice.privacy.geomasking import jitter
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import login_sessions, second_factors, staff
from mapservice.store.across import after_restore, rights
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.site import mail_queue
from mapservice.store.tables import (
    Base,
    CountBucket,
    CountedMember,
    Mail,
    Member,
    Membership,
    Release,
    SecondFactor,
)
from mapservice.store.zones import tree
from mapservice.web.accounts import emails
from mapservice.withdrawal_log import Kind, WithdrawalLog
from testing import clusters, database
from testing.accounts import CHEAP, fill_in
from testing.locations import put, zone_called
from tests.counts import count_rows
from tests.drill import DRILLS

ALL = "acute-lymphoblastic-leukaemia"
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("restore") / "state"


@pytest.fixture(scope="module")
def machine(state):
    """The settings of the machine that is backed up, with its keys in files."""
    return Config(state=state)


@pytest.fixture(scope="module")
def source(server):
    """The address of the database that is backed up, as its owner."""
    with database.clone(server, database.ground_template(server)) as name:
        yield embedded.url(server, embedded.OWNER, name)


@pytest.fixture(scope="module")
def log(machine):
    return WithdrawalLog.of(machine)


@pytest.fixture(scope="module")
def people(source, machine, log):
    """Somebody for each drill and one who takes nothing back, all shown to all, counted, staff, signed in."""
    engine = db.new_engine(source, timeouts=False)
    ids = {}
    with db.open_session(engine) as session:
        condition = conditions.get(session, ALL)
        freiburg = zone_called(session, "Freiburg", Level.AREA, "DE")
        for number in [*range(len(DRILLS)), "still"]:
            member = Member(
                email=f"{number}@example.org", pseudonym=f"Name {number}", password="hash", confirmed_at=NOW
            )
            session.add(member)
            session.flush()
            membership = put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
            membership.counted_since = dt.date(2026, 1, 1)
            for kind in ("shown", "counted"):
                memberships.agree(session, member, condition.id, kind, "I agree")
            session.add(CountedMember(condition_id=condition.id, member_id=member.id, country="DE", region="DE.1",
                                      changed_on=dt.date(2026, 1, 1)))  # fmt: skip
            staff.appoint(session, member, staff.ADMIN)
            second_factors.set_up(session, member, salt=b"salt", step=1, codes=[b"code"])
            login_sessions.begin(session, secrets.token_bytes(32), member.id, {})
            mail_queue.enqueue(session, member.email, "A link", "in an e-mail")
            ids[number] = member.id
        session.add(Release(number=1, made_on=dt.date(2026, 11, 1), profile="default", tree=1))
        session.add(CountBucket(condition_id=condition.id, place="DE", people=30, version=4, changes=0, renewal=1))
        # The ground is most of a copy, and no matter here.
        session.execute(text("update zone set shape = null, anchors = ''"))
        session.commit()
    engine.dispose()
    return ids


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The base map, which is in no copy, is not loaded again each time."""
    monkeypatch.setattr(provisioning, "LOADERS", {name: provisioning.LOADERS[name] for name in ("zones", "conditions")})


def run(runner, machine, url, *words):
    done = runner.invoke(main, list(words), env={"MAPSERVICE_STATE": str(machine.state), "DATABASE_URL": url})
    assert "Traceback" not in done.output
    return done


@pytest.fixture(scope="module")
def taken_back(source, machine, log, people, tmp_path_factory):
    """A backup; and after it was made, everything that can be taken back is."""
    from click.testing import CliRunner

    file = tmp_path_factory.mktemp("backup") / "copy.dump"
    done = run(CliRunner(), machine, source, "backup", str(file))
    assert done.exit_code == 0, done.output
    engine = db.new_engine(source, timeouts=False)
    for number, drill in enumerate(DRILLS):
        with db.transaction(engine, log) as session:
            member = session.get_one(Member, people[number])
            drill.act(session, member, memberships.get(session, member, conditions.get(session, ALL)))
    engine.dispose()
    return file


@pytest.fixture
def empty(server):
    """The address of a new, empty database."""
    with database.clone(server, embedded.DATABASE) as name:
        yield embedded.url(server, embedded.OWNER, name)


def asleep(url):
    """What a database holds of people: which member is shown, counted, staff, can sign in, has to look."""
    engine = db.new_engine(url, timeouts=False)
    with db.open_session(engine) as session:
        rows = session.execute(
            select(Member.id, Member.email, Member.password, Member.review_since, Membership.audience,
                   Membership.audience_before, Membership.counted_since, CountedMember.member_id)
            .outerjoin(Membership, Membership.member_id == Member.id)
            .outerjoin(CountedMember, CountedMember.member_id == Member.id).order_by(Member.id)
        ).all()  # fmt: skip
        counts = [(zone, audience, n) for _, zone, audience, _, n in count_rows(session)]
        ended = {table: session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
                 for table in after_restore.EMPTIED}  # fmt: skip
        staff_of = set(session.scalars(text("select member_id from member_staff_role")))
        factor_of = set(session.scalars(select(SecondFactor.member_id)))
        differences = rights.differences(session, embedded.RUNTIME)
        version = session.scalars(select(CountBucket.version)).one()
    engine.dispose()
    return rows, sorted(counts), ended, staff_of, factor_of, differences, version


def test_never_undoes_what_was_taken_back(runner, machine, taken_back, people, empty, server):
    done = run(runner, machine, empty, "restore", str(taken_back), "--yes")
    assert done.exit_code == 0, done.output
    rows, counts, ended, staff_of, factor_of, differences, version = asleep(empty)

    by_id = {row.id: row for row in rows}
    for number, drill in enumerate(DRILLS):
        row = by_id.get(people[number])
        if drill.is_deleted:
            assert row is None
            continue
        assert (row.audience, row.audience_before, row.counted_since) == ("nobody", None, None), drill.function
        assert row.review_since is not None
        assert row[-1] is None
        assert row.password is None
    still = by_id[people["still"]]
    assert (still.audience, still.password, still.review_since) == ("members", "hash", None)
    assert still[-1] is not None
    assert staff_of == factor_of == {people["still"]}
    assert {n for _zone, _audience, n in counts} == {1}
    assert set(ended.values()) == {0}
    assert differences == []
    # A version of a figure that may have been published since is not used again with other people.
    assert version > 1_000_000
    assert f"hidden until they have checked their settings, with a new password by e-mail: {len(by_id) - 1}." in (
        " ".join(done.output.split())
    )


def test_never_lets_the_old_address_into_an_account_that_left_it_since(runner, machine, taken_back, people, empty):
    old, new = "0@example.org", "moved@example.org"
    assert DRILLS[0].function == "email_changes._move"
    done = run(runner, machine, empty, "restore", str(taken_back), "--yes")
    assert "1 of the hidden accounts are locked" in done.output
    engine = db.new_engine(empty)
    client = create_app(machine, engine=engine, TESTING=True, **CHEAP).test_client()

    assert fill_in(client, "/forgot", email=old).status_code == 303

    with db.open_session(engine) as session:
        assert session.scalars(select(Mail.recipient)).all() == [emails.NOBODY]
        tables = [table for name, table in Base.metadata.tables.items() if name not in {"zone", "base_feature"}]
        rows = [str(row) for table in tables for row in session.execute(select(table))]
        assert not any(re.search(rf"(?<!\d){re.escape(old)}", row) for row in rows)

    for words in ((new, old), (old, "still@example.org")):
        assert run(runner, machine, empty, "unlock", *words, "--yes").exit_code == 1
    unlocked = run(runner, machine, empty, "unlock", old, new, "--yes")

    assert unlocked.exit_code == 0, unlocked.output
    assert run(runner, machine, empty, "unlock", old, new, "--yes").exit_code == 1
    with db.open_session(engine) as session:
        member = session.get_one(Member, people[0])
        assert (member.email, member.locked_on, member.password) == (new, None, None)
        assert member.review_since is not None
    engine.dispose()


def test_a_restore_done_twice_gives_the_same(runner, machine, taken_back, people, empty, server):
    with database.clone(server, embedded.DATABASE) as name:
        other = embedded.url(server, embedded.OWNER, name)
        for url in (empty, other):
            assert run(runner, machine, url, "restore", str(taken_back), "--yes").exit_code == 0

        assert asleep(empty)[:-1] == asleep(other)[:-1]


@pytest.mark.parametrize("words", [["--no-owner"], ["--no-owner", "--no-privileges"]], ids=" ".join)
def test_never_gives_a_right_by_a_restore_of_the_owners_own(runner, machine, source, people, empty, tmp_path, words):
    """As operators do it who know pg_restore: the copy brings its rights along, the database its default rights."""
    file = tmp_path / "theirs.dump"
    with file.open("wb") as target:
        dump._run("pg_dump", source, "--format=custom", output=target)
    engine = db.new_engine(empty, timeouts=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"alter default privileges in schema public grant all on tables to {embedded.RUNTIME}"
        )
    listed = tmp_path / "list"
    listed.write_text("\n".join(dump.contents(file)) + "\n")
    with file.open("rb") as opened:
        dump._run("pg_restore", empty, *words, f"--use-list={listed}", source=opened)
    with db.open_session(engine) as session:
        assert "it may update zone" in rights.differences(session, embedded.RUNTIME)

    done = run(runner, machine, empty, "load")

    assert "rights of the pages" in done.output
    with db.open_session(engine) as session:
        assert rights.differences(session, embedded.RUNTIME) == []
    engine.dispose()


def test_never_undoes_anything_because_a_clock_was_ahead_once(runner, machine, source, taken_back, log, people, empty,
                                                              tmp_path, monkeypatch):  # fmt: skip
    """A visit of tomorrow stands in the copy; what was withdrawn since the copy was made is withdrawn all the same."""
    engine = db.new_engine(source, timeouts=False)
    with db.transaction(engine) as session:
        login_sessions.begin(session, secrets.token_bytes(32), people["still"], {})
        session.execute(text("update login_session set seen_at = now() + interval '1 day'"))
    assert run(runner, machine, source, "backup", str(tmp_path / "copy")).exit_code == 0
    with db.transaction(engine) as session:
        session.execute(text("update login_session set seen_at = now()"))
    engine.dispose()
    # Three hours later the log has an entry, and the clock is right again.
    made_at = dump.made_at(tmp_path / "copy")
    assert abs(made_at - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    monkeypatch.setattr(dump, "made_at", lambda _file: made_at - dt.timedelta(hours=3))
    other = WithdrawalLog(tmp_path / "other", log.key)
    other.mark_done(other.write(people["still"], Kind.WITHDREW, made_at - dt.timedelta(hours=2)))
    other.note_day(made_at.date())

    done = run(runner, machine, empty, "restore", str(tmp_path / "copy"), "--yes", "--withdrawals", str(other.folder))

    assert done.exit_code == 0, done.output
    assert {row.audience for row in asleep(empty)[0] if row.id == people["still"]} == {"nobody"}


def test_a_log_of_another_machine_that_ends_too_early_is_refused(runner, machine, taken_back, log, empty, tmp_path):
    other = WithdrawalLog(tmp_path / "other", log.key)
    other.note_day(NOW.date() - dt.timedelta(days=9))

    done = run(runner, machine, empty, "restore", str(taken_back), "--yes", "--withdrawals", str(other.folder))

    assert done.exit_code == 1
    assert f"The log of withdrawals in {other.folder} ends before" in " ".join(done.output.split())


def test_a_restore_over_people_is_refused(runner, machine, source, taken_back):
    done = run(runner, machine, source, "restore", str(taken_back), "--yes")

    assert done.exit_code == 1
    assert "create a new, empty one" in done.output


def test_a_restore_with_other_keys_is_refused_in_words(runner, machine, source, taken_back, empty, tmp_path):
    engine = db.new_engine(source, timeouts=False)
    startup_checks.check_keys_in(machine, engine)
    engine.dispose()
    assert run(runner, machine, source, "backup", str(tmp_path / "copy")).exit_code == 0

    other = run(runner, Config(state=tmp_path / "elsewhere"), empty, "restore", str(tmp_path / "copy"), "--yes")

    assert other.exit_code == 1
    assert "secret_key of this machine" in other.output
    # What is half put back is not served.
    refused = run(runner, machine, empty, "load")
    assert "A restore into this database was interrupted" in refused.output


@pytest.fixture
def rotated(server, runner, tmp_path):
    """A service whose keys were changed after the backup: its settings, the backup, the member, the condition."""
    config = Config(state=tmp_path / "rotated")
    with database.clone(server, database.ground_template(server)) as name:
        url = embedded.url(server, embedded.OWNER, name)
        engine = db.new_engine(url, timeouts=False)
        with db.open_session(engine) as session:
            member, condition = Member(email="a@example.org", pseudonym="A"), conditions.get(session, ALL)
            session.add(member)
            session.flush()
            freiburg = zone_called(session, "Freiburg", Level.AREA, "DE")
            put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
            session.execute(text("update zone set shape = null"))
            session.commit()
            ids = member.id, condition.id
        startup_checks.check_keys_in(config, engine)
        engine.dispose()
        assert run(runner, config, url, "backup", str(tmp_path / "old.dump")).exit_code == 0
        for key in ("secret", "anchor"):
            assert run(runner, config, url, "rotate-key", key, "--yes").exit_code == 0
    WithdrawalLog.of(config).note_day(NOW.date())
    return config, tmp_path / "old.dump", *ids


def test_a_backup_from_before_a_key_was_changed_is_put_back_on_purpose(runner, rotated, empty, server):
    config, file, member_id, condition_id = rotated
    refused = run(runner, config, empty, "restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert "run this with --rotated" in " ".join(refused.output.split())

    with database.clone(server, embedded.DATABASE) as name:
        url = embedded.url(server, embedded.OWNER, name)
        done = run(runner, config, url, "restore", str(file), "--yes", "--rotated")

        assert done.exit_code == 0, done.output
        assert "All pins are drawn by the anchor_key of now" in done.output
        engine = db.new_engine(url)
        # The service starts with the keys of now, and each pin is where they put it.
        startup_checks.check_keys_in(config, engine)
        with db.open_session(engine) as session:
            columns = Membership.shown_zone, Membership.salt, Membership.pin.ST_X(), Membership.pin.ST_Y()
            zone_id, salt, *pin = session.execute(select(*columns)).one()
            key = load_key(config, "anchor_key")
            masked = jitter(tree.get(session, zone_id), member_id, condition_id, salt=salt, key=key)
        engine.dispose()
    assert pin == [masked.pin.lng, masked.pin.lat]


def test_never_puts_a_backup_back_on_a_machine_of_another_service(runner, rotated, empty):
    config, file, *_ = rotated
    replace_key(config, "withdrawal_key", b"k" * 32)

    refused = run(runner, config, empty, "restore", str(file), "--yes", "--rotated")

    assert refused.exit_code == 1
    assert "The withdrawal_key of this machine" in refused.output


def test_without_the_log_a_restore_is_refused_unless_everybody_is_hidden(runner, machine, source, taken_back, tmp_path,
                                                                         empty, server):  # fmt: skip
    lost = Config(state=tmp_path / "state")
    shutil.copytree(machine.state / "keys", lost.state / "keys")

    done = run(runner, lost, empty, "restore", str(taken_back), "--yes")
    assert done.exit_code == 1
    assert "run this with --hide-everybody" in done.output

    with database.clone(server, embedded.DATABASE) as name:
        other = embedded.url(server, embedded.OWNER, name)
        assert run(runner, lost, other, "restore", str(taken_back), "--yes", "--hide-everybody").exit_code == 0
        rows = asleep(other)[0]
        assert {row.audience for row in rows} == {"nobody"}
        assert all(row.review_since for row in rows)


def test_a_backup_is_for_its_owner_alone_and_never_written_over_another(runner, machine, source, taken_back, tmp_path):
    assert taken_back.stat().st_mode & 0o777 == 0o600
    keys = [path.read_text().strip() for path in (machine.state / "keys").iterdir()]
    assert keys
    assert not any(bytes.fromhex(key) in taken_back.read_bytes() for key in keys)

    done = run(runner, machine, source, "backup", str(taken_back))
    assert done.exit_code == 1
    assert "choose another name" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused(runner, machine, empty, tmp_path):
    (tmp_path / "letter").write_text("Dear operator")

    done = run(runner, machine, empty, "restore", str(tmp_path / "letter"), "--yes")

    assert done.exit_code == 1
    assert "no backup of a database" in done.output


def test_an_upgrade_backs_up_and_says_how_to_go_back(runner, machine, source, taken_back):
    done = run(runner, machine, source, "upgrade")

    assert done.exit_code == 0, done.output
    (file,) = dump.folder(machine).glob("before-upgrade-*.dump")
    assert f"mapservice restore {file}" in done.output
    assert file.stat().st_mode & 0o777 == 0o600

    os.utime(file, (0, 0))
    assert dump.delete_old(machine, NOW) == 1
    assert not file.exists()


@pytest.fixture
def private(monkeypatch):
    """A service with a database of its own, in which one member stands."""
    monkeypatch.setattr(provisioning, "LOADERS", {})
    with clusters.empty() as folder:
        engine = db.new_engine(embedded.url(folder, embedded.OWNER), timeouts=False)
        add(engine, "before@example.org")
        engine.dispose()
        yield Config(state=folder)


def add(engine, email):
    with db.transaction(engine) as session:
        session.add(Member(email=email, pseudonym="Somebody", password="hash"))


@contextmanager
def pages_of(private):
    """A session of the pages on the private database."""
    engine = db.new_engine(embedded.url(private.state), timeouts=False)
    with db.open_session(engine) as session:
        yield session
    engine.dispose()


def test_a_private_database_is_put_back_in_one_step_and_the_one_before_is_copied(runner, private, monkeypatch):
    for name in ("DATABASE_URL", "MAPSERVICE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    there = {"MAPSERVICE_STATE": str(private.state)}
    file = private.state / "copies" / "one.dump"
    assert runner.invoke(main, ["backup", str(file)], env=there).exit_code == 0
    engine = db.new_engine(embedded.url(private.state, embedded.OWNER), timeouts=False)
    add(engine, "after@example.org")
    engine.dispose()
    WithdrawalLog.of(private).note_day(NOW.date())

    for _ in range(2):
        done = runner.invoke(main, ["restore", str(file), "--yes"], env=there)
        assert done.exit_code == 0, done.output

        with pages_of(private) as session:
            assert session.scalars(select(Member.email)).all() == ["before@example.org"]
            assert session.scalar(text("select current_user")) == embedded.RUNTIME
            assert rights.differences(session, embedded.RUNTIME) == []
            names = session.scalars(text("select datname from pg_database where not datistemplate order by 1")).all()
        # Neither the one before nor one half done is left behind.
        assert names == ["mapservice", "postgres"]
    assert "before-restore-" in done.output
    assert list(dump.folder(private).glob("before-restore-*.dump"))


def test_a_restore_that_fails_leaves_the_private_database_as_it_was(runner, private, monkeypatch):
    for name in ("DATABASE_URL", "MAPSERVICE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    there = {"MAPSERVICE_STATE": str(private.state)}
    file = private.state / "copies" / "one.dump"
    assert runner.invoke(main, ["backup", str(file)], env=there).exit_code == 0

    # There is no log.
    done = runner.invoke(main, ["restore", str(file), "--yes"], env=there)

    assert done.exit_code == 1
    with pages_of(private) as session:
        assert session.scalars(select(Member.email)).all() == ["before@example.org"]
        assert "restoring" not in session.scalars(text("select datname from pg_database")).all()
