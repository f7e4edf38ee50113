"""The zone tree of one country or group of small states: which pieces make which zone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from mapservice.geo.zones import FLOOR, Level
from tools.ground import grouping, hexagons
from tools.ground.grouping import Member
from tools.ground.pieces import Pieces
from tools.ground.sources import Unit

#: Units closer than this, in degrees, count as adjacent: narrow straits and river mouths do not part them.
_ADJACENT = 0.02


@dataclass(slots=True)
class Node:
    """A zone under construction: its place in the tree and the pieces it is made of, by index."""

    id: str
    level: Level
    pieces: list[int]
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """The zone and all zones in it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


def grow(code: str, units: Sequence[Unit], pieces: Pieces, people: Sequence[int]) -> Node:
    """The tree of a zone file, country first; ``people`` are the corrected people of each piece."""
    by_unit = defaultdict(list)
    for piece, unit in enumerate(pieces.units):
        by_unit[unit].append(piece)
    root = Node(code, Level.COUNTRY, list(range(len(people))))
    for number, members in enumerate(_regions(units, by_unit, people, spans=len({u.country for u in units}) > 1), 1):
        region = Node(f"{code}.{number}", Level.REGION, sorted(p for unit in members for p in by_unit[unit]))
        region.children = _districts(region, pieces, people)
        root.children.append(region)
    return root


def _regions(units: Sequence[Unit], by_unit: dict, people: Sequence[int], *, spans: bool) -> list[list[int]]:
    """Units, by index, in groups that have enough people for a region; a small state stays whole."""
    kin = [unit.country if spans else unit.kin for unit in units]
    members = [
        Member(sum(people[p] for p in by_unit[index]), _middle(unit), kin[index]) for index, unit in enumerate(units)
    ]
    shapes = np.array([unit.shape for unit in units])
    adjacent: dict[int, set[int]] = defaultdict(set)
    for one, other in shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_ADJACENT).T.tolist():
        adjacent[one].add(other)
    if spans:
        adjacent = _within_states(kin)
    groups = grouping.group(members, adjacent, FLOOR[Level.REGION])
    return [group for group in groups if any(by_unit[unit] for unit in group)]


def _within_states(kin: Sequence[str]) -> dict[int, set[int]]:
    """All units of one small state are adjacent to each other, so that they are merged before anything else."""
    return {i: {j for j, other in enumerate(kin) if other == state} - {i} for i, state in enumerate(kin)}


def _middle(unit: Unit) -> tuple[float, float]:
    """A point in a unit, (lng, lat) in degrees."""
    point = shapely.point_on_surface(unit.shape)
    return point.x, point.y


def _districts(region: Node, pieces: Pieces, people: Sequence[int]) -> list[Node]:
    """The districts of a region: groups of coarse cells."""
    cells = {piece: hexagons.parent(pieces.cells[piece]) for piece in region.pieces}
    districts = _split(region, Level.DISTRICT, cells, people)
    for district in districts:
        district.children = _split(district, Level.AREA, {p: pieces.cells[p] for p in district.pieces}, people)
    return districts


def _split(zone: Node, level: Level, cells: dict[int, int], people: Sequence[int]) -> list[Node]:
    """The children of a zone: groups of the cells that its pieces lie in, numbered in the order of their cells."""
    total: dict[int, int] = defaultdict(int)
    pieces: dict[int, list[int]] = defaultdict(list)
    for piece, cell in cells.items():
        total[cell] += people[piece]
        pieces[cell].append(piece)
    groups = grouping.group_cells(total, FLOOR[level], hexagons.neighbours, hexagons.centre)
    return [
        Node(f"{zone.id}.{number}", level, sorted(piece for cell in group for piece in pieces[cell]))
        for number, group in enumerate(groups, 1)
    ]
