"""Make the facts again: ``tools/facts/sources.sh``, then ``python -m tools.facts``."""

import argparse
import hashlib
import sys
from pathlib import Path

from mapservice.catalogue import read_conditions
from mapservice.facts import FACTS, read_curated
from tools.facts.annotations import read_annotations
from tools.facts.build import Sources, build, to_bytes
from tools.facts.crosswalk import read_crosswalk, read_left_out
from tools.facts.terms import read_labels, read_terms

SOURCES = Path("build") / "facts"


def main() -> int:
    """Write ``facts.json.gz``, and print how many conditions have facts, and its hash."""
    parser = argparse.ArgumentParser(prog="python -m tools.facts", description=main.__doc__)
    parser.add_argument("--sources", type=Path, default=SOURCES, help="where the sources are")
    parser.add_argument("--output", type=Path, default=FACTS, help="where the facts go")
    arguments = parser.parse_args()

    content = to_bytes(build(read_sources(arguments.sources), read_conditions()))
    arguments.output.write_bytes(content)
    print(f"sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


def read_sources(folder: Path) -> Sources:
    """Return all sources, those of HPO from a folder and Mondo's crosswalk from the committed file."""
    terms_release, terms = read_terms(folder / "hp.obo")
    annotations_release, annotations = read_annotations(folder / "phenotype.hpoa")
    mondo_release, crosswalk = read_crosswalk()
    releases = {"terms": terms_release, "annotations": annotations_release, "mondo": mondo_release}
    spanish = read_labels(folder / "hp-es.babelon.tsv")
    return Sources(releases, terms, spanish, annotations, crosswalk, read_left_out(), list(read_curated()))


if __name__ == "__main__":
    sys.exit(main())
