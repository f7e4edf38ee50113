"""Members of two communities who do anything in any order, compared with a model: ``python -m bench.stateful``.

    python -m bench.stateful --steps 2000 --seed 1

The real pages on a database of its own, which is removed in the end. Hypothesis chooses the steps; after each of them
the pages of members are compared with ``testing/stateful/community.py``, and the rows are looked through for anything
half done. If they differ, it prints the shortest steps that it finds, and ends with 1.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from bench import report
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from testing import database
from testing.accounts import CHEAP
from testing.observing import observing_url
from testing.stateful.machine import machine
from testing.warm import sharing

#: Steps of one community, until the next one begins; and communities until it says how far it is.
STEPS, AT_ONCE = 50, 4


def main() -> None:
    """Run as many steps as asked for."""
    parser = report.interruptible(__doc__)
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began, cpu = time.monotonic(), time.process_time()
    with (
        TemporaryDirectory() as folder,
        sharing(),
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
    ):
        engine = db.new_engine(embedded.url(state, embedded.RUNTIME, name))
        observer = db.new_engine(observing_url(state, name), timeouts=False)
        config = Config(state=Path(folder), secret_key="5e" * 32, anchor_key="a0" * 32, withdrawal_key="d0" * 32)
        bound = machine(create_app(config, engine=engine, TESTING=True, LIMITS=False, **CHEAP), observer)
        at = options.seed
        while bound.steps < options.steps:
            examples = max(1, min(AT_ONCE, (options.steps - bound.steps) // STEPS))
            run_state_machine_as_test(seed(at)(bound), settings=profile(examples, STEPS))
            print(f"{bound.steps} steps, {time.monotonic() - began:.0f} s", flush=True)
            at += 1
        engine.dispose()
        observer.dispose()
    print(f"{bound.steps} steps, 0 differences, {time.process_time() - cpu:.0f} s of Python's processor time")


def profile(examples: int, steps: int) -> settings:
    """Settings of Hypothesis for so many communities of so many steps."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


if __name__ == "__main__":
    main()
