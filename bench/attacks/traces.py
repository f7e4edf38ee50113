"""An attack on what is left behind: a home that the service was told, in dumps, files, logs, e-mails and answers."""

import io
import re
import uuid
from collections.abc import Iterable, Iterator

from flask import Flask
from flask.testing import FlaskClient
from geoalchemy2 import WKTElement
from sqlalchemy import insert, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bench.attacks import service
from bench.attacks.canary import Canary, in_bytes, in_text, new_canary
from bench.attacks.files import watched
from bench.attacks.table import SMALL, Context, Outcome
from mapservice import logs
from mapservice.db import get_session
from mapservice.geo.tiles import tile_at
from mapservice.store.places.clusters import MAX_ZOOM
from mapservice.store.tables import Mail, Member, Membership
from mapservice.store.zones import basemap
from mapservice.web.accounts import access
from testing.accounts import csrf_token, new_member, post
from testing.members_map import view_address
from testing.routes import QUERIES, address, policy, rules, unsafe

EMAIL, NAME = "canary.address@example.org", "Canarysong"

# The search shows whoever typed it what they typed, in its own box, who has to sign in first goes back to the address
# that they opened, and a page names its own address in each language: no leak there.
_OWN = re.compile(
    r'<(?:link|a)\b[^>]* hreflang="[^>]*>|'
    r'<input id="q"[^>]*>|<input[^>]* name="next"[^>]*>|/sign-in\?next=[^"\s<]*|/(?:(?:en|es)/)?search\?q=[^"\s<]*'
)

#: What no log may hold: words of the canary's address, name and condition.
UNSPOKEN = ("canary", "leukaemia")


def a19_canaries(context: Context) -> Outcome:
    """Somebody with dump, files, logs and e-mails looks for a home that was sent to every address in every field."""
    stream, canary = io.StringIO(), new_canary()
    assert context.state is not None
    with service.service(context) as (app, session, connection), watched(context.state, connection) as files:
        logs.configure(stream)
        app.add_url_rule("/breaks", "breaks", access.public(_breaks), methods=["GET", "POST"])
        client = _on_the_map(app, session)
        asked = rules(app)
        # Visitors are sent away from all other pages before any of what they ask is read.
        public = [rule for rule in asked if policy(app, rule) == "public"] if context.scale is SMALL else asked
        texts = [_read(answer) for answer in _asked(client, asked, canary)]
        texts += [_read(answer) for answer in _asked(app.test_client(), public, canary)]
        texts += [_read(answer) for answer in (*_sent(app, client, canary), *_tiles(client, canary))]
        emails = session.query(Mail).count()
        written = f"{stream.getvalue()}{files.logged().decode(errors='replace')}"
        hits_in_texts = sum(hits(content, canary) for content in (service.dump(connection), written, "".join(texts)))
        hits_in_texts += sum(word in written.lower() for word in UNSPOKEN)
        in_files = files.hits(in_bytes(canary))
        session.execute(update(Membership).values(pin=WKTElement(f"POINT({canary.lng} {canary.lat})", srid=4326)))
        broken, broken_files = hits(service.dump(connection), canary), files.hits(in_bytes(canary))
    return Outcome(
        "A19 canaries", f"found in dump, logs, {emails} e-mails and {len(texts)} answers; in tables and log of writes",
        "0; 0", f"{hits_in_texts}; {in_files}", hits_in_texts == in_files == 0 and emails > 0,
        "planted leak (a home as a pin)", f"{broken}; {broken_files}", broken > 0 and broken_files > 0,
    )  # fmt: skip


def hits(held: str, canary: Canary) -> int:
    """How many ways of writing the canary's home are found in a text."""
    lower = held.lower()
    return sum(word in lower for word in in_text(canary))


def _breaks() -> str:
    """Break a constraint with a row that tells of a person: the error of the database spells it."""
    get_session().execute(insert(Member), [{"id": uuid.uuid4(), "email": EMAIL, "pseudonym": NAME}])
    return ""


def _on_the_map(app: Flask, session: Session) -> FlaskClient:
    """The browser of somebody who has come onto the map and forgotten a password."""
    client = service.browser(app, new_member(session, EMAIL, pseudonym=NAME))
    for path, form in (
        (f"{service.PAGE}/join", {"role": "person", "consent": "yes"}),
        (f"{service.PAGE}/place", {"zone": service.freiburg(session), "audience": "members", "finer": "yes"}),
    ):
        service.taken(post(client, path, form | {"operation": str(uuid.uuid4())}))
    stranger = app.test_client()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', stranger.get("/forgot").text)[0]
    service.taken(stranger.post("/forgot", data={"csrf_token": token, "email": EMAIL}))
    return client


def _asked(client: FlaskClient, asked: Iterable[Rule], canary: Canary) -> Iterator[TestResponse]:
    """The answers of all pages that are asked about the home, and of some that are none."""
    app, (lng, lat) = client.application, map(str, canary)
    query = {"lat": lat, "lng": lng, "q": f"{lng},{lat}", "in": f"{lng},{lat}"}
    none = [f"/{lng}/{lat}", f"/conditions/{lng},{lat}", f"/tiles/{lng}"]
    for path in none:
        yield client.get(path, query_string=query)
    for rule in asked:
        # An address with parameters is asked by one of them after the other, as one may hide another.
        names = set(QUERIES.get(rule.endpoint, ())) - {"next"}
        for name in names:
            value = f"0/{lng}/{lat}" if name == "tiles" else query.get(name, f"{lng},{lat}")
            yield client.get(address(app, rule), query_string={"lat": lat, "lng": lng, name: value})
        if not names:
            yield client.get(address(app, rule), query_string=query)


def _sent(app: Flask, client: FlaskClient, canary: Canary) -> Iterator[TestResponse]:
    """The answers to all forms, with the home in fields that they have and in others."""
    lng, lat = map(str, canary)
    for rule, method in unsafe(app):
        fields = {"csrf_token": csrf_token(app), "lat": lat, "lng": lng, "zone": f"{lng},{lat}"}
        yield client.open(address(app, rule), method=method, data=fields)
        yield client.open(address(app, rule), method=method, json={"lat": canary.lat, "lng": canary.lng})


def _tiles(client: FlaskClient, canary: Canary) -> Iterator[TestResponse]:
    """What is drawn around the home at all zooms, of the ground and of people."""
    for zoom in range(MAX_ZOOM + 1):
        tile = tile_at(canary.lng, canary.lat, zoom)
        at = f"{tile.z}/{tile.x}/{tile.y}"
        yield client.get(view_address(service.PAGE, tile))
        if zoom <= basemap.MAX_ZOOM:
            yield client.get(f"/tiles/base/{at}.mvt")


def _read(answer: TestResponse) -> str:
    """All of an answer as text, headers included, and where it is data its bytes in hex."""
    with answer:
        kind = answer.mimetype or ""
        is_text = kind.startswith("text/") or kind.endswith("json")
        held = answer.data.decode("latin-1")
        return _OWN.sub("", f"{answer.headers}\n{held}{'' if is_text else answer.data.hex()}")


ATTACKS = (a19_canaries,)
