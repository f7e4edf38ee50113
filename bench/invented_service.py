"""A service with one web process on a database of its own, full of invented people, that is removed in the end."""

import datetime as dt
import secrets
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import Engine, select, text

from bench import static_page
from mapservice import catalogue, create_app, db
from mapservice.config import Config
from mapservice.demo import members as invented
from mapservice.geo.tiles import Tile, tile_at
from mapservice.hosting import embedded
from mapservice.hosting.gateway import Gateway
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.visibility import Role, Viewer
from mapservice.store.accounts import login_sessions
from mapservice.store.across import bulk_load, demo
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import public
from mapservice.web.members_map import tile_cache
from mapservice.web.site.browser_session import STAMP, token_hash
from mapservice.web.site.rate_limits import unlimited
from mapservice.web.site.server_sessions import COOKIE
from testing import database
from testing.web_process import web_process

CONSTANT = "x" * 4096

#: Before the path of a view that is to be counted, not taken from the cache.
COUNTED = "/counted"

#: Draws pins and the noise of releases here: nobody real is in these.
KEY = b"k" * 32

#: Sees what every member of a condition sees.
VIEWER = Viewer(uuid.UUID(int=0), has_joined=True)

READER = "reads@example.org"

#: Columns and rows of the tiles of a view, around Frankfurt.
VIEW, CENTRE = (5, 4), (8.68, 50.11)

_LARGEST = text("select condition_id from membership group by condition_id order by count(*) desc limit 1")


@dataclass(frozen=True)
class Service:
    """A service that runs: its port, the largest condition, the cookie of one of its members, engines by role.

    A static page in its ``folder`` is served beside it (``bench/static_page.py``). ``loading_s`` is how many seconds it
    took to load its people.
    """

    port: int
    folder: Path
    slug: str
    condition_id: int
    cookie: str
    engine: Engine
    owner: Engine
    loading_s: float

    @property
    def page(self) -> str:
        """Return the address of the largest condition."""
        return f"/conditions/{self.slug}"


def _say_nothing(_done: int, _of: int) -> None:
    """Report no progress."""


@contextmanager
def service(
    members: int, *, seed: int, released_until: dt.date | None = None, progress: demo.Progress = _say_nothing
) -> Iterator[Service]:
    """Run the service; with the demo's releases until a day, if one is given."""
    with (
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
        TemporaryDirectory() as folder,
    ):
        url = embedded.url(state, embedded.RUNTIME, name)
        owner = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        engine = db.new_engine(url, timeouts=False)
        try:
            began = time.monotonic()
            condition, cookie = fill(owner, members, seed, progress)
            loading_s = time.monotonic() - began
            if released_until:
                with db.transaction(owner) as session:
                    demo.publish(session, released_until, key=KEY, profile=DEFAULT, progress=_say_nothing)
            program = "from bench.invented_service import run; run()"
            with web_process({"DATABASE_URL": url, "STATE": folder}, program=program) as port:
                yield Service(port, Path(folder), *condition, cookie, engine, owner, loading_s)
        finally:
            engine.dispose()
            owner.dispose()


def fill(
    engine: Engine, members: int, seed: int, progress: demo.Progress = _say_nothing
) -> tuple[tuple[str, int], str]:
    """Add invented people, and one who is signed in; return slug and id of the largest condition, and the cookie."""
    with db.transaction(engine) as session:
        places, communities = demo.load_areas(session), demo.communities(session, catalogue.read_demo())
        people = invented(places, communities, members, seed=seed, today=dt.datetime.now(dt.UTC).date(), key=KEY)
        demo.load(session, people, members, progress, is_alone=not bulk_load.is_in_use(session))
        reader = Member(email=READER, pseudonym="Reader")
        session.add(reader)
        session.flush()
        slug, condition_id = session.execute(
            select(Condition.slug, Condition.id).where(Condition.id == session.scalar(_LARGEST))
        ).one()
        session.add(Membership(condition_id=condition_id, member_id=reader.id, role=Role.PERSON))
        token = secrets.token_urlsafe(32)
        login_sessions.begin(session, token_hash(token), reader.id, {STAMP: reader.security_stamp})
    return (slug, condition_id), f"{COOKIE}={token}"


def view(zoom: int) -> list[Tile]:
    """Return the tiles of a view at a zoom, or all of them if there are fewer."""
    centre, most = tile_at(*CENTRE, zoom), 2**zoom
    columns = range(max(0, centre.x - VIEW[0] // 2), min(most, centre.x + VIEW[0] // 2 + 1))
    rows = range(max(0, centre.y - VIEW[1] // 2), min(most, centre.y + VIEW[1] // 2))
    return [Tile(zoom, x, y) for x in columns for y in rows]


def gateway() -> Gateway:
    """Return the service with three answers more that never change: one of its own, of an empty Flask, of a file.

    With ``COUNTED`` before its path, a request is answered with an empty cache of tiles, as after each change.
    """
    app, empty = create_app(), Flask("empty")
    app.add_url_rule("/constant", "constant", unlimited(public(lambda: CONSTANT)))
    empty.add_url_rule("/empty", "empty", lambda: CONSTANT)
    pages, folder = app.wsgi_app, Config.from_environment().state

    def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == static_page.PATH:
            return static_page.serve(folder, environ, start_response)
        if environ["PATH_INFO"].startswith(COUNTED):
            tile_cache.init_app(app)
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(COUNTED)
        return (empty if environ["PATH_INFO"] == "/empty" else pages)(environ, start_response)

    return Gateway(either)


def run() -> None:
    """Be the web server."""
    from mapservice.hosting.processes import web

    web(Config.from_environment(), target="bench.invented_service:gateway")
