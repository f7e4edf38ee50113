"""How near the public page of a condition comes to what its server can do: ``python -m bench.pages``.

    python -m bench.pages --members 1000000 --seconds 5

A service with one web process on a database of its own, with invented people and twelve releases, removed in the end.
Visitors without a cookie ask for the page of the largest condition, which the process keeps in memory: plain,
compressed, and again with the mark of the last answer (304). Beside it 4 KB that never change, of the same service.
They take turns; the figures are medians.
"""

import datetime as dt

from bench import http_rates, report
from bench.http_rates import Route, ask, header, request
from bench.invented_service import Service, service


def routes(running: Service) -> list[Route]:
    """Return the routes to compare; the constant first."""
    port, page, kind = running.port, running.page, "text/html"
    plain = request(page, Accept=kind)
    _, head, _ = ask(port, plain)
    return [
        Route("constant", port, request("/constant", Accept=kind)),
        Route("page from memory", port, plain),
        Route("page from memory, gzip", port, request(page, Accept=kind, Accept_Encoding="gzip")),
        Route("same page (304)", port, request(page, Accept=kind, If_None_Match=header(head, "etag")), status=304),
    ]


def main() -> None:
    """Write a line for each route."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each route is asked for in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    today = dt.datetime.now(dt.UTC).date()
    with service(options.members, seed=options.seed, released_until=today) as running:
        compared = routes(running)
        http_rates.compare(compared, running.engine, rounds=options.rounds, seconds=options.seconds)
        versions = report.database_versions(running.engine), report.version("granian")
    report.publish("bench.pages", options, http_rates.table(compared, compared[0]), *versions)


if __name__ == "__main__":
    main()
