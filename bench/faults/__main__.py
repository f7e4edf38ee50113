"""Kills what can be killed, and prints the table: ``python -m bench.faults [--small] [--only f1_]``."""

import argparse
import sys
import time

from bench.attacks.table import rows
from bench.faults.suite import FAULTS, context
from bench.faults.table import FULL, SMALL


def main() -> None:
    """Print the table; exit with 1 if a bar does not hold or a control does not break."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the profile of the tests: about a minute")
    parser.add_argument("--only", default="", help="the beginning of a fault's name")
    options = parser.parse_args()
    outcomes = []
    with context(SMALL if options.small else FULL) as shared:
        for fault in FAULTS:
            if fault.__name__.startswith(options.only):
                began = time.monotonic()
                outcomes.append(fault(shared))
                print(f"{fault.__name__:22}{time.monotonic() - began:7.1f} s", file=sys.stderr, flush=True)
    print("\n".join(rows(outcomes, what="fault")))
    sys.exit(0 if all(outcome.holds and outcome.control_breaks for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
