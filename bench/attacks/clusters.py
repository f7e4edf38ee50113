"""An attack on the members' map: does any point of it move with the people behind it?"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice.geo import anchors
from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store.places import clusters, count_rollup, zone_counts
from mapservice.store.places.current_counts import CURRENT
from mapservice.store.tables import Membership, ZoneRow
from mapservice.store.transactions.execution import Read
from mapservice.store.zones.drawn_zones import DrawnZones
from mapservice.web.members_map import tile_cache, view
from testing.accounts import new_member
from testing.locations import put
from testing.members_map import people_behind, view_content
from testing.releasing import as_owner

#: At which level the people of a country are shown, and how many at each: clusters, badges and many pins. In a profile
#: of few countries there are a quarter as many.
SHOWN = {Level.AREA: 24, Level.DISTRICT: 8, Level.REGION: 4, Level.COUNTRY: 4}

#: In how many countries, where the profile has all of the world.
COUNTRIES = 40

#: Up to this zoom every tile of the world is asked for, from then on those where somebody is.
WHOLE_WORLD = 2

#: Of those the most at one zoom, drawn by chance: in the whole profile there are some ten thousand at each.
MAX_TILES = 100

ROLES = tuple(Role)


# All of it happens in one transaction, in which nothing clears away what the counts were before each member came.
_COMPACT = (
    "create temp table compact on commit drop as select * from zone_count",
    "truncate zone_count, zone_count_change",
    "insert into zone_count select * from compact",
    "analyze zone_count, membership",
)


class Sight(NamedTuple):
    """One point of an answer: who looked with which filter, how near, and the zone or the people it stands for."""

    viewer: str
    role: str
    zoom: int
    kind: str
    stands_for: tuple[str, ...]
    lng: float
    lat: float


def a9_clusters(context: Context) -> Outcome:
    """Strangers and members ask for tiles at every zoom with every filter, over people of many countries."""
    with service.service(context) as (app, session, _connection):
        _settle(session, context)
        fixed = _fixed(session)
        viewers = _viewers(app, session)
        seen = _seen(session, viewers, context.seed)
        tile_cache.init_app(app)
        with patch.object(clusters, "in_tiles", _centroids):
            moving = _seen(session, {"a member": viewers["a member"]}, context.seed, last_zoom=5)
    loose, broken = ([sight for sight in sights if not _is_fixed(sight, fixed)] for sights in (seen, moving))
    kinds = {(sight.viewer, sight.kind) for sight in seen}
    looked = len({sight.zoom for sight in seen}), len({sight.role for sight in seen}), len(kinds)
    assert looked == (clusters.MAX_ZOOM + 1, len(ROLES) + 1, 6), looked
    return Outcome(
        "A9 points of the map over all zooms, roles and viewers",
        f"of {len(seen):,} points seen not a fixed anchor of their zone", "0", str(len(loose)), not loose,
        "centroid", f"{len(broken):,} of {len(moving):,}", len(broken) > 0,
    )  # fmt: skip


def _settle(session: Session, context: Context) -> None:
    """People of every level, role and audience in the countries of the profile."""
    chance = np.random.default_rng([context.seed, 9])
    held = [
        put(session, new_member(session, f"a9-{at}@example.org"), service.condition(session), zone,
            level=level, audience=(Audience.MEMBERS, Audience.CONDITION)[at % 3 == 2])
        for at, (zone, level) in enumerate(_homes(session, context, chance))
    ]  # fmt: skip
    with zone_counts.counted(session, held) as memberships:
        for at, membership in enumerate(memberships):
            membership.role = ROLES[at % len(ROLES)]
    count_rollup.roll_up(session)
    with as_owner(session):
        for statement in _COMPACT:
            session.execute(text(statement))
    session.commit()


def _homes(session: Session, context: Context, chance: np.random.Generator) -> Iterator[tuple[str, Level]]:
    """In each country people of one area, who show the area itself or one of the zones that it lies in."""
    finest: dict[str, str] = {}
    # Of each country the zone that comes last in an order of chance, but an area if there is one.
    lived_in = select(ZoneRow.id, ZoneRow.country).where(ZoneRow.level != Level.PART, ZoneRow.country.is_not(None))
    zones = list(session.execute(lived_in.order_by(ZoneRow.id)))
    for at in chance.permutation(len(zones)):
        zone, country = zones[at]
        finest[country] = max(zone, finest.get(country, ""), key=lambda zone_id: zone_id.count("."))
    for country in context.scale.countries or sorted(finest)[:: len(finest) // COUNTRIES]:
        for level, people in SHOWN.items():
            yield from [(finest[country], level)] * (people // 4 if context.scale.countries else people)


def _fixed(session: Session) -> Mapping[str, frozenset[tuple[float, float]]]:
    """Where points may stand: the anchor of each zone, and by the public id of people the anchors of their zone."""
    rows = session.execute(select(ZoneRow.id, func.st_x(ZoneRow.anchor), func.st_y(ZoneRow.anchor)))
    anchors_by_zone = {zone: frozenset({_rounded(lng, lat)}) for zone, lng, lat in rows}
    shown = select(Membership.public_id, ZoneRow.anchors).join(ZoneRow, ZoneRow.id == Membership.shown_zone)
    for public_id, packed in session.execute(shown):
        anchors_by_zone[public_id] = frozenset(
            _rounded(*anchors.point(packed, at)) for at in range(anchors.count(packed))
        )
    return anchors_by_zone


def _is_fixed(seen: Sight, fixed: Mapping[str, frozenset[tuple[float, float]]]) -> bool:
    point = _rounded(seen.lng, seen.lat)
    return seen.viewer != "a stranger" and any(point in fixed[name] for name in seen.stands_for)


def _rounded(lng: float, lat: float) -> tuple[float, float]:
    return round(lng, 6), round(lat, 6)


def _viewers(app: Flask, session: Session) -> dict[str, FlaskClient]:
    """Browsers of those who may look: nobody in particular, a member, a member of the condition."""
    outside, inside = (new_member(session, f"a9-{name}@example.org") for name in ("outside", "inside"))
    put(session, inside, service.condition(session), "IS", level=Level.COUNTRY, audience=Audience.NOBODY)
    return {
        "a stranger": app.test_client(),
        "a member": service.browser(app, outside),
        "a member of the condition": service.browser(app, inside),
    }


def _seen(
    session: Session, viewers: Mapping[str, FlaskClient], seed: int, last_zoom: int = clusters.MAX_ZOOM
) -> set[Sight]:
    """Every point that the viewers are sent of a view, without a filter and with that of each role."""
    sights = set[Sight]()
    for tiles in _views(session, seed):
        if tiles[0].z > last_zoom:
            break
        for role, (viewer, client) in itertools.product(("", *ROLES), viewers.items()):
            sights.update(_points(client, viewer, tiles, role))
    return sights


def _views(session: Session, seed: int) -> Iterator[Sequence[Tile]]:
    """As many tiles of one zoom as a map may ask for together: all of the world at low zooms; at high ones of those in
    which a cluster, a badge or a pin can stand.
    """
    points = session.execute(text(
        f"select distinct st_x(anchor), st_y(anchor) from zone join {CURRENT} as counted on zone_id = id "
        "union select st_x(pin), st_y(pin) from membership where pin is not null"
    )).all()  # fmt: skip
    chance = np.random.default_rng([seed, 99])
    for zoom in range(clusters.MAX_ZOOM + 1):
        if zoom <= WHOLE_WORLD:
            tiles = [Tile(zoom, x, y) for x in range(2**zoom) for y in range(2**zoom)]
        else:
            near = sorted({tile_at(lng, lat, zoom) for lng, lat in points}, key=lambda tile: (tile.x, tile.y))
            tiles = [near[at] for at in sorted(chance.permutation(len(near))[:MAX_TILES])]
        for at in range(0, len(tiles), view.MAX_TILES):
            yield tiles[at : at + view.MAX_TILES]


def _points(client: FlaskClient, viewer: str, tiles: Sequence[Tile], role: str) -> Iterator[Sight]:
    for seen in view_content(client, service.PAGE, tiles, role) or ():
        for kind in ("clusters", "badges"):
            for lng, lat, _n, zone, *_more in seen[kind]:
                yield Sight(viewer, role, tiles[0].z, kind, (zone,), lng, lat)
        for pin in seen["pins"]:
            people = people_behind(client, service.PAGE, pin, role)
            yield Sight(viewer, role, tiles[0].z, "pins", tuple(people), *pin[:2])


_product = clusters.in_tiles

_MEAN = (
    "select avg(st_x(pin)), avg(st_y(pin)) from membership where pin is not null and condition_id = %(condition)s "
    "and audience = 'members' and (shown_zone = %(zone)s or shown_zone like %(zone)s || '.%%')"
)


def _centroids(
    read: Read, condition_id: int, tiles: Sequence[Tile], viewer: Viewer, role: str | None, zones: DrawnZones
) -> dict[Tile, clusters.TileContent]:
    """The bad design: a cluster stands in the middle of the pins of whom this viewer sees in it."""
    features = _product(read, condition_id, tiles, viewer, role, zones)
    for content in features.values():
        content.clusters[:] = [_in_the_middle(read, condition_id, cluster) for cluster in content.clusters]
    return features


def _in_the_middle(read: Read, condition_id: int, cluster: clusters.Cluster) -> clusters.Cluster:
    [(lng, lat)] = read(_MEAN, {"condition": condition_id, "zone": cluster.zone_id})
    return cluster if lng is None else replace(cluster, lng=lng, lat=lat)


ATTACKS = (a9_clusters,)
