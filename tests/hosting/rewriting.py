"""A private database with members, and rewrites of its tables: what tests of erasing in use share."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import online
from mapservice.hosting.embedded.online import Rewriter
from testing import clusters

PEOPLE = ("member", "home_zone", "membership", "consent")

#: Zones and a condition with just what their tables ask for.
GROUND = """
    insert into zone (id, tree, level, codes, name, people, appears, opens, box, anchor, anchors)
    values ('XX', 1, 'country', '{}', 'Nowhere', 1, 0, 1, '{0,0,1,1}', st_setsrid(st_makepoint(0, 0), 4326), '');
    insert into condition (id, slug, name, summary) values (1, 'one', 'One', '');
    insert into consent_wording values (1, 'I agree.')
"""

JOIN = (
    "insert into member (id, email, password, pseudonym, active, security_stamp) "
    "select md5(%(name)s || n)::uuid, n || %(name)s, 'hash of ' || %(name)s, 'Name ' || %(name)s, true, n || %(name)s "
    "from generate_series(1, %(people)s) n",
    "insert into home_zone (member_id, zone_id) select id, 'XX' from member on conflict do nothing",
    "insert into membership (condition_id, member_id, public_id, role, audience, shown_zone, pseudonym, pin) "
    "select 1, id, 'id of ' || email, 'person', 'members', 'XX', 'Known as ' || email, "
    "st_setsrid(st_makepoint(8, 48), 4326) from member on conflict do nothing",
    "insert into consent (member_id, condition_id, kind, wording_id, zone_id) "
    "select id, 1, 'shown', 1, 'XX' from member",
)

#: Who hides and shows themselves while tables are rewritten.
HIDES = "id of 7stays@example.org"


@pytest.fixture(scope="module")
def private() -> Iterator[Config]:
    """The settings of a service with a database of its own and a few members."""
    with clusters.empty() as folder:
        with connect(folder, embedded.OWNER) as owner:
            owner.execute(GROUND)
            join(owner, "stays@example.org", 20)
        yield Config(state=folder)


@pytest.fixture
def rewriter(private: Config) -> Rewriter:
    program, wanting = online.find(embedded.url(private.state, embedded.SUPERUSER))
    assert program is not None, wanting
    return program


@pytest.fixture
def superuser(private: Config) -> Iterator[psycopg.Connection]:
    with connect(private.state, embedded.SUPERUSER) as connection:
        yield connection


def connect(folder: Path, role: str) -> psycopg.Connection:
    return online.connect(embedded.url(folder, role))


def join(owner: psycopg.Connection, name: str, people: int) -> None:
    for statement in JOIN:
        owner.execute(statement, {"name": name, "people": people})


def files_with(private: Config, needle: str) -> list[str]:
    """The files of the data folder in which a text stands."""
    home = private.state / "postgres" / "server"
    return [
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and needle.encode() in path.read_bytes()
    ]


def traces(superuser: psycopg.Connection) -> list[str]:
    """What a rewrite leaves in the database before it has come to its end."""
    rows = superuser.execute("""
        select 'extension' from pg_extension where extname = 'pg_repack'
        union all select tgname::text from pg_trigger where tgname = 'repack_trigger'
        union all select relname::text from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = 'repack' and relkind = 'r'
    """)
    return [name for (name,) in rows.fetchall()]


def has_given_up(superuser: psycopg.Connection) -> bool:
    """Whether a rewrite is at its last step, which removes its traces."""
    rows = superuser.execute(
        "select 1 from pg_stat_activity where application_name = 'pg_repack' and query like '%repack_drop(%'"
    )
    return rows.fetchone() is not None


def is_at_work(superuser: psycopg.Connection) -> bool:
    rows = superuser.execute("select 1 from pg_stat_activity where application_name = 'pg_repack'")
    return rows.fetchone() is not None


@contextmanager
def hiding(private: Config) -> Iterator[list[str]]:
    """Somebody who hides and shows themselves all the time, as the pages do; what was last written, and all before."""
    written: list[str] = []
    stop = threading.Event()

    def hide() -> None:
        with connect(private.state, embedded.RUNTIME) as pages:
            while not stop.is_set():
                audience = "nobody" if len(written) % 2 else "members"
                changed = pages.execute(
                    "update membership set audience = %s, version = version + 1 where public_id = %s",
                    [audience, HIDES],
                )
                assert changed.rowcount == 1
                written.append(audience)
                time.sleep(0.01)

    thread = threading.Thread(target=hide)
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


@contextmanager
def broken_off(rewriter: Rewriter, superuser: psycopg.Connection, private: Config) -> Iterator[subprocess.Popen]:
    """A rewrite that has copied the rows of members and goes on as soon as an older transaction ends."""
    with connect(private.state, embedded.RUNTIME) as older, older.transaction():
        older.execute("select from condition")
        superuser.execute("create extension pg_repack")
        with rewriter.start("public.member") as process:
            wait_until(lambda: any(name.startswith("table_") for name in traces(superuser)))
            yield process
            process.kill()


def wait_until(happened, seconds: float = 60) -> None:
    for _ in range(int(seconds * 20)):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")
