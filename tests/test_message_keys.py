"""The files of the keys that encrypt conversations."""

import datetime as dt
import threading

import pytest

from mapservice.errors import MissingMessageKeyError
from mapservice.message_keys import MessageKeys, id_of

DAY = dt.date(2026, 11, 28)


@pytest.fixture
def keys(tmp_path):
    return MessageKeys(tmp_path / "state" / "message-keys")


def test_a_key_is_found_by_its_id_and_only_its_owner_can_read_it(keys):
    key_id = keys.add(DAY)

    (path,) = keys.folder.iterdir()
    assert id_of(keys.get(key_id)) == key_id
    assert keys.days() == {key_id: DAY}
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    assert keys.get(key_id).hex() not in path.name


def test_a_key_that_another_process_makes_is_found_without_a_restart(keys):
    keys.add(DAY)
    key_id = MessageKeys(keys.folder).add(DAY)

    assert keys.get(key_id)


def test_all_processes_that_start_at_once_make_one_key(keys):
    made = []
    threads = [threading.Thread(target=lambda: made.append(MessageKeys(keys.folder).first(DAY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8
    assert set(made) == set(keys.days())
    assert len(set(made)) == 1


def test_a_destroyed_key_is_gone(keys):
    key_id = keys.add(DAY)
    keys.destroy(key_id)

    assert list(keys.folder.iterdir()) == []
    with pytest.raises(MissingMessageKeyError):
        keys.get(key_id)


@pytest.mark.parametrize("content", ["", "00" * 32 + "\n", "no key\n"])
def test_a_file_that_does_not_hold_the_key_of_its_name_is_no_key(keys, content):
    key_id = keys.add(DAY)
    (path,) = keys.folder.iterdir()
    path.write_text(content)

    with pytest.raises(MissingMessageKeyError):
        MessageKeys(keys.folder).get(key_id)
    assert keys.days() == {}
