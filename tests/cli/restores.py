"""A backup, and a machine on which members took back what they could since: what tests of restores share."""

import datetime as dt
import secrets

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from mapservice import db
from mapservice.cli import main, provisioning
from mapservice.config import Config
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.message_keys import MessageKeys
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import login_sessions, passkeys, second_factors, staff
from mapservice.store.across import after_restore, rights
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.messages import writing
from mapservice.store.profiles import profiles
from mapservice.store.site import mail_queue
from mapservice.store.tables import (
    Base,
    CountBucket,
    CountedMember,
    Member,
    Membership,
    Passkey,
    Release,
    SecondFactor,
)
from mapservice.store.tables.profiles import ProfileRow
from mapservice.store.tables.texts import MemberText
from mapservice.withdrawal_log import WithdrawalLog
from testing import database
from testing.locations import put, zone_called
from tests.counts import count_rows
from tests.drill import DRILLS

ALL = "acute-lymphoblastic-leukaemia"
NOW = dt.datetime.now(dt.UTC)

#: A drill in which somebody hides, and does nothing about what was written to them.
HIDDEN = next(number for number, drill in enumerate(DRILLS) if drill.function == "zone_counts.counted")


#: Tables that are loaded, and about no person.
ABOUT_CONDITIONS = ("condition_fact", "condition_crosswalk", "condition_name", "condition_code", "phenotype_term",
                    "plain_name", "source_entry")  # fmt: skip


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
        leave_little(session)
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
            profiles.save(
                session, membership, MemberProfile("I like chess.", audiences={ProfilePart.WORDS: Audience.MEMBERS})
            )
            for kind in ("shown", "counted"):
                consents.agree(session, member, condition.id, kind, "I agree")
            session.add(CountedMember(condition_id=condition.id, member_id=member.id, country="DE", region="DE.1",
                                      changed_on=dt.date(2026, 1, 1)))  # fmt: skip
            staff.appoint(session, member, staff.ADMIN)
            second_factors.set_up(session, member, sealed=b"sealed", step=1, codes=[b"code"])
            key = {"credential_id": member.id.bytes, "public_key": b"key"}
            passkeys.add(session, member, **key, sign_count=0, name="My phone")
            login_sessions.begin(session, secrets.token_bytes(32), member.id, {})
            mail_queue.enqueue(session, member.email, "A link", "in an e-mail")
            ids[number] = member.id
        asked = [number for number, drill in enumerate(DRILLS) if drill.is_of_conversation]
        for number in (HIDDEN, *asked):
            _write_to(session, machine, condition, ids, number)
        texts = [number for number, drill in enumerate(DRILLS) if drill.is_of_text]
        for number in (HIDDEN, *texts, "still"):
            said = {"kind": "story", "state": "shown", "audience": "members", "language": "en", "body": "Said"}
            session.add(MemberText(condition_id=condition.id, member_id=ids[number], **said))
        session.add(Release(number=1, made_on=dt.date(2026, 11, 1), profile="default", tree=1))
        session.add(CountBucket(condition_id=condition.id, place="DE", people=30, version=4, changes=0, renewal=1))
        session.commit()
    engine.dispose()
    return ids


def leave_little(session):
    """Empty what is most of a copy and no matter here: the zones of other countries, and what conditions are like."""
    session.execute(text("create temporary table kept on commit drop as select * from zone where id ~ '^(DE|[0-9])'"))
    session.execute(text("update kept set shape = null"))
    session.execute(text("truncate zone cascade"))
    session.execute(text("insert into zone select * from kept"))
    session.execute(text(f"truncate {', '.join(ABOUT_CONDITIONS)}"))


def _write_to(session, machine, condition, ids, number):
    """The one who takes nothing back writes to a member."""
    writer, keys = session.get_one(Member, ids["still"]), MessageKeys.of(machine)
    row = writing.begin(session, keys, condition, writer, ids[number], has_joined=True)
    writing.send_first(session, keys, row, writer, "Could we talk about work one day?")
    ids[f"conversation-{number}"] = row.id


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The base map, which is in no copy, is not loaded again each time."""
    without_base_map(monkeypatch)


def without_base_map(patch):
    patch.setattr(provisioning, "LOADERS", {name: provisioning.LOADERS[name] for name in ("zones", "conditions")})


def run(runner, machine, url, *words):
    done = runner.invoke(main, list(words), env={"MAPSERVICE_STATE": str(machine.state), "DATABASE_URL": url})
    assert "Traceback" not in done.output
    return done


@pytest.fixture(scope="module")
def taken_back(source, machine, log, people, tmp_path_factory):
    """A backup; and after it was made, everything that can be taken back is."""
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
        assert factor_of == set(session.scalars(select(Passkey.member_id)))
        differences = rights.differences(session, embedded.RUNTIME)
        readable = set(session.scalars(select(ProfileRow.member_id).where(ProfileRow.words_audience != "nobody")))
        version = session.scalars(select(CountBucket.version)).one()
    engine.dispose()
    return rows, sorted(counts), ended, staff_of, factor_of, differences, readable, version
