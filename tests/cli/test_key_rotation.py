"""A new key in the place of the old one: what changes, what does not, and when it is refused."""

import secrets

import pytest
from sqlalchemy import select

from mapservice import create_app, db, keys
from mapservice.cli import key_rotation, main
from mapservice.config import Config
from mapservice.errors import SetupError, UnreadableTextError
from mapservice.geo.zones import Level
from mapservice.hosting import embedded, startup_checks
from mapservice.privacy import second_factors as sealing
from mapservice.privacy.geomasking import jitter
from mapservice.privacy.reports import ReportContent, ReportKind, ReportReason, key_of
from mapservice.privacy.second_factors import FactorSecrets
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import login_sessions, second_factors
from mapservice.store.places import repin
from mapservice.store.reports import reports
from mapservice.store.tables import HomeZone, LoginSession, Member, Membership, SecondFactor
from mapservice.store.tables.reports import ReportRow
from mapservice.store.zones import tree
from testing import database
from testing.accounts import new_member
from testing.locations import put

OLD, NEW = b"\x01" * 32, b"\x02" * 32


FACTOR = FactorSecrets(b"\x07" * 20, b"\x08" * 32)


def add_factor(session, email: str, key: bytes) -> Member:
    """A member with a second factor, sealed with a key, and a recovery code."""
    member = new_member(session, email)
    sealed = sealing.seal(FACTOR, member.id, key.hex())
    second_factors.set_up(session, member, sealed=sealed, step=1, codes=[b"code"])
    return member


def opened(session, member: Member, key: bytes) -> FactorSecrets:
    return sealing.unseal(session.get_one(SecondFactor, member.id).sealed, member.id, key.hex())


@pytest.fixture
def filed(tmp_path) -> Config:
    return Config(state=tmp_path / "state")


def placed(session):
    return session.execute(
        select(Membership.member_id, Membership.shown_zone, Membership.pin.ST_X(), Membership.pin.ST_Y())
        .order_by(Membership.member_id)
    ).all()  # fmt: skip


def test_every_pin_moves_to_the_anchor_that_the_new_key_chooses(owner_session, condition, freiburg):
    session = owner_session
    for name in ("bob", "eve", "kim"):
        put(session, new_member(session, f"{name}@example.org"), condition, freiburg, level=Level.AREA,
            audience=Audience.CONDITION)  # fmt: skip
    put(session, new_member(session, "carol@example.org"), condition, "IS", level=Level.COUNTRY,
        audience=Audience.MEMBERS)  # fmt: skip
    before, homes = placed(session), session.scalars(select(HomeZone.zone_id)).all()
    seen = []

    assert repin.redraw(session, key=NEW, progress=lambda done, of: seen.append((done, of))) == 3

    after = placed(session)
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert after != before
    assert session.scalars(select(HomeZone.zone_id)).all() == homes
    assert seen[-1] == (3, 3)
    for member_id, zone_id, lng, lat in after:
        salt = session.scalars(select(Membership.salt).where(Membership.member_id == member_id)).one()
        pin = jitter(tree.get(session, zone_id), member_id, condition.id, salt=salt, key=NEW).pin
        assert (lng, lat) == ((pin.lng, pin.lat) if pin else (None, None))


@pytest.fixture
def condition(owner_session):
    from mapservice.store.catalogue import conditions

    return conditions.get(owner_session, "acute-lymphoblastic-leukaemia")


@pytest.fixture
def freiburg(owner_session):
    from testing.locations import zone_called

    return zone_called(owner_session, "Freiburg", Level.AREA, "DE")


def test_a_new_secret_signs_everybody_out(session, bob):
    login_sessions.begin(session, secrets.token_bytes(32), bob.id, {})

    assert login_sessions.end_every(session) >= 1
    assert session.scalars(select(LoginSession)).all() == []


def test_never_keeps_the_old_key(filed):
    old = keys.load_key(filed, "anchor_key").hex()
    keys.replace_key(filed, "anchor_key", NEW)

    (file,) = (filed.state / "keys").iterdir()
    assert file.read_text().strip() == NEW.hex() != old
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.load_key(filed, "anchor_key") == NEW


@pytest.mark.parametrize("name", ["secret", "anchor"])
def test_a_key_of_the_environment_is_not_changed_and_the_way_is_told(runner, tmp_path, name):
    settings = {"MAPSERVICE_STATE": str(tmp_path), f"MAPSERVICE_{name.upper()}_KEY": "ab" * 32}

    done = runner.invoke(main, ["rotate-key", name, "--yes"], env=settings)

    assert done.exit_code == 1
    assert f"remove MAPSERVICE_{name.upper()}_KEY" in done.output
    assert "ab" * 32 not in done.output


@pytest.mark.parametrize("name", ["secret", "anchor"])
def test_nothing_happens_before_somebody_says_yes(runner, filed, monkeypatch, name):
    for variable in ("MAPSERVICE_SECRET_KEY", "MAPSERVICE_ANCHOR_KEY"):
        monkeypatch.delenv(variable, raising=False)
    old = keys.load_key(filed, f"{name}_key")

    done = runner.invoke(main, ["rotate-key", name], env={"MAPSERVICE_STATE": str(filed.state)}, input="n\n")

    assert done.exit_code == 1
    assert key_rotation.CHANGES[name] in done.output
    assert keys.load_key(filed, f"{name}_key") == old


