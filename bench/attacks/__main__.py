"""Runs the attacks, writes docs/privacy-evidence.md: ``python -m bench.attacks [--small] [--seed N] [--only a1_]``."""

import argparse
import sys
import time

from bench.attacks.suite import ATTACKS
from bench.attacks.table import EVIDENCE, FULL, SMALL, Context, document, rows
from mapservice import db
from mapservice.hosting import embedded
from testing import database
from testing.warm import sharing


def main() -> None:
    """Print the table; exit with 1 if a bar does not hold or a control does not break."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the profile of the tests: about a minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="the beginning of an attack's name; writes no page")
    options = parser.parse_args()
    started, outcomes = time.monotonic(), []
    with sharing(), database.server() as state, database.clone(state, database.ground_template(state)) as name:
        engine = db.new_engine(embedded.url(state, embedded.SUPERUSER, name), timeouts=False)
        context = Context(options.seed, SMALL if options.small else FULL, engine, state)
        attacks = [attack for attack in ATTACKS if attack.__name__.startswith(options.only)]
        for at, attack in enumerate(attacks, 1):
            began = time.monotonic()
            print(f"{at:2}/{len(attacks)} {attack.__name__:18}", end="", file=sys.stderr, flush=True)
            outcomes.append(attack(context))
            print(f"{time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)
        engine.dispose()
    print("\n".join(rows(outcomes)))
    if not options.only:
        EVIDENCE.write_text(document(outcomes, context, time.monotonic() - started))
    sys.exit(0 if all(outcome.holds and outcome.control_breaks for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
