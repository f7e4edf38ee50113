"""Mondo's crosswalks between the codes of diseases, in one small file without the titles of other systems.

``python -m tools.facts.crosswalk FOLDER`` makes it again from Mondo's own mapping files in a folder.
"""

import csv
import hashlib
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mapservice.facts import FOLDER

CROSSWALK, LEFT_OUT = FOLDER / "crosswalk.tsv.xz", FOLDER / "left_out.tsv"

#: Mondo's files, in src/ontology/mappings of its repository, and the systems as pages name them.
SYSTEMS = {
    "mondo_exactmatch_orphanet": "ORPHA",
    "mondo_exactmatch_omim": "OMIM",
    "mondo_exactmatch_icd10cm": "ICD-10-CM",
    "mondo_exactmatch_icd11.foundation": "ICD-11",
    "mondo_exactmatch_mesh": "MeSH",
    "mondo_hasdbxref_gard": "GARD",
}


@dataclass(frozen=True, slots=True)
class MondoEntry:
    """A disease of Mondo with its codes in other systems."""

    id: str
    name: str
    codes: tuple[tuple[str, str], ...]


def read_crosswalk(path: Path = CROSSWALK) -> tuple[str, list[MondoEntry]]:
    """Return Mondo's release, and its diseases with the codes in other systems that mean the same."""
    lines = lzma.decompress(path.read_bytes()).decode().splitlines()
    return lines[0].removeprefix("# Mondo "), [_entry(line) for line in lines[1:]]


def read_left_out(path: Path = LEFT_OUT) -> set[tuple[str, str, str]]:
    """Return the codes that are not used, each as Mondo's id, system and code; the file says why."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
        return {(row["mondo"], row["system"], row["code"]) for row in rows}


def read_mappings(folder: Path) -> tuple[str, list[MondoEntry]]:
    """Return the same from Mondo's own mapping files, each packed with xz.

    :raise ValueError: if the files are of several releases.
    """
    names: dict[str, str] = {}
    codes: dict[str, set[tuple[str, str]]] = defaultdict(set)
    releases = set()
    for file, system in SYSTEMS.items():
        lines = lzma.decompress((folder / f"{file}.sssom.tsv.xz").read_bytes()).decode().splitlines()
        releases |= {line.split("/releases/")[1].split("/")[0] for line in lines if "mapping_set_version" in line}
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            if not row["subject_label"].startswith("obsolete "):
                names[row["subject_id"]] = row["subject_label"]
                codes[row["subject_id"]].add((system, row["object_id"].rpartition(":")[2]))
    (release,) = releases
    return release, [MondoEntry(mondo, names[mondo], tuple(sorted(codes[mondo]))) for mondo in sorted(names)]


def to_bytes(release: str, entries: Iterable[MondoEntry]) -> bytes:
    """Return the small file."""
    text = "\n".join([f"# Mondo {release}", *_lines(entries)]) + "\n"
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def _lines(entries: Iterable[MondoEntry]) -> Iterator[str]:
    for entry in entries:
        yield "\t".join([entry.id, entry.name, *(f"{system}:{code}" for system, code in entry.codes)])


def _entry(line: str) -> MondoEntry:
    mondo, name, *codes = line.split("\t")
    return MondoEntry(mondo, name, tuple((system, code) for system, _, code in (code.partition(":") for code in codes)))


def main() -> int:
    """Write the small file and print its hash."""
    content = to_bytes(*read_mappings(Path(sys.argv[1])))
    CROSSWALK.write_bytes(content)
    print(f"sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
