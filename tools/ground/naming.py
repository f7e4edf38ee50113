"""Names that people recognise: the largest settlement of a zone, the units of a region."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from mapservice.geo.zones import Level
from tools.ground.sources import Settlement, Unit
from tools.ground.tree import Node

#: A region of more units than this is called after its largest and the number of the others.
_LISTED = 3


def zone_names(
    root: Node, country: str, units: Sequence[Unit], pieces_units: Sequence[int], places: dict
) -> dict[str, str]:
    """The name of each zone by id, unique within a level; ``places`` lists the settlements of a zone, largest first.

    Two zones called alike are told apart by their second settlement, else by their region.
    """
    names = {root.id: country}
    regions = {region.id: _region_name(region, units, pieces_units, places) for region in root.children}
    if len(root.children) == 1:
        regions = {root.children[0].id: country}
    names |= _distinct(regions, places, regions)
    for level in (Level.DISTRICT, Level.AREA):
        zones = {node.id: places[node.id][0].name for node in root.walk() if node.level == level}
        names |= _distinct(zones, places, names)
    return names


def _region_name(region: Node, units: Sequence[Unit], pieces_units: Sequence[int], places: dict) -> str:
    """The units of a region, most settled first, or the larger unit that they make up together."""
    members = sorted({pieces_units[piece] for piece in region.pieces})
    kin = {units[member].kin for member in members}
    whole = {i for i, unit in enumerate(units) if unit.kin in kin}
    if len(members) > 1 and len(kin) == 1 and "" not in kin and whole <= set(members):
        return kin.pop()
    weight = Counter({units[member].name: 0 for member in members if units[member].name})
    by_code = {units[member].key: units[member].name for member in members}
    for place, key in places.get((region.id, "units"), ()):
        weight[by_code[key]] += place.population
    names = [name for name, _ in sorted(weight.items(), key=lambda item: (-item[1], item[0])) if name]
    if not names:
        return places[region.id][0].name
    return ", ".join(names) if len(names) <= _LISTED else f"{names[0]} and {len(names) - 1} more"


def _distinct(names: dict[str, str], places: dict[str, Sequence[Settlement]], known: dict[str, str]) -> dict[str, str]:
    """The names with those told apart that several zones have."""
    alike = defaultdict(list)
    for zone, name in names.items():
        alike[name].append(zone)
    taken = {name for name, zones in alike.items() if len(zones) == 1}
    result = {}
    for name, zones in alike.items():
        for zone in zones:
            result[zone] = name if len(zones) == 1 else next(_unused(_choices(zone, name, places, known), taken))
            taken.add(result[zone])
    return result


def _choices(zone: str, name: str, places: dict[str, Sequence[Settlement]], known: dict[str, str]) -> Iterator[str]:
    """Ways to tell a zone from its namesakes, best first."""
    others = dict.fromkeys(place.name for place in places[zone] if place.name != name)
    yield from (f"{name} / {other}" for other in others)
    region = known[".".join(zone.split(".")[:2])]
    yield f"{name} ({region})"
    number = 2
    while True:
        yield f"{name} ({region}) {number}"
        number += 1


def _unused(choices: Iterator[str], taken: set[str]) -> Iterator[str]:
    """The choices that no zone is called by yet."""
    return (choice for choice in choices if choice not in taken)
