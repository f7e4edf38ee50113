"""Erase what was deleted from the files of a large service, and print how long somebody waits meanwhile.

    python -m bench.erasing --members 1000000
    python -m bench.erasing --members 1000000 --at-once     # the control: all by VACUUM FULL

A service with a private database of its own in a folder that is removed in the end, and members made up by SQL, of
whom one in a hundred is deleted. One member reads their account page, another hides, and a third has rows read and
written in all large tables, over and over, before the erasing and during it. Exits with 1 if a row took longer than a
second, a page failed, a table was left, or something of who was deleted is still in a file. Pages also wait for what
else the machine does: compare them with those before.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import psycopg
from flask.testing import FlaskClient
from sqlalchemy import select

from bench import meanwhile, report
from bench.attacks import service
from bench.attacks.erased import Host, hosted
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import FULL, Context
from bench.meanwhile import Waits
from mapservice import db
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.hosting.embedded import binaries, erasing, online
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.community import consent_rows, consents
from mapservice.store.places import homes
from mapservice.store.tables import Condition, Member, Membership, ZoneRow
from testing import database
from testing.accounts import new_member
from testing.locations import put

CANARY = b"gone-4c1d@example.org"

WORDING = "I agree to this, and know what it means."

READER, WRITER = "reads@example.org", "hides@example.org"

#: The large tables, and the column that names a member.
TABLES = {"member": "id", "home_zone": "member_id", "membership": "member_id", "consent": "member_id"}

MAX_WAIT_S = 1.0

#: After how long the member who hid and came back does it again, in seconds.
PAUSE_S = 0.2

#: How long pages are asked for before the erasing begins, in seconds.
BEFORE_S = 20

_MEMBERS = (
    """
    insert into member (id, email, password, pseudonym, active, security_stamp, confirmed_at)
    select md5('m' || n)::uuid, n || case when n %% 100 = 0 then %(canary)s else '@example.org' end,
           '$argon2id$v=19$m=65536,t=3,p=4$' || md5(n || 's') || '$' || md5(n || 'h'), 'Somebody ' || n, true,
           md5(n || 'stamp'), now()
    from generate_series(1, %(members)s) n
    """,
    """
    insert into home_zone (member_id, zone_id)
    select md5('m' || n)::uuid, %(zone)s from generate_series(1, %(members)s) n
    """,
    """
    insert into membership (condition_id, member_id, public_id, role, audience, shown_zone, pin)
    select %(condition)s, md5('m' || n)::uuid, md5('p' || n), 'person', 'members', %(zone)s,
           st_setsrid(st_makepoint(7 + (n %% 256) / 500.0, 48), 4326)
    from generate_series(1, %(members)s) n
    """,
    """
    insert into consent (member_id, condition_id, kind, wording_id, zone_id)
    select md5('m' || n)::uuid, %(condition)s, 'shown', %(wording_id)s, %(zone)s
    from generate_series(1, %(members)s) n
    """,
)  # fmt: skip

_DELETE = "delete from member where email like '%%' || %(canary)s"


def main() -> None:
    """Measure once and write it."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--at-once", action="store_true")
    options = parser.parse_args()
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        engine = db.new_engine(embedded.url(state, embedded.SUPERUSER, name), timeouts=False)
        # On a disk as it is: what is committed is on it.
        with hosted(Context(1, FULL, engine, state), fsync="on", synchronous_commit="on") as host:
            engine.dispose()
            holds, lines = measure(host, options.members, at_once=options.at_once)
            versions = report.database_versions(host.engine)
    report.publish("bench.erasing", options, lines, versions, variant="at-once" if options.at_once else "")
    sys.exit(0 if holds else 1)


