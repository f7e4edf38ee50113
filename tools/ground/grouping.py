"""Groups small things until every group has enough people: units to regions, cells to districts and areas."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

#: The cells around a cell, and its centre: (lng, lat) in degrees.
Neighbours = Callable[[int], Iterable[int]]
Centre = Callable[[int], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Member:
    """One thing to be grouped: its people, a point in it (lng, lat in degrees), and the larger thing it belongs to."""

    people: int
    centre: tuple[float, float]
    kin: str = ""


def group(members: Sequence[Member], adjacent: Mapping[int, Iterable[int]], floor: int) -> list[list[int]]:
    """The members, by index, in groups that have at least ``floor`` people each.

    The smallest group below the floor joins a group next to it, else the nearest: rather one of its kin, rather one
    that is below the floor as well, rather a near one. What is left as a single group may have fewer people.
    """
    groups = _Groups(members, adjacent)
    waiting = [(member.people, index) for index, member in enumerate(members) if member.people < floor]
    heapq.heapify(waiting)
    while waiting and len(groups.members) > 1:
        people, index = heapq.heappop(waiting)
        if groups.people.get(index) != people:
            continue
        merged = groups.join(index, groups.partner(index, floor))
        if groups.people[merged] < floor:
            heapq.heappush(waiting, (groups.people[merged], merged))
    return sorted(sorted(indices) for indices in groups.members.values())


class _Groups:
    """Groups under way. A merged group keeps the index of its first member."""

    def __init__(self, members: Sequence[Member], adjacent: Mapping[int, Iterable[int]]):
        self.members = {index: [index] for index in range(len(members))}
        self.people = {index: member.people for index, member in enumerate(members)}
        self.kin = {index: {member.kin} - {""} for index, member in enumerate(members)}
        self.adjacent = {index: set(adjacent.get(index, ())) - {index} for index in self.members}
        self.moment = {index: unit_vector(*member.centre) * (member.people + 1) for index, member in enumerate(members)}

    def partner(self, index: int, floor: int) -> int:
        """The group that a group joins."""
        candidates = self.adjacent[index] or self.members.keys() - {index}
        bent = not self.adjacent[index]
        return min(candidates, key=lambda other: self._aversion(index, other, floor, bent))

    def _aversion(self, index: int, other: int, floor: int, bent: bool) -> tuple:
        """What speaks against joining another group; ``bent`` when no group is adjacent and distance comes first."""
        distance = self._distance(index, other)
        strange = not self.kin[index] & self.kin[other]
        preference = (strange, self.people[other] >= floor)
        return (distance, *preference, other) if bent else (*preference, distance, other)

    def _distance(self, one: int, other: int) -> float:
        """Squared chord between the groups' centres of people, on a ball of radius 1."""
        gap = _direction(self.moment[one]) - _direction(self.moment[other])
        return float(gap @ gap)

    def join(self, one: int, other: int) -> int:
        """Merge two groups; the index of the merged one."""
        kept, gone = min(one, other), max(one, other)
        self.members[kept] += self.members.pop(gone)
        self.people[kept] += self.people.pop(gone)
        self.kin[kept] |= self.kin.pop(gone)
        self.moment[kept] = self.moment[kept] + self.moment.pop(gone)
        neighbours = (self.adjacent.pop(gone) | self.adjacent[kept]) - {kept, gone}
        for neighbour in neighbours:
            self.adjacent[neighbour] = (self.adjacent[neighbour] - {gone}) | {kept}
        self.adjacent[kept] = neighbours
        return kept


def unit_vector(lng: float, lat: float) -> np.ndarray:
    """The point of a ball of radius 1 at (lng, lat) in degrees: means and distances know no antimeridian there."""
    x, y = np.radians([lng, lat])
    return np.array([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


def _direction(vector: np.ndarray) -> np.ndarray:
    """The vector made one long; opposite points may cancel out, then as it is."""
    length = float(np.sqrt(vector @ vector))
    return vector / length if length else vector


def basins(seeds: Sequence[int], cells: Sequence[int], neighbours: Neighbours, centre: Centre) -> dict[int, int]:
    """For each cell the index of the seed whose land it is: the fewest cells away, else (over water) the nearest.

    ``neighbours(cell)`` lists the cells around one, ``centre(cell)`` is its (lng, lat) in degrees. Empty land goes
    to the people next to it before anything is merged, so that zones stay compact.
    """
    land = set(cells)
    owner = {cell: index for index, cell in enumerate(seeds)}
    queue = deque(seeds)
    while queue:
        cell = queue.popleft()
        for other in neighbours(cell):
            if other in land and other not in owner:
                owner[other] = owner[cell]
                queue.append(other)
    islands = [cell for cell in cells if cell not in owner]
    return owner | dict(zip(islands, _nearest(islands, seeds, centre), strict=True))


def _nearest(cells: Sequence[int], seeds: Sequence[int], centre: Centre) -> list[int]:
    """For each cell the index of the nearest seed."""
    if not cells:
        return []
    at = np.array([unit_vector(*centre(seed)) for seed in seeds])
    return [int(np.argmax(at @ unit_vector(*centre(cell)))) for cell in cells]


def group_cells(people: Mapping[int, int], floor: int, neighbours: Neighbours, centre: Centre) -> list[list[int]]:
    """Cells in groups that have at least ``floor`` people each, every cell in one; ``people`` by cell, with zeros."""
    cells = sorted(people)
    seeds = [cell for cell in cells if people[cell]] or cells[:1]
    owner = basins(seeds, cells, neighbours, centre)
    adjacent: dict[int, set[int]] = {}
    for cell in cells:
        around = {owner[other] for other in neighbours(cell) if other in owner}
        adjacent.setdefault(owner[cell], set()).update(around - {owner[cell]})
    members = [Member(people[seed], centre(seed)) for seed in seeds]
    seats: dict[int, list[int]] = {}
    for cell in cells:
        seats.setdefault(owner[cell], []).append(cell)
    return [sorted(cell for seed in seeds_of for cell in seats[seed]) for seeds_of in group(members, adjacent, floor)]
