"""Advisory locks are all in one list."""

import re

from mapservice import db
from mapservice.config import HOME
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock

LIST = HOME / "mapservice" / "store" / "transactions" / "advisory_locks.py"


def own_locks(text):
    """The locks that a module takes by a number of its own."""
    return [] if "advisory_locks" in text else re.findall(r"\bpg_\w*advisory\w*", text)


def test_every_module_takes_advisory_locks_of_the_list():
    modules = [path for path in (HOME / "mapservice").rglob("*.py") if path != LIST]

    assert [path.name for path in modules if own_locks(path.read_text(encoding="utf-8"))] == []


def test_a_lock_that_is_not_in_the_list_is_found():
    assert own_locks('text("select pg_try_advisory_xact_lock(1)")') == ["pg_try_advisory_xact_lock"]


def test_no_two_locks_have_one_number():
    numbers = list(AdvisoryLock.__members__.values())

    assert len(set(map(int, numbers))) == len(numbers)


def test_a_lock_is_held_until_the_transaction_ends(engine):
    with db.transaction(engine) as first, db.transaction(engine) as second:
        assert advisory_locks.try_lock_transaction(first, AdvisoryLock.RELEASE)
        assert not advisory_locks.try_lock_transaction(second, AdvisoryLock.RELEASE)
        assert advisory_locks.try_lock_transaction(second, AdvisoryLock.TABLES)

    with db.transaction(engine) as third:
        assert advisory_locks.try_lock_transaction(third, AdvisoryLock.RELEASE)
