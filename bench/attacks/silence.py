"""What everybody may read stays as it is between two releases, whatever members do."""

import re

import numpy as np
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from bench.attacks import community, edits, service
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.geo.zones import Level
from mapservice.store.tables import Member, Membership, Release, ZoneRow
from mapservice.web.accounts import access
from testing.routes import address, policy, public_pages, rules

#: People of the community that is published: enough for figures of the world, of countries and of regions.
PEOPLE = 300

#: How often a stranger reads all public pages while people edit, in the small profile and in the full one.
ONE_LOOK, LOOKS = 1, 2

_NEW_EACH_TIME = re.compile(rb'(nonce|data-passkey|name="csrf_token" value)="[^"]*"|"timeStamp":"[^"]*"')

# A packed file holds the moment when it was made; the table of the same figures is among the pages.
_PACKED = re.compile(r"figures\.(gpkg|xlsx)")


def a12_silence(context: Context) -> Outcome:
    """A stranger keeps all public pages and figures, while people join, edit and leave between two releases."""
    with service.service(context) as (app, session, connection):
        live = access.public(lambda: str(connection.scalar(text("select count(*) from membership"))))
        app.add_url_rule("/live", "live", live)
        town = settled(session, np.random.default_rng([context.seed, 12]))
        release = community.published(session)
        before, changed, done = everything_public(app, release, connection), set(), 0
        counted = app.test_client().get("/live").data
        looks = ONE_LOOK if context.scale is SMALL else LOOKS
        for look in range(looks):
            town.change(context.scale.edits // looks)
            done += context.scale.edits // looks
            if look == 0:
                done += edits.by_hand(app, session, town.areas[0], context.scale.edits // 1_000 or 1)
            now = everything_public(app, release, connection)
            changed |= {path for path in before if before[path] != now[path]}
        broken = int(app.test_client().get("/live").data != counted)
    figures = before["figures"].count(b"\n")
    return Outcome(
        "A12 silence between releases", f"of {len(before)} public answers with {figures} figures, changed by {done} "
        "joins, leaves and edits", "0", str(len(changed)), not changed and figures > 0, "live counts",
        f"{broken} of 1", broken > 0,
    )  # fmt: skip


def settled(session: Session, chance: np.random.Generator) -> edits.Town:
    """A community of some regions, which is published next; nobody tells where they live finer than by the region."""
    condition, few = service.condition(session), ("DE", "FR", "PL", "NL")
    known = (
        select(ZoneRow.id).where(ZoneRow.level == Level.AREA, ZoneRow.country.in_(few)).order_by(ZoneRow.id).limit(400)
    )
    areas = [service.freiburg(session), *session.scalars(known)]
    homes = [areas[0]] * (PEOPLE // 3) + [str(area) for area in chance.choice(areas, PEOPLE - PEOPLE // 3)]
    ids = community.settle(session, [condition], homes, prefix="settled")
    held = select(Member, Membership).join(Membership, Membership.member_id == Member.id).where(Member.id.in_(ids))
    return edits.Town(session, condition, areas, chance, [(row[0], row[1]) for row in session.execute(held)])


def everything_public(app: Flask, release: Release, connection: Connection) -> dict[str, bytes]:
    """Status, mark and body of all public pages, those of a release included, and the figures as they are stored."""
    client = app.test_client()
    of_release = [
        address(app, rule, release=release.number)
        for rule in rules(app)
        if policy(app, rule) == "public" and "release" in rule.arguments
    ]
    answers = {}
    for path in {path for path in (*public_pages(app), *of_release) if not _PACKED.search(path)} - {"/live"}:
        with client.get(path) as answer:
            body = _NEW_EACH_TIME.sub(b"", answer.data)
            answers[path] = f"{answer.status} {answer.headers.get('ETag')}\n".encode() + body
    rows = connection.execute(text("select * from released_count order by release, condition_id, place"))
    return answers | {"figures": "".join(f"{tuple(row)}\n" for row in rows).encode()}


ATTACKS = (a12_silence,)
