"""Kills what can be killed, and writes the table: ``python -m bench.faults [--small] [--only f1_]``.

The whole of it replaces its part of the page of measurements; a part of it is printed only.
"""

import sys
import time

from bench import report
from bench.attacks.table import rows
from bench.faults.suite import FAULTS, context
from bench.faults.table import FULL, SMALL


def main() -> None:
    """Write the table; exit with 1 if a bar does not hold or a control does not break."""
    parser = report.command(__doc__)
    parser.add_argument("--small", action="store_true", help="the profile of the tests: about a minute")
    parser.add_argument("--only", help="the beginning of a fault's name")
    options = parser.parse_args()
    outcomes = []
    with context(SMALL if options.small else FULL) as shared:
        for fault in FAULTS:
            if fault.__name__.startswith(options.only or ""):
                began = time.monotonic()
                outcomes.append(fault(shared))
                print(f"{fault.__name__:22}{time.monotonic() - began:7.1f} s", file=sys.stderr, flush=True)
    table = rows(outcomes, what="fault")
    if options.small or options.only:
        print("\n".join(table))
    else:
        report.publish("bench.faults", options, table)
    sys.exit(0 if all(outcome.holds and outcome.control_breaks for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
