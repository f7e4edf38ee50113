"""Cells of the members' map: people whose pins are in one cell are drawn as one mark.

A cell is a tile three zooms deeper than the one it is drawn on: 32 of its 256 pixels, as wide as a pin. Cells are the
same for everybody and at any time.
"""

import re

from mapservice.geo.tiles import NoSuchTileError, Tile

#: Zooms from a tile to its cells.
DEEPER = 3

_NAME = re.compile(r"(\d{1,2})-(\d{1,7})-(\d{1,7})", re.ASCII)


def cell_name(cell: Tile) -> str:
    """Return the name of a cell, for an address.

    >>> cell_name(Tile(13, 4276, 2850))
    '13-4276-2850'
    """
    return f"{cell.z}-{cell.x}-{cell.y}"


def cell_named(name: str) -> Tile:
    """Return the cell with a name.

    :raise NoSuchTileError: if there is none.

    >>> cell_named("13-4276-2850")
    Tile(z=13, x=4276, y=2850)
    """
    match = _NAME.fullmatch(name)
    cell = Tile(*map(int, match.groups())) if match else None
    if cell is None or cell_name(cell) != name:
        raise NoSuchTileError("A cell is called zoom-column-row.")
    return cell


def tile_of_cell(cell: Tile) -> Tile:
    """Return the tile that a cell is drawn on.

    :raise NoSuchTileError: if there is none.

    >>> tile_of_cell(Tile(13, 4276, 2850))
    Tile(z=10, x=534, y=356)
    """
    return Tile(cell.z - DEEPER, cell.x >> DEEPER, cell.y >> DEEPER)