@pytest.mark.parametrize("name", ["secret", "anchor"])
def test_the_command_changes_the_key_in_its_file(runner, server, filed, monkeypatch, name):
    for variable in ("MAPSERVICE_SECRET_KEY", "MAPSERVICE_ANCHOR_KEY"):
        monkeypatch.delenv(variable, raising=False)
    old = keys.load_key(filed, f"{name}_key")

    with database.clone(server, database.ground_template(server)) as copy:
        settings = {"MAPSERVICE_STATE": str(filed.state), "DATABASE_URL": embedded.url(server, embedded.OWNER, copy)}
        engine = db.new_engine(settings["DATABASE_URL"], timeouts=False)
        startup_checks.check_keys_in(filed, engine)
        with db.transaction(engine) as session:
            alice = add_factor(session, "alice@example.org", keys.load_key(filed, "secret_key"))

        done = runner.invoke(main, ["rotate-key", name, "--yes"], env=settings)

        assert done.exit_code == 0, done.output
        # The machine that has the new key is let in.
        startup_checks.check_keys_in(filed, engine)
        with db.transaction(engine) as session:
            assert opened(session, alice, keys.load_key(filed, "secret_key")) == FACTOR
        engine.dispose()

    assert keys.load_key(filed, f"{name}_key") != old
    assert "Start the service again" in done.output


def test_there_is_no_way_to_change_the_key_of_the_figures(runner):
    assert runner.invoke(main, ["rotate-key", "count", "--yes"]).exit_code == 2


@pytest.mark.parametrize("missing", ["secret_key", "anchor_key"])
def test_production_never_starts_without_real_keys(tmp_path, engine, missing):
    given = {"secret_key": "5e" * 32, "anchor_key": "a0" * 32} | {missing: ""}

    with pytest.raises(SetupError, match=missing.upper()):
        create_app(Config(state=tmp_path, production=True, **given), engine=engine)

    assert not (tmp_path / "keys").exists()


def rotated(session, filed: Config, *, is_interrupted: bool = False) -> None:
    """What `rotate-key secret` does with what is sealed and the file; interrupted, it gets no further than the file."""
    new = secrets.token_bytes(32)
    old = keys.keep_aside(filed, "secret_key")
    keys.replace_key(filed, "secret_key", new)
    if not is_interrupted:
        reports.change_key(session, [key_of(one.hex()) for one in old], key_of(new.hex()))
        second_factors.change_key(session, [one.hex() for one in old], new.hex())
        keys.forget_aside(filed, "secret_key")


def note_of_report(session, filed: Config) -> str:
    key = key_of(keys.load_key(filed, "secret_key").hex())
    return reports.read(session.scalars(select(ReportRow)).one(), key=key).note


@pytest.fixture
def report(session, filed, condition, alice, bob):
    content = ReportContent("They sell tea.", ())
    key = key_of(keys.load_key(filed, "secret_key").hex())
    reports.add(session, condition.id, alice.id, bob.id, ReportKind.CARD, ReportReason.SELLING, content, key=key)


def test_reports_stay_readable_with_a_new_secret(session, filed, report):
    for _ in range(2):
        rotated(session, filed)

    assert note_of_report(session, filed) == "They sell tea."
    assert not (filed.state / "keys" / "secret_key.before").exists()


def test_reports_stay_readable_after_a_change_that_was_interrupted(session, filed, report):
    rotated(session, filed, is_interrupted=True)
    with pytest.raises(UnreadableTextError):
        note_of_report(session, filed)

    rotated(session, filed)

    assert note_of_report(session, filed) == "They sell tea."


def test_a_report_that_no_key_opens_is_left_as_it_is(session, filed, report):
    row = session.scalars(select(ReportRow)).one()
    before = row.content

    assert reports.change_key(session, [OLD], NEW) == 0
    assert row.content == before


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_second_factors_and_recovery_codes_work_with_a_new_secret(session, filed, is_interrupted):
    member = add_factor(session, "dana@example.org", keys.load_key(filed, "secret_key"))
    rotated(session, filed, is_interrupted=is_interrupted)

    rotated(session, filed)

    assert opened(session, member, keys.load_key(filed, "secret_key")) == FACTOR
    assert second_factors.use_code(session, member, b"code")


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_the_phone_of_an_earlier_version_works_with_a_new_secret(session, filed, is_interrupted):
    member = add_factor(session, "dana@example.org", keys.load_key(filed, "secret_key"))
    factor, salt = session.get_one(SecondFactor, member.id), b"\x09" * 32
    factor.sealed, factor.salt = None, salt
    before = sealing.derive(salt, member.id, keys.load_key(filed, "secret_key").hex())
    if is_interrupted:
        rotated(session, filed, is_interrupted=True)

    rotated(session, filed)

    after = opened(session, member, keys.load_key(filed, "secret_key"))
    assert after.secret == before.secret
    assert factor.salt is None
    # The hashes of its recovery codes were made with the old key itself, which is not kept.
    assert after.pepper != before.pepper
    assert second_factors.codes_left(session, member) == 0


def test_a_second_factor_that_no_key_opens_is_left_as_it_is(session):
    member = add_factor(session, "dana@example.org", b"\x03" * 32)

    assert second_factors.change_key(session, [OLD.hex()], NEW.hex()) == 0
    assert opened(session, member, b"\x03" * 32) == FACTOR
    assert second_factors.codes_left(session, member) == 1
