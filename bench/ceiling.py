"""How near the members' map comes to what its server can do: ``python -m bench.ceiling``.

    python -m bench.ceiling --members 1000000 --seconds 5

A service with one web process on a database of its own, filled with invented people and removed in the end. One member
of the largest condition asks for views of 20 tiles of it, over Europe, and for two answers of 4 KB that never change:
one of this service, with all that it does for each request, and one of an empty Flask application behind the same
server. A view is asked for three times: as after a change, when its tiles have to be counted; when the process has them
in its cache; and with the ETag of the last answer. They take turns; the figures are medians.
"""

from bench import http_rates, report
from bench.http_rates import Route, ask, header, request
from bench.invented_service import COUNTED, Service, service, view
from testing.members_map import view_address

ZOOMS = (0, 3, 6, 8, 10)


def routes(running: Service) -> list[Route]:
    """Return the routes to compare; the two constants first."""
    port, cookie = running.port, running.cookie
    compared = [
        Route("empty", port, request("/empty")),
        Route("constant", port, request("/constant", Cookie=cookie)),
    ]
    for zoom in ZOOMS:
        path = view_address(running.page, *view(zoom))
        compared.append(Route(f"counted z{zoom}", port, request(COUNTED + path, Cookie=cookie)))
        compared.append(Route(f"view z{zoom}", port, request(path, Cookie=cookie)))
        _, head, _ = ask(port, compared[-1].request)
        again = request(path, Cookie=cookie, If_None_Match=header(head, "etag"))
        compared.append(Route(f"same z{zoom}", port, again, status=304))
    return compared


def main() -> None:
    """Write a line for each route."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each route is asked for in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with service(options.members, seed=options.seed) as running:
        compared = routes(running)
        http_rates.compare(compared, running.engine, rounds=options.rounds, seconds=options.seconds)
        versions = report.database_versions(running.engine), report.version("granian")
    report.publish("bench.ceiling", options, http_rates.table(compared, *compared[:2]), *versions)


if __name__ == "__main__":
    main()
