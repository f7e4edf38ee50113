"""The gazetteer of a country: the names people type, each with its zone, without coordinates and figures."""

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from tools.ground.files import packed
from tools.ground.sources import Settlement

#: A gazetteer file may have this many bytes, gzipped; alternate names fill what the names leave.
ROOM = 480_000

#: Other names a settlement of so many people has at the most, and the longest that is taken, in characters.
_OTHERS, _LONGEST = ((100_000, 75), (15_000, 24), (0, 8)), 40


def gazetteer(places: Sequence[Settlement], regions: Sequence[str], areas: Sequence[str]) -> dict[str, Any]:
    """The table of one country, largest place first: name, number of its region's name, number of its area.

    ``regions`` and ``areas`` belong to the places one by one. A row's fourth item lists other names, where room allows.
    """
    order = sorted(range(len(places)), key=lambda i: (-places[i].population, places[i].id))
    table = {"regions": sorted(set(regions)), "areas": sorted(set(areas), key=_path)}
    region_number = {name: number for number, name in enumerate(table["regions"])}
    area_number = {zone: number for number, zone in enumerate(table["areas"])}
    rows = [[places[i].name, region_number[regions[i]], area_number[areas[i]]] for i in order]
    others = [other_names(places[i]) for i in order]
    return table | {"places": _with_others(rows, others, _most(rows, others, table))}


def _path(zone: str) -> list[int]:
    """The numbers of a zone's id, to sort by."""
    return [int(number) for number in zone.split(".")[1:]]


def _most(rows: list[list], others: list[list[str]], table: Mapping[str, Any]) -> int:
    """How many of the largest places can carry their other names within ``ROOM``."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(packed(dict(table) | {"places": _with_others(rows, others, middle)})) <= ROOM
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _with_others(rows: list[list], others: list[list[str]], named: int) -> list[list]:
    """The rows, the first so many with the other names of their place."""
    first = [[*row, names] if names else row for row, names in zip(rows[:named], others[:named], strict=True)]
    return first + rows[named:]


def other_names(place: Settlement) -> list[str]:
    """Names of a place that a search for its own name would not find, as many as a place of its size may have.

    GeoNames lists names of all languages by alphabet, without telling the language: names with accents, in other
    scripts and in plain letters take turns, single words first, so that München is not lost behind its namesakes.
    """
    seen = {_plain(place.name)}
    kinds: tuple[list[str], list[str], list[str]] = [], [], []
    for name in sorted(place.alternates, key=lambda name: (name.count(" "), name.isascii())):
        plain = _plain(name)
        if plain and plain not in seen and _is_name(name):
            seen.add(plain)
            kinds[_kind(name)].append(name)
    turns = chain.from_iterable(zip_longest(*kinds))
    return [name for name in turns if name][: next(most for least, most in _OTHERS if place.population >= least)]


def _is_name(name: str) -> bool:
    """Whether a text looks like a name, not like a code (MUC), a bare transcription (mwnykh) or a list."""
    code = name.isascii() and (name.isupper() or name[0].islower())
    return not code and len(name) <= _LONGEST and "," not in name


def _kind(name: str) -> int:
    """0 for a Latin name with accents, 1 for one in another script, 2 for one in plain letters."""
    if name.isascii():
        return 2
    return 0 if any("a" <= sign <= "z" for sign in unicodedata.normalize("NFKD", name.casefold())) else 1


def _plain(name: str) -> str:
    """A name without case, accents, spaces and signs, as a search compares it."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())
