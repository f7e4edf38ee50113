"""A backup from before a key was changed is put back on purpose, and only on the machine that made it."""

import shutil

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from mapservice import db
from mapservice.config import Config
from mapservice.geo.zones import Level
from mapservice.hosting import embedded, startup_checks
from mapservice.keys import load_key, replace_key
from mapservice.privacy.geomasking import jitter
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Member, Membership
from mapservice.store.zones import tree
from mapservice.withdrawal_log import WithdrawalLog
from testing import database
from testing.locations import put, zone_called
from tests.cli.restores import ALL, NOW, empty, leave_little, quick, run

__all__ = ["empty", "quick"]


@pytest.fixture(scope="module")
def rotated(server, tmp_path_factory):
    """A service whose keys were changed after the backup: its settings, the backup, the member, the condition."""
    runner, folder = CliRunner(), tmp_path_factory.mktemp("rotated")
    config = Config(state=folder / "state")
    with database.clone(server, database.ground_template(server)) as name:
        url = embedded.url(server, embedded.OWNER, name)
        engine = db.new_engine(url, timeouts=False)
        with db.open_session(engine) as session:
            leave_little(session)
            member, condition = Member(email="a@example.org", pseudonym="A"), conditions.get(session, ALL)
            session.add(member)
            session.flush()
            freiburg = zone_called(session, "Freiburg", Level.AREA, "DE")
            put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
            session.commit()
            ids = member.id, condition.id
        startup_checks.check_keys_in(config, engine)
        engine.dispose()
        assert run(runner, config, url, "backup", str(folder / "old.dump")).exit_code == 0
        for key in ("secret", "anchor"):
            assert run(runner, config, url, "rotate-key", key, "--yes").exit_code == 0
    WithdrawalLog.of(config).note_day(NOW.date())
    return config, folder / "old.dump", *ids


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


def test_never_puts_a_backup_back_on_a_machine_of_another_service(runner, rotated, empty, tmp_path):
    ours, file, *_ = rotated
    config = Config(state=tmp_path / "state")
    shutil.copytree(ours.state, config.state)
    replace_key(config, "withdrawal_key", b"k" * 32)

    refused = run(runner, config, empty, "restore", str(file), "--yes", "--rotated")

    assert refused.exit_code == 1
    assert "The withdrawal_key of this machine" in refused.output