def measure(host: Host, members: int, *, at_once: bool) -> tuple[bool, list[str]]:
    """Measure in a service; return whether all bars hold, and the part of the page."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    reader, writer = fill(host, members)
    before = [Waits(), Waits(), Waits()]
    with asking(host, reader, writer, before):
        time.sleep(BEFORE_S)
    during = [Waits(), Waits(), Waits()]
    with asking(host, reader, writer, during), erasing_method(at_once=at_once):
        began = time.monotonic()
        done = erasing.erase_private(host.config)
        took = time.monotonic() - began
    left_over = host.occurrences({"e-mail": CANARY})
    names = ("account page", "page and hide", "row")
    lines = [
        f"{len(done.rewritten)} tables rewritten in {took:.0f} s: {', '.join(done.rewritten)}.",
        f"Tables that are left: {', '.join(done.left) or 'none'} {done.wanting}".strip() + ".",
        f"Files with something of the deleted members: {left_over or 'none'}.",
        "",
        *meanwhile.table(names, before, during),
    ]
    holds = (
        max(during[-1].seconds) <= MAX_WAIT_S
        and not any(waits.failed for waits in during)
        and not done.left
        and not left_over
    )
    return holds, lines


def fill(host: Host, members: int) -> tuple[FlaskClient, FlaskClient]:
    """Make members, and delete one in a hundred; the browsers of two who stay."""
    with db.open_session(host.engine) as session:
        zone = session.scalars(select(ZoneRow.id).where(ZoneRow.level == Level.AREA)).one()
        condition = session.scalars(select(Condition)).one()
        browsers = []
        for email in (READER, WRITER):
            member = new_member(session, email, pseudonym=email.partition("@")[0])
            consents.agree(session, member, None, ConsentKind.TAKING_PART, WORDING)
            put(session, member, condition, zone, level=Level.AREA, audience=Audience.MEMBERS)
            browsers.append(service.browser(host.app, member))
        values = {"members": members, "zone": zone, "condition": condition.id, "canary": CANARY.decode()}
        values["wording_id"] = consent_rows.find_or_store_wording(session, WORDING)
        session.commit()
    began = time.monotonic()
    with online.connect(embedded.url(host.state, embedded.SUPERUSER)) as owner:
        # What the rows refer to is there; to look for it takes longer than all the rest.
        owner.execute("set session_replication_role = replica")
        for statement in _MEMBERS:
            owner.execute(statement, values)
        owner.execute("reset session_replication_role")
        owner.execute(_DELETE, values)
        owner.execute("vacuum analyze")
        for table in TABLES:
            size = owner.execute("select pg_size_pretty(pg_total_relation_size(%s::regclass))", [table]).fetchone()
            print(f"{table}: {size[0] if size else ''}")
    print(f"{members:,} members made in {time.monotonic() - began:.0f} s", flush=True)
    return browsers[0], browsers[1]


@contextmanager
def asking(host: Host, reader: FlaskClient, writer: FlaskClient, waits: list[Waits]) -> Iterator[None]:
    """Let members ask for pages and for rows, over and over."""
    with online.connect(embedded.url(host.state, embedded.RUNTIME)) as rows:
        acts = (
            lambda: [reader.get("/account").status_code == 200],
            lambda: hides(host, writer),
            lambda: touches(rows),
        )
        with meanwhile.running([partial(_again, act, one) for act, one in zip(acts, waits, strict=True)]):
            yield


def hides(host: Host, writer: FlaskClient) -> Iterator[bool]:
    """Ask for a page and hide by its form; whether both worked. Between two times somebody is shown again unasked."""
    page = writer.get("/account")
    yield page.status_code == 200
    yield send(writer, next(sent_forms(page, "/me/hide"))).status_code == 303
    with db.open_session(host.engine) as session:
        own = session.scalars(select(Membership).join(Member).where(Member.email == WRITER)).one()
        homes.show_to(session, own, Audience.MEMBERS)
        session.commit()
    # A login remembers each act of hiding for ten minutes: nobody has thousands of them.
    time.sleep(PAUSE_S)


def touches(rows: psycopg.Connection) -> Iterator[bool]:
    """Read and write a row of each large table; whether there was one."""
    for table, key in TABLES.items():
        mine = f"{key} = (select id from member where email = '{READER}')"
        yield rows.execute(f"select 1 from {table} where {mine}").rowcount > 0
        yield rows.execute(f"update {table} set {key} = {key} where {mine}").rowcount > 0
    time.sleep(PAUSE_S / 10)


def _again(steps: Callable[[], Iterable[bool]], waits: Waits, stop: threading.Event) -> None:
    while not stop.is_set():
        began = time.monotonic()
        for worked in steps():
            waits.failed += not worked
            waits.seconds.append(time.monotonic() - began)
            began = time.monotonic()


@contextmanager
def erasing_method(*, at_once: bool) -> Iterator[None]:
    """The erasing as it is, or every table at once for as long as it takes."""
    if not at_once:
        yield
        return
    with (
        patch.object(binaries, "program", lambda _name, _version: None),
        patch.object(erasing, "TIMEOUT_REWRITE_MS", 0),
        patch.object(erasing, "MAX_BYTES", 2**50),
    ):
        yield


if __name__ == "__main__":
    main()
