"""Attacks on what is left behind: a home in dumps and logs, and what ids, dates and headers tell."""

import base64
import io
import re
import struct

import numpy as np
from geoalchemy2 import WKTElement
from sqlalchemy import update

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice import logs
from mapservice.geo.zones import Level
from mapservice.store.tables import Membership
from tests.accounts import csrf_token, new_member
from tests.routes import address, rules, unsafe

#: A home nobody has, to six places: what a browser knows and the service must not.
CANARY = (7.841937, 47.998613)


def forms_of(lng: float, lat: float) -> list[str]:
    """How a place could be written: as text, float8 and WKB in hex, and in base64."""
    packed = [struct.pack(order, lng) + struct.pack(order, lat) for order in ("<d", ">d")]
    wkb = [b"\x01\x01\x00\x00\x00" + packed[0]]
    words = [str(lng), str(lat), f"{lng:.4f}", f"{lat:.4f}", *(each.hex() for each in [*packed, *wkb])]
    words += [struct.pack("<d", each).hex() for each in (lng, lat)]
    return words + [base64.b64encode(each).decode().rstrip("=")[:-2] for each in (*packed, *wkb)]


def a19_canaries(context: Context) -> Outcome:
    """Somebody with dump, logs and mails looks for a home that was sent in every form and address there is."""
    stream = io.StringIO()
    with service.service(context) as (app, session, connection):
        logs.configure(stream)
        member = new_member(session, "canary.address@example.org", pseudonym="Canarysong")
        client = service.browser(app, member)
        lng, lat = map(str, CANARY)
        answers = []
        for rule in rules(app):
            answers.append(client.get(address(app, rule), query_string={"lat": lat, "lng": lng, "q": f"{lng},{lat}"}))
        for rule, _method in unsafe(app):
            fields = {"csrf_token": csrf_token(app), "lat": lat, "lng": lng, "zone": f"{lng},{lat}"}
            answers.append(client.post(address(app, rule), data=fields))
        held = service.dump(connection) + stream.getvalue()
        # The search shows whoever typed it what they typed, in its own box; it is no leak there.
        said = "".join(
            re.sub(r'<input id="q"[^>]*>', "", each.text)
            for each in answers
            if each.mimetype in ("text/html", "application/json")
        )
        logged = stream.getvalue().lower()
        found = hits(held + said) + sum(each in logged for each in ("canary", "leukaemia"))
        for each in answers:
            each.close()
        wkb = WKTElement(f"POINT({lng} {lat})", srid=4326)
        service.crowd(session, [(service.freiburg(session), Level.AREA)])
        session.execute(update(Membership).values(pin=wkb))
        broken = hits(service.dump(connection))
    return Outcome(
        "A19 canaries", f"found in dump, logs and {len(answers)} answers", "0", str(found), found == 0,
        "planted leak (a home as a pin)", str(broken), broken > 0,
    )  # fmt: skip


def hits(held: str) -> int:
    """How many ways of writing the canary's home are found in a text."""
    return sum(each.lower() in held.lower() for each in forms_of(*CANARY))


def a21_metadata(context: Context) -> Outcome:
    """A member reads ids, dates, order and headers for who came when; two users compare public files."""
    with service.service(context) as (app, session, _connection):
        area = service.freiburg(session)
        held = service.crowd(session, [(area, Level.AREA)] * 30)
        client = service.browser(app, new_member(session, "looks@example.org"))
        other, stranger = service.browser(app, new_member(session, "else@example.org")), app.test_client()
        wrong = _serial([each.public_id for each in held])
        listed = re.findall(r"people/([\w-]+)", client.get(f"{service.PAGE}/map?in={area}").text)
        wrong += sorted(listed) != listed or not listed
        for path in (f"{service.PAGE}/map", f"{service.PAGE}/people/{held[0].public_id}"):
            answer = client.get(path, headers={"Accept": "application/json, text/html"})
            wrong += answer.headers.get("Cache-Control") != "private, no-store" or "ETag" in answer.headers
            wrong += "Last-Modified" in answer.headers or bool(re.search(r"\d{4}-\d\d-\d\d", answer.text))
        for path in ("/ground/1/zones/IS.json", "/ground/1/gazetteer/IS.json", "/tiles/base/0/0/0.mvt"):
            wrong += len({each.get(path).data for each in (client, other, stranger)}) != 1
    broken = _serial([str(1_000 + at) for at in range(30)])
    return Outcome(
        "A21 metadata: ids, dates, order, ETags, same body", "violations", "0", str(int(wrong)), wrong == 0,
        "serial ids", str(broken), broken > 0,
    )  # fmt: skip


def _serial(ids: list[str]) -> int:
    """How much ids tell of the order in which they were made: too short, numbers, or sorted more than by chance."""
    ranks = np.argsort(np.argsort(ids))
    together = abs(np.corrcoef(ranks, np.arange(len(ids)))[0, 1])
    return sum(len(each) < 22 or each.isdigit() for each in ids) + int(together > 0.7)


ATTACKS = (a19_canaries, a21_metadata)
