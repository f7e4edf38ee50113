"""What every test may ask for. The database is real: built by the migrations, loaded with the real ground."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.store.places import zone_counts
from testing import database, warm
from testing.accounts import CHEAP
from testing.observing import limit_requests, observe
from tests.leftovers import SharedDatabase

pytest_plugins = ["tests.cast", "tests.skips"]

# Each test makes an app and throws it away: with the usual thresholds a fifth of the time goes into looking again and
# again through what all imports have made, which never goes away.
gc.set_threshold(10_000, 20, 100)


# It needs none of the ground, which another process of a run makes meanwhile.
FIRST = "tests/hosting/test_erasing_online.py"

# The rooms whose tests wait half of their time: for a browser, or for processes that start and end.
WAITING = ("tests/browser/", "tests/cli/", "tests/faults/", "tests/hosting/")

# The part of a run in which those begin: the last one to end has others beside it.
WAITING_BEGIN_WITHIN = 0.9

# A file whose tests share little and take long: they need not all run in one process.
DIVIDED = "tests/attacks/test_attacks.py"


def unit_of(nodeid: str) -> str:
    """What runs in one process: the tests of a file, but each of the divided file on its own."""
    return nodeid if nodeid.startswith(DIVIDED) else nodeid.partition("::")[0]


class Units(LoadFileScheduling):
    """The tests of a unit run in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Units | None:
    """Take the files as units of work where ``--dist loadfile`` asks for that."""
    return Units(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread what waits among what computes, so that a run of several processes does both all the time."""
    units = dict.fromkeys(unit_of(item.nodeid) for item in items)
    waiting = [unit for unit in units if unit.startswith(WAITING)]
    computing = [unit for unit in units if not unit.startswith(WAITING)]
    begins = {unit: WAITING_BEGIN_WITHIN * at / len(waiting) for at, unit in enumerate(waiting)}
    begins |= {unit: at / len(computing) for at, unit in enumerate(computing)}
    items.sort(key=lambda item: (not item.nodeid.startswith(FIRST), begins[unit_of(item.nodeid)]))


@pytest.fixture(scope="session", autouse=True)
def shared_code() -> Iterator[None]:
    """All apps of this process share the code of templates and of addresses."""
    with warm.sharing():
        yield


@pytest.fixture(scope="session", autouse=True)
def only_when_asked() -> Iterator[None]:
    """No writer adds up the changes of the counts by chance, so that every run does the same."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(zone_counts, "_ROLL_UP_EVERY", 10**12)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The state folder of the tests' own PostgreSQL."""
    with database.server() as state:
        yield state


@pytest.fixture(scope="session")
def shared_databases() -> list[SharedDatabase]:
    """The database of this process, once a test has asked for it."""
    return []


@pytest.fixture(scope="module", autouse=True)
def leaves_nothing(shared_databases: list[SharedDatabase]) -> Iterator[None]:
    """Fail where the fault is: what a file leaves behind would turn red some other one, in some runs."""
    yield
    for shared in shared_databases:
        assert shared.changed() == {}, "rows are left; the tests that follow in this process may fail for that"


@pytest.fixture(scope="session")
def ground_database(server: Path, shared_databases: list[SharedDatabase]) -> Iterator[str]:
    """The name of this process's database: all tables, the zones of the world, the base map, the conditions."""
    with database.clone(server, database.ground_template(server)) as name:
        shared_databases.append(SharedDatabase(server, name))
        yield name
        shared_databases.pop().close()


@pytest.fixture(scope="session")
def engine(server: Path, ground_database: str) -> Iterator[Engine]:
    """An engine with the rights of the pages, which are those of production."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def owner_engine(server: Path, ground_database: str) -> Iterator[Engine]:
    """An engine with the rights of migrations and loaders."""
    engine = db.new_engine(embedded.url(server, embedded.OWNER, ground_database), timeouts=False)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def acting_engine(server: Path, ground_database: str) -> Iterator[Engine]:
    """An engine that takes on the rights of others, see ``testing.releasing.as_owner``.

    It waits for every answer, as the commands do: what a release or an attack asks for may take long on a busy machine.
    """
    engine = db.new_engine(embedded.url(server, embedded.SUPERUSER, ground_database), timeouts=False)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(acting_engine: Engine) -> Iterator[Connection]:
    """A connection with the rights of the pages, whose transaction is undone whatever was committed on it.

    Outside of requests it sees the conversations of everybody.
    """
    with acting_engine.connect() as connection, connection.begin() as transaction:
        observe(connection)
        yield connection
        transaction.rollback()


@pytest.fixture
def owner_connection(owner_engine: Engine) -> Iterator[Connection]:
    """Like ``connection``, for a test of a loader: it may change tables and truncate them."""
    with owner_engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on the test's connection; its commits are savepoints."""
    with db.open_session(connection) as session:
        yield session


@pytest.fixture
def owner_session(owner_connection: Connection) -> Iterator[Session]:
    """A session with the rights of a loader."""
    with db.open_session(owner_connection) as session:
        yield session


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with keys that never change and a folder of the test's own."""
    return Config(
        state=tmp_path / "state",
        secret_key="5e" * 32,
        anchor_key="a0" * 32,
        count_key="c0" * 32,
        withdrawal_key="d0" * 32,
        workers=2,
    )


@pytest.fixture
def app(config: Config, connection: Connection) -> Flask:
    """The service on the test's connection."""
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    limit_requests(app, connection)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def runner() -> CliRunner:
    """A terminal."""
    return CliRunner()
