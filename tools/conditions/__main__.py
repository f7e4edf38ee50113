"""Make the catalogue again: ``python -m tools.conditions`` (needs ``hpo3==1.5.1``)."""

import argparse
import hashlib
import sys
from pathlib import Path

from mapservice.catalogue import CONDITIONS, FOLDER, ConditionRecord, read_conditions
from tools.conditions.build import build, to_bytes
from tools.conditions.orphanet import read_diseases
from tools.conditions.tables import read_curated, read_known, read_left_out


def main() -> int:
    """Write ``conditions.json.gz`` and print its hash.

    A slug is the address of a community. When one would vanish, because a source renamed a disease,
    nothing is written until ``--forget-slugs`` says that this is meant.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.conditions", description=main.__doc__)
    parser.add_argument("--forget-slugs", action="store_true", help="let slugs vanish")
    parser.add_argument("--output", type=Path, default=CONDITIONS, help="where the catalogue goes")
    arguments = parser.parse_args()

    records = build(
        read_diseases(),
        read_curated(FOLDER / "curated.tsv"),
        read_known(FOLDER / "known.tsv"),
        read_left_out(FOLDER / "left_out.tsv"),
    )
    vanished = _vanished_slugs(records)
    if vanished and not arguments.forget_slugs:
        print("these communities would lose their address:", *vanished, sep="\n  ", file=sys.stderr)
        return 1
    content = to_bytes(records)
    arguments.output.write_bytes(content)
    print(f"{len(records)} conditions, sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


def _vanished_slugs(records: list[ConditionRecord]) -> list[str]:
    if not CONDITIONS.exists():
        return []
    before = {record.slug for record in read_conditions()}
    return sorted(before - {record.slug for record in records})


if __name__ == "__main__":
    sys.exit(main())
