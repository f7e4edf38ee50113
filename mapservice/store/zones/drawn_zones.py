"""The zones as the map draws them, in the memory of each process: at which zooms, on which tiles, at which point.

They are the same for everybody and change only with a new tree, so that a map need not ask the database for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level, ZoneId
from mapservice.store.transactions.execution import Read

# Zoom of the tiles by which zones are sorted; those of lower zooms are made of them.
_ZOOM = 11

_LOAD = "select id, name, level, parent, appears, opens, box, st_x(anchor), st_y(anchor) from zone order by id"


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone on the map, drawn from zoom ``appears`` until, at zoom ``opens``, its children replace it.

    (lng, lat) is the fixed point of its cluster, ``box`` is (west, south, east, north).
    """

    id: ZoneId
    name: str
    level: str
    parent: ZoneId | None
    appears: int
    opens: int
    box: Sequence[float]
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class TileZones:
    """The zones whose point is on a tile: those drawn there at its zoom, and those that have opened by then."""

    drawn: Sequence[DrawnZone] = ()
    opened: Sequence[DrawnZone] = ()


class DrawnZones:
    """All zones of a tree, by tile and by parent."""

    def __init__(self, zones: Iterable[DrawnZone]) -> None:
        self._placed = [(zone, tile_at(zone.lng, zone.lat, _ZOOM)) for zone in zones]
        self._zooms: dict[int, Mapping[tuple[int, int], TileZones]] = {}
        children = defaultdict(list)
        for zone, _ in self._placed:
            children[zone.parent].append(zone.id)
        self._children = dict(children)
        self._parts = {zone.id: zone.parent for zone, _ in self._placed if zone.level == Level.COUNTRY}

    def on(self, tile: Tile) -> TileZones:
        """Return the zones on a tile, by id."""
        if tile.z not in self._zooms:
            self._zooms[tile.z] = self._by_tile(tile.z)
        return self._zooms[tile.z].get((tile.x, tile.y), _NONE)

    def children(self, zone_id: ZoneId) -> Sequence[ZoneId]:
        """Return the ids of the children of a zone."""
        return self._children.get(zone_id, ())

    def part_of(self, country: ZoneId) -> ZoneId | None:
        """Return the id of the part of the world that a country is in."""
        return self._parts.get(country)

    def _by_tile(self, zoom: int) -> Mapping[tuple[int, int], TileZones]:
        zones_by_tile: dict[tuple[int, int], tuple[list[DrawnZone], list[DrawnZone]]] = defaultdict(lambda: ([], []))
        for zone, at in self._placed:
            if zone.appears <= zoom:
                zones_by_tile[at.x >> _ZOOM - zoom, at.y >> _ZOOM - zoom][zone.opens <= zoom].append(zone)
        return {place: TileZones(drawn, opened) for place, (drawn, opened) in zones_by_tile.items()}


_NONE = TileZones()

# The zones of the tree that this process has drawn last, by the digest of its files.
_kept: dict[str, DrawnZones] = {}
_loading = Lock()


def digest(read: Read) -> str | None:
    """Return which tree is loaded, or None."""
    return next((digest for (digest,) in read("select digest from loaded where subject = 'zones'", {})), None)


def load(read: Read, digest: str | None) -> DrawnZones:
    """Return the zones of the tree with a digest; only the first map that draws it asks the database for them.

    Other maps wait for it meanwhile: each of them would need the processor for as long.
    """
    kept = _kept.get(digest or "")
    if kept is None:
        with _loading:
            kept = _kept.get(digest or "") or _load_all(read, digest)
    return kept


def _load_all(read: Read, digest: str | None) -> DrawnZones:
    zones = DrawnZones(DrawnZone(*row) for row in read(_LOAD, {}))
    if digest is not None:
        _kept.clear()
        _kept[digest] = zones
    return zones
