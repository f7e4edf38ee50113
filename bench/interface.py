"""Throw what a schema allows, and what it does not, at every address of the interface; print what came back.

    python -m bench.interface --requests 10000

Exits with 1 if anything was a fault of the server or is not in the description.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi
from sqlalchemy import text

from bench import report
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from testing import database
from testing.accounts import CHEAP
from testing.routes import ASKED, VALUES

#: Made at random, a name is hardly ever one that there is; every other request has real ones.
REAL = {"slug": ASKED["condition"], "number": VALUES["number"], "feature": f"{ASKED['condition']}:DE"}


class Tally:
    """What came back: how often each status, and what should not have been."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self.statuses.total()


def attack(app: Flask, requests: int, *, number: int = 1, most: int = 50) -> Tally:
    """Ask every operation, round by round at ``most`` so often, within its schema and outside it."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    results = list(schema.get_all_operations())
    operations = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(operations) == len(results)
    tally = Tally()
    while tally.requests < requests:
        share = min(max((requests - tally.requests) // (2 * len(operations)), 1), most)
        for operation in operations:
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                if mode is GenerationMode.NEGATIVE and _takes_anything(operation):
                    continue
                with suppress(Unsatisfiable):
                    _ask(operation, mode, share, number, tally)
        number += 1
    return tally


def _takes_anything(operation: Any) -> bool:
    """Whether nothing is outside the schema of an operation: any text will do for all that its address takes."""
    return not operation.body and all(
        parameter.definition["in"] == "path" and parameter.definition["schema"] == {"type": "string"}
        for parameter in operation.iter_parameters()
    )


def _ask(operation: Any, mode: GenerationMode, share: int, number: int, tally: Tally) -> None:
    @seed(number)
    @settings(
        max_examples=share, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        if tally.requests % 2 and case.path_parameters:
            case.path_parameters.update({name: REAL[name] for name in case.path_parameters if name in REAL})
        # This transport does not unpack what is compressed.
        answer = case.call(headers={"Accept-Encoding": "identity"})
        tally.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            for exception in failures.exceptions:
                tally.faults[f"{operation.label}: {answer.status_code} {exception.title}"] += 1

    send()


CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.response_headers_conformance,
]


@contextmanager
def service() -> Iterator[Flask]:
    """The service with two releases of some hundred figures, on a database of its own."""
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        owner = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        with owner.begin() as connection:
            connection.execute(text("insert into release select n, date '2026-11-09' + 7 * n, 'default', 1 "
                                    "from generate_series(1, 2) as n"))  # fmt: skip
            connection.execute(
                text("""
                    insert into released_count (release, condition_id, place, shown)
                    select release.number, condition.id, place, 15 + 5 * (length(place) + release.number)
                    from release, condition, (select 'world' as place union all select id from zone
                        where level in ('country', 'region') and id ~ '^(DE|FR|FJ|US)') as places
                    where condition.id % 40 = 0 or slug = :slug
                """),
                {"slug": ASKED["condition"]},
            )
        owner.dispose()
        engine = db.new_engine(embedded.url(state, embedded.RUNTIME, name))
        with TemporaryDirectory() as folder:
            config = Config(state=Path(folder), secret_key="5e" * 32, anchor_key="a0" * 32)
            yield create_app(config, engine=engine, LIMITS=False, **CHEAP)
        engine.dispose()


def main() -> int:
    """Write the counts."""
    parser = report.command(__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.monotonic()
    with service() as app:
        tally = attack(app, asked.requests, number=asked.seed)
    seconds = time.monotonic() - start
    server = sum(count for status, count in tally.statuses.items() if status >= 500)
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(tally.statuses.items()))
    lines = [
        f"{tally.requests:,} requests in {seconds:.0f} s, by status: {statuses}.",
        f"{server} server errors, {tally.faults.total()} undocumented answers.",
        *(f"- {count} x {fault}" for fault, count in tally.faults.most_common()),
    ]
    report.publish("bench.interface", asked, lines, report.version("schemathesis"))
    return 1 if server or tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
