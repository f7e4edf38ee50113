"""Builds the files of one country or group of small states: zones, gazetteers, anchors."""

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
import shapely

from mapservice.geo import anchors
from mapservice.geo.topology import merged, polygons
from mapservice.geo.zones import FLOOR, Level
from tools.ground import clusters, files, gazetteer, lakes, naming, people, pieces, pins, topology, tree
from tools.ground.sources import SIMPLIFY, Settlement, Unit
from tools.ground.tree import Node
from tools.ground.world import World

#: A zone file may have this many bytes, gzipped.
ROOM = 500_000

#: Grids and simplification of borders in degrees, tried until the zone file fits.
DETAIL = ((0.0002, SIMPLIFY), (0.0005, 0.006), (0.001, 0.012), (0.002, 0.024))

#: Settlements of at least this many people must fall into a zone of their own country.
SIZEABLE = 15_000


@dataclass(slots=True)
class Draft:
    """A country under construction: its pieces, its places, and the piece of each place (-1: outside)."""

    code: str
    units: list[Unit]
    places: list[Settlement]
    counts: list[int]
    pieces: pieces.Pieces
    piece_numbers: list[int]
    away: list[float]
    grid: float

    def piece_people(self) -> list[int]:
        """The corrected people of each piece."""
        total = [0] * len(self.pieces.cells)
        for piece, count in zip(self.piece_numbers, self.counts, strict=True):
            if piece >= 0:
                total[piece] += count
        return total


def build(code: str, world: World, out: Path) -> dict:
    """Write the files of one country or group; the row of the report and what the world's files need."""
    for grid, simplify in DETAIL:
        draft = _draft(code, world, grid, simplify)
        root = tree.grow(code, draft.units, draft.pieces, draft.piece_people())
        table = topology.encode(_leaves(root, draft), grid)
        shapes = polygons(table)
        table["zones"] = _rows(root, draft, world, shapes)
        data = files.packed(table)
        if len(data) <= ROOM:
            break
    report = _facts(draft, root, table, world)
    report["zone_bytes"] = files.write(out / "zones" / f"{code}.json.gz", data)
    report |= _write_anchors(root, draft, shapes, world, out)
    report["gazetteer_bytes"] = _write_gazetteers(root, draft, world, out)
    report["invalid"] = int((~shapely.is_valid(list(shapes.values()))).sum())
    return report


def _draft(code: str, world: World, grid: float, simplify: float) -> Draft:
    """The pieces of a country, and its places put into them."""
    units = world.units_of(code)
    if simplify > SIMPLIFY:
        shapes = shapely.coverage_simplify(np.array([unit.shape for unit in units]), simplify)
        units = [replace(unit, shape=shape) for unit, shape in zip(units, shapes, strict=True)]
    counts = []
    for country in world.files[code]:
        counts += people.corrected(world.settlements.get(country, []), world.countries[country][1])
    land = pieces.cut(units, grid)
    places = world.places(code)
    return Draft(code, units, places, counts, land, *pieces.locate(land, places), grid)


def _leaves(root: Node, draft: Draft) -> dict[str, shapely.Geometry]:
    """The shape of each area by id."""
    areas = [node for node in root.walk() if node.level == Level.AREA]
    return {area.id: shapely.normalize(merged(draft.pieces.shapes[area.pieces].tolist())) for area in areas}


def _places_in(root: Node, draft: Draft) -> dict:
    """The settlements of each zone by id, largest first; with their units under (id, "units") for regions."""
    by_piece = defaultdict(list)
    for place, piece in zip(draft.places, draft.piece_numbers, strict=True):
        by_piece[piece].append(place)
    result: dict = {}
    for node in root.walk():
        held = [(place, piece) for piece in node.pieces for place in by_piece[piece]]
        held.sort(key=lambda item: (-item[0].population, item[0].id))
        result[node.id] = [place for place, _ in held]
        result[node.id, "units"] = [(place, draft.units[draft.pieces.units[piece]].key) for place, piece in held]
    return result


def _people(root: Node, draft: Draft) -> dict[str, int]:
    """The corrected people of each zone by id: the lower bound that its floor is held against."""
    by_piece = draft.piece_people()
    return {node.id: sum(by_piece[piece] for piece in node.pieces) for node in root.walk()}


