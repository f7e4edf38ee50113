"""One place, one pin, on every machine: the database knows its keys, and a machine with others is refused."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from mapservice.errors import SetupError
from mapservice.hosting import startup_checks
from mapservice.store.site import key_fingerprints
from mapservice.store.tables import KeyFingerprint

OTHER = "0f" * 32


@pytest.fixture
def whole(config):
    return replace(config, withdrawal_key="d0" * 32)


def test_a_second_machine_with_the_same_keys_is_welcome(session, whole, tmp_path):
    startup_checks.check_keys(whole, session)
    startup_checks.check_keys(replace(whole, state=tmp_path / "second"), session)

    assert set(session.scalars(select(KeyFingerprint.name))) == set(startup_checks.OF_PAGES)


@pytest.mark.parametrize("name", [*startup_checks.OF_PAGES, "count_key"])
def test_never_starts_with_a_key_that_is_not_the_databases(session, whole, name):
    startup_checks.check_keys(whole, session, (name,))

    with pytest.raises(SetupError) as raised:
        startup_checks.check_keys(replace(whole, **{name: OTHER}), session, (name,))

    assert str(raised.value).startswith(f"The {name} of this machine (MAPSERVICE_{name.upper()}) is not the one")
    assert OTHER not in str(raised.value)
    startup_checks.check_keys(whole, session, (name,))


def test_a_file_is_named_where_the_key_comes_from_one(session, whole, tmp_path):
    startup_checks.check_keys(whole, session)
    second = replace(whole, state=tmp_path / "second", anchor_key="")

    with pytest.raises(SetupError, match="second/keys/anchor_key"):
        startup_checks.check_keys(second, session)


def test_a_key_that_was_changed_by_the_command_is_the_new_one(owner_session, whole):
    startup_checks.check_keys(whole, owner_session)

    key_fingerprints.replace(owner_session, bytes.fromhex(OTHER), "anchor_key")

    startup_checks.check_keys(replace(whole, anchor_key=OTHER), owner_session)
    with pytest.raises(SetupError):
        startup_checks.check_keys(whole, owner_session)


def test_never_lets_the_pages_change_which_keys_belong_to_the_database(session, whole):
    startup_checks.check_keys(whole, session)
    session.commit()

    for statement in ("update key_fingerprint set fingerprint = ''", "delete from key_fingerprint"):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_never_starts_where_withdrawals_cannot_be_logged(whole):
    startup_checks.check_log(whole)
    folder = whole.state / "withdrawals"
    assert len(list(folder.iterdir())) == 1

    shutil.rmtree(folder)
    folder.write_text("in the way")
    with pytest.raises(SetupError, match="cannot be written"):
        startup_checks.check_log(whole)


def test_a_fingerprint_is_not_the_key_and_differs_by_its_name():
    key = b"k" * 32

    assert key_fingerprints.fingerprint(key, "anchor_key") != key_fingerprints.fingerprint(key, "secret_key")
    assert key not in key_fingerprints.fingerprint(key, "anchor_key")
