"""An attack on a disk: what of somebody stands in the files of the service after they deleted their account?"""

import io
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import psycopg
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import Context, Outcome
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.geo.zones import Level, path
from mapservice.hosting import embedded, worker
from mapservice.hosting.embedded import erasing
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Condition, Member, Membership, ZoneRow
from testing import clusters, database
from testing.accounts import CHEAP, new_member
from testing.locations import put

#: Members beside the one who goes, whose rows stand in the same pages of the tables.
OTHERS = 60

#: From the evening to the next morning, in seconds.
A_NIGHT_S = 26 * 3600

#: What is copied of the ground and the catalogue, so that a new database knows one place and one condition.
COPIED = {"zone": "id = any(%s)", "condition": "slug = any(%s)"}


@dataclass(frozen=True, slots=True)
class Host:
    """A service with a private database of its own, which nobody else writes to."""

    state: Path
    engine: Engine
    app: Flask
    config: Config

    def settle_files(self) -> None:
        """Write all to the disk, and let the server drop the log of writes that it no longer needs."""
        with database.superuser(self.state) as server:
            for statement in ("select pg_switch_wal()", "checkpoint") * 2:
                server.execute(statement)

    def let_a_night_pass(self) -> None:
        """Do what is done in the background until the next morning; how busy this machine is does not matter."""
        for file in (entry for entry in self.state.glob("outbox/*") if entry.is_file()):
            os.utime(file, (time.time() - A_NIGHT_S,) * 2)
        for job in worker.JOBS:
            if job.name != "erasing":
                job.run(self.engine, self.config)
        with patch.object(erasing, "TIMEOUT_REWRITE_MS", 60_000), patch.object(erasing, "TIMEOUT_LOCK_MS", 10_000):
            done = erasing.erase_private(self.config, pause_s=0)
        assert not done.too_large + done.in_use, done

    def occurrences(self, needles: dict[str, bytes]) -> dict[str, int]:
        """In how many files of the state folder each needle stands, but for those in which it stands nowhere."""
        held = dict.fromkeys(needles, 0)
        for file in (entry for entry in self.state.rglob("*") if entry.is_file() and not entry.is_socket()):
            content = file.read_bytes()
            for name, needle in needles.items():
                held[name] += needle in content
        return {name: files for name, files in held.items() if files}


def a26_erased(context: Context) -> Outcome:
    """Somebody has the disk a night after a member deleted their account, and looks for all that the member told."""
    with hosted(context) as host:
        needles = _deleted(host)
        host.settle_files()
        broken = host.occurrences(needles)
        host.let_a_night_pass()
        left_over = host.occurrences(needles)
    return Outcome(
        "A26 the files of the service after deleting", f"of {len(needles)} things that a member entered (e-mail, hash, "
        "names, ids, pin), those in tables, log of writes, outbox or logs after the night", "0", _words(left_over),
        not left_over, "a plain delete", _words(broken), len(broken) > 0,
    )  # fmt: skip


def _words(counts: dict[str, int]) -> str:
    return f"{len(counts)} ({', '.join(sorted(counts))})" if counts else "0"


@contextmanager
def hosted(context: Context, **settings: str) -> Iterator[Host]:
    """A new service, gone with all of its files in the end; ``settings`` are further lines of postgresql.conf."""
    with clusters.empty(**({"synchronous_commit": "off"} | settings)) as state:
        _copy_ground(context, state)
        engine = db.new_engine(embedded.url(state))
        config = Config(state=state, secret_key=secrets.token_hex(32), anchor_key="a0" * 32)
        yield Host(state, engine, create_app(config, engine=engine, TESTING=True, LIMITS=False, **CHEAP), config)
        engine.dispose()


def _copy_ground(context: Context, state: Path) -> None:
    """Bring one place, with all that lies above it, and one condition from the database of the attacks."""
    with db.open_session(context.engine) as session:
        steps = path(service.freiburg(session))
        above = session.scalars(select(ZoneRow.parent).where(ZoneRow.id == steps[0])).one()
    keys = {"zone": [*([above] if above else []), *steps], "condition": [service.SLUG]}
    source = context.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    target = embedded.url(state, embedded.SUPERUSER).replace("+psycopg", "")
    with psycopg.connect(source) as here, psycopg.connect(target) as there:
        for table, condition in COPIED.items():
            rows = io.BytesIO()
            with here.cursor().copy(f"copy (select * from {table} where {condition}) to stdout", [keys[table]]) as out:
                rows.writelines(out)
            with there.cursor().copy(f"copy {table} from stdin") as into:
                into.write(rows.getvalue())


def _deleted(host: Host) -> dict[str, bytes]:
    """Let somebody join, be shown, get mail and delete their account; all that they told, as files would hold it."""
    with db.open_session(host.engine) as session:
        for at in range(OTHERS):
            _member(session, f"other-{at}@example.org", f"Other {at}", level=Level.DISTRICT)
        email, name = f"{secrets.token_hex(8)}@example.org", f"Name{secrets.token_hex(6)}"
        member = _member(session, email, name)
        member.password = "$argon2id$v=19$m=64,t=1,p=1$" + secrets.token_urlsafe(16) + "$" + secrets.token_urlsafe(32)
        own = session.scalars(select(Membership).where(Membership.member_id == member.id)).one()
        own.pseudonym = f"Other{secrets.token_hex(6)}"
        session.commit()
        pin = session.execute(
            select(func.st_asbinary(Membership.pin)).where(Membership.member_id == member.id)
        ).scalar()
        assert pin
        needles = {"e-mail": email.encode(), "name": name.encode(), "name in a condition": own.pseudonym.encode(),
                   "hash": member.password[-32:].encode(), "id": member.id.bytes, "id as text": str(member.id).encode(),
                   "public id": own.public_id.encode(), "pin": bytes(pin)[-16:]}  # fmt: skip
        client = service.browser(host.app, member)
    stranger = host.app.test_client()
    forgot = next(sent_forms(stranger.get("/forgot"), "/forgot"))
    service.taken(send(stranger, forgot, {"email": email}))
    worker.JOBS[0].run(host.engine, host.config)
    delete = next(sent_forms(client.get("/account/delete"), "/account/delete"))
    service.taken(send(client, delete, {"sure": "yes"}))
    with db.open_session(host.engine) as session:
        assert session.get(Member, member.id) is None
    return needles


def _member(session: Session, email: str, name: str, *, level: Level = Level.AREA) -> Member:
    """Somebody on the map; the others by the district, so that nobody shares the anchor of who goes."""
    member = new_member(session, email, pseudonym=name)
    condition = session.scalars(select(Condition)).one()
    area = session.scalars(select(ZoneRow.id).where(ZoneRow.level == Level.AREA)).one()
    put(session, member, condition, area, level=level, audience=Audience.MEMBERS)
    return member


ATTACKS = (a26_erased,)