def _named(draft: Draft, world: World) -> list[Unit]:
    """The units as regions are called after them: by themselves, in a group of small states by their state."""
    if len(world.files[draft.code]) == 1:
        return draft.units
    return [replace(unit, name=world.countries[unit.country][0], kin="") for unit in draft.units]


def _codes(node: Node, draft: Draft, world: World) -> list[str]:
    """ISO 3166-1 codes of a country, ISO 3166-2 codes of a region, nothing below."""
    if node.level == Level.COUNTRY:
        return list(world.files[draft.code])
    if node.level == Level.REGION:
        return sorted({draft.units[draft.pieces.units[piece]].iso for piece in node.pieces} - {""})
    return []


def _rows(root: Node, draft: Draft, world: World, shapes: dict[str, shapely.Geometry]) -> list[list]:
    """The rows of the zone file: id, level, name, people, codes, anchor (lng, lat in degrees), opens."""
    places = _places_in(root, draft)
    names = naming.zone_names(root, world.name(draft.code), _named(draft, world), draft.pieces.units, places)
    counted = _people(root, draft)
    where = clusters.anchors(root, places, shapes)
    opens = clusters.opening(root, where, world.part_of(draft.code)["opens"])
    return [
        [
            node.id,
            str(node.level),
            names[node.id],
            counted[node.id],
            _codes(node, draft, world),
            list(where[node.id]),
            opens[node.id],
        ]
        for node in root.walk()
    ]


def _write_anchors(root: Node, draft: Draft, shapes: dict, world: World, out: Path) -> dict:
    """Write the anchors of districts and areas in the order of the zone file; their figures for the report."""
    lattices = []
    for node in root.walk():
        if node.level in (Level.DISTRICT, Level.AREA):
            shape = merged([shapes[leaf.id] for leaf in node.walk() if leaf.level == Level.AREA])
            cells = sorted({draft.pieces.cells[piece] for piece in node.pieces})
            lattices.append(pins.lattice(node.id, node.level, cells, shape, lakes.water_in(world.lakes, shape)))
    counts = [len(lattice.steps) for lattice in lattices]
    size = files.write(out / "anchors" / f"{draft.code}.bin.xz", anchors.dump(lattices))
    return {"anchors_min": min(counts), "anchors_median": int(median(counts)), "anchor_bytes": size}


def _write_gazetteers(root: Node, draft: Draft, world: World, out: Path) -> int:
    """Write the gazetteer of each country; the bytes of the largest."""
    area_of = {piece: node.id for node in root.walk() if node.level == Level.AREA for piece in node.pieces}
    sizes = []
    for country in world.files[draft.code]:
        held = [
            (p, i) for p, i in zip(draft.places, draft.piece_numbers, strict=True) if p.country == country and i >= 0
        ]
        regions = [draft.units[draft.pieces.units[piece]].name for _, piece in held]
        table = gazetteer.gazetteer([place for place, _ in held], regions, [area_of[piece] for _, piece in held])
        sizes.append(files.write(out / "gazetteer" / f"{country}.json.gz", files.packed(table)))
    return max(sizes)


def _facts(draft: Draft, root: Node, table: dict, world: World) -> dict:
    """What the report says about a country, and what the files of the world need of it."""
    rows = table["zones"]
    levels = [Level(row[1]) for row in rows]
    sizeable = [i for i, place in enumerate(draft.places) if place.population >= SIZEABLE]
    return {
        "code": draft.code,
        "name": world.name(draft.code),
        "true_people": world.true_people(draft.code),
        "settlement_sum": sum(place.population for place in draft.places),
        "corrected": sum(draft.counts),
        "people": rows[0][3],
        **{f"{level}s": levels.count(level) for level in (Level.REGION, Level.DISTRICT, Level.AREA)},
        "below_floor": sum(row[3] < FLOOR[level] for row, level in zip(rows, levels, strict=True)),
        "least_area": min(row[3] for row, level in zip(rows, levels, strict=True) if level == Level.AREA),
        "grid": draft.grid,
        "sizeable": len(sizeable),
        "inside": sum(draft.piece_numbers[i] >= 0 and draft.away[i] == 0 for i in sizeable),
        "placed": sum(draft.piece_numbers[i] >= 0 for i in sizeable),
        "anchor": rows[0][5],
        "misplaced": [asdict(draft.places[i]) for i in sizeable if draft.piece_numbers[i] < 0],
    }
