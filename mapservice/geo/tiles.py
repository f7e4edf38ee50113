"""Tile arithmetic of the XYZ scheme: x grows to the east, y to the south, zoom 0 is one tile for the whole world."""

import math
from dataclasses import dataclass
from typing import Self

from mapservice.errors import MapServiceError
from mapservice.geo.bbox import Bbox

#: Maximum zoom of any request; beyond it a tile is smaller than ten metres.
MAX_ZOOM = 22

#: Latitude, in degrees, of the edge of the Mercator square: atan(sinh(π)).
EDGE_LAT = math.degrees(math.atan(math.sinh(math.pi)))

#: Half the width of the Mercator plane (SRID 3857) in metres: π times the radius of the WGS 84 ellipsoid.
EDGE_M = math.pi * 6_378_137.0


class NoSuchTileError(MapServiceError, ValueError):
    """The tile address or the coordinates are outside the map."""


@dataclass(frozen=True, order=True)
class Tile:
    """A tile of the map.

    :raise NoSuchTileError: if the zoom has no such column or row.

    >>> Tile(1, 1, 0).bounds_lnglat
    Bbox(west=0.0, south=0.0, east=180.0, north=85.0511287798066)
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise NoSuchTileError(f"Zoom is 0 to {MAX_ZOOM}.")
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise NoSuchTileError(f"Columns and rows of zoom {self.z} are 0 to {2**self.z - 1}.")

    @property
    def bounds_mercator(self) -> Bbox:
        """West, south, east, north in metres, SRID 3857.

        >>> Tile(0, 0, 0).bounds_mercator == (-EDGE_M, -EDGE_M, EDGE_M, EDGE_M)
        True
        """
        side = 2 * EDGE_M / 2**self.z
        west, north = self.x * side - EDGE_M, EDGE_M - self.y * side
        return Bbox(west, north - side, west + side, north)

    @property
    def bounds_lnglat(self) -> Bbox:
        """West, south, east, north in degrees, SRID 4326.

        >>> Tile(2, 0, 3).bounds_lnglat[:2]
        (-180.0, -85.0511287798066)
        """
        west, east = (column * 360 / 2**self.z - 180 for column in (self.x, self.x + 1))
        return Bbox(west, _lat(self.y + 1, self.z), east, _lat(self.y, self.z))

    @property
    def parent(self) -> Self | None:
        """The tile one zoom above that holds this one, or None for the whole world.

        >>> Tile(3, 5, 2).parent
        Tile(z=2, x=2, y=1)
        """
        return type(self)(self.z - 1, self.x // 2, self.y // 2) if self.z else None

    @property
    def children(self) -> tuple[Self, ...]:
        """The four tiles one zoom below, in reading order.

        >>> Tile(0, 0, 0).children[3]
        Tile(z=1, x=1, y=1)
        """
        return tuple(type(self)(self.z + 1, 2 * self.x + dx, 2 * self.y + dy) for dy in (0, 1) for dx in (0, 1))


def tile_at(lng: float, lat: float, zoom: int) -> Tile:
    """Return the tile that holds a point, in degrees.

    Longitudes wrap; latitudes beyond the Mercator square belong to its edge row.

    :raise NoSuchTileError: if a number is not finite, or the latitude is beyond a pole.

    >>> tile_at(8.68, 50.11, 6)  # Frankfurt
    Tile(z=6, x=33, y=21)
    >>> tile_at(180, 0, 3) == tile_at(-180, 0, 3)
    True
    """
    if not (math.isfinite(lng) and abs(lat) <= 90):
        raise NoSuchTileError("A place is a finite longitude and a latitude of -90 to 90 degrees.")
    if not 0 <= zoom <= MAX_ZOOM:
        raise NoSuchTileError(f"Zoom is 0 to {MAX_ZOOM}.")
    tiles = 2**zoom
    across = ((lng if -180 <= lng < 180 else (lng + 180) % 360 - 180) + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(max(-EDGE_LAT, min(EDGE_LAT, lat))))) / math.pi) / 2
    return Tile(zoom, min(int(across * tiles), tiles - 1), max(0, min(int(down * tiles), tiles - 1)))


def _lat(row: int, zoom: int) -> float:
    """The latitude of the upper edge of a row."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom))))
