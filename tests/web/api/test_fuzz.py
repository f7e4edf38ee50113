"""Whatever a schema allows, and what it does not, gets an answer that is described: the small profile of the bench."""

from flask import Response

from bench.interface import attack
from mapservice.web.accounts import access
from mapservice.web.api.annotations import ApiResponse, documented
from mapservice.web.site.responses import JSON

#: Requests of the small profile; 10,000 by ``python -m bench.interface``.
SOME = 60


def test_never_answers_what_is_not_described(app):
    tally = attack(app, SOME)

    assert tally.faults == {}
    assert tally.requests >= SOME
    assert {200, 307, 400, 404} <= set(tally.statuses)


def test_a_fault_of_the_interface_is_found(app):
    for name, view in (("fault", lambda: 1 / 0), ("other", lambda: Response("[]", 203, mimetype="text/html"))):
        noted = access.public(documented({200: ApiResponse("A list.", {JSON: {"type": "array"}})})(view))
        app.add_url_rule(f"/api/v1/{name}", f"planted.{name}", noted)

    operations = {fault.partition(":")[0] for fault in attack(app, 1).faults}

    assert operations == {"GET /api/v1/fault", "GET /api/v1/other"}
