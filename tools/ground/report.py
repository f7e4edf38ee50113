"""The files about the whole world, and the report that is read before anything is used."""

from pathlib import Path

import numpy as np
import shapely

from tools.ground import files
from tools.ground.grouping import unit_vector
from tools.ground.world import World

#: Columns of report.tsv, in order.
COLUMNS = [
    "code",
    "name",
    "true_people",
    "settlement_sum",
    "corrected",
    "people",
    "regions",
    "districts",
    "areas",
    "below_floor",
    "least_area",
    "anchors_min",
    "anchors_median",
    "grid",
    "sizeable",
    "inside",
    "placed",
    "zone_bytes",
    "gazetteer_bytes",
    "anchor_bytes",
    "invalid",
]


def write_world(world: World, facts: list[dict], out: Path) -> None:
    """Write parts.json, countries.json, report.tsv and misplaced.tsv."""
    by_code = {row["code"]: row for row in facts}
    parts = [_part(part, by_code) for part in world.parts]
    files.write_json(out / "parts.json", parts)
    files.write_json(out / "countries.json", _countries(world))
    files.write_table(out / "report.tsv", list(COLUMNS), [[row[column] for column in COLUMNS] for row in facts])
    header = ["geonameid", "name", "country", "people", "lng", "lat", "reason"]
    files.write_table(out / "misplaced.tsv", header, _misplaced(world, facts))


def _part(part: dict, facts: dict[str, dict]) -> dict:
    """A part of the world; its cluster stands at that country's anchor that lies nearest the middle of its people."""
    rows = [facts[code] for code in part["countries"]]
    vectors = np.array([unit_vector(*row["anchor"]) for row in rows])
    middle = np.array([row["people"] for row in rows], dtype=float) @ vectors
    nearest = int(np.argmax(vectors @ middle))
    return {
        "id": part["id"],
        "name": part["name"],
        "anchor": rows[nearest]["anchor"],
        "opens": part["opens"],
        "countries": part["countries"],
    }


def _countries(world: World) -> list[dict]:
    """The countries that an inhabitant may choose, by ISO 3166-1 code, with the zone file and part each is in."""
    rows = [
        {"code": country, "name": world.countries[country][0], "zones": code, "part": world.part_of(code)["id"]}
        for code, members in world.files.items()
        for country in members
    ]
    return sorted(rows, key=lambda row: row["code"])


def _misplaced(world: World, facts: list[dict]) -> list[list]:
    """The sizeable settlements that lie in no zone of their own country, with what lies there instead."""
    tree = shapely.STRtree([unit.shape for unit in world.units])
    rows = []
    for place in (place for row in facts for place in row["misplaced"]):
        units = tree.query(shapely.points(place["lng"], place["lat"]), predicate="intersects")
        lands = sorted({world.units[unit].country for unit in units.tolist()})
        reason = f"Natural Earth draws it in {', '.join(lands)}" if lands else "no land of its country within 0.25°"
        rows.append([place[key] for key in ("id", "name", "country", "population", "lng", "lat")] + [reason])
    return rows


def summary(facts: list[dict]) -> str:
    """The figures to look at before the tree is used, in lines."""
    total = {column: sum(row[column] for row in facts) for column in COLUMNS[2:] if column != "grid"}
    largest = sorted(facts, key=lambda row: -row["zone_bytes"])[:5]
    return "\n".join(
        [
            f"zones: {len(facts)} countries, {total['regions']} regions, {total['districts']} districts, "
            f"{total['areas']} areas; {total['below_floor']} below their floor, {total['invalid']} invalid shapes",
            f"people: {total['true_people']:,} true, {total['settlement_sum']:,} in settlements, "
            f"{total['corrected']:,} corrected, {total['people']:,} in zones",
            f"settlements of 15,000 and more: {total['sizeable']}, inside a zone of their country {total['inside']}, "
            f"inside or within 0.25° {total['placed']} ({total['placed'] / max(1, total['sizeable']):.4%})",
            f"bytes: zones {total['zone_bytes']:,}, gazetteers (largest of each file) {total['gazetteer_bytes']:,}, "
            f"anchors {total['anchor_bytes']:,}; anchors a zone at least {min(r['anchors_min'] for r in facts)}",
            "largest zone files: " + ", ".join(f"{r['code']} {r['zone_bytes']:,} (grid {r['grid']})" for r in largest),
        ]
    )
