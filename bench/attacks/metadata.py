"""Attacks on what stands beside the facts: ids, dates, orders, headers."""

import re

import numpy as np

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import Level
from tests.accounts import new_member


def a21_metadata(context: Context) -> Outcome:
    """A member reads ids, dates, order and headers for who came when; two users compare public files."""
    with service.service(context) as (app, session, _connection):
        area = service.freiburg(session)
        held = service.crowd(session, [(area, Level.AREA)] * 30)
        client = service.browser(app, new_member(session, "looks@example.org"))
        other, stranger = service.browser(app, new_member(session, "else@example.org")), app.test_client()
        wrong = _serial([each.public_id for each in held])
        listed = re.findall(r"people/([\w-]+)", client.get(f"{service.PAGE}/map?in={area}").text)
        wrong += sorted(listed) != listed or not listed
        for path in (f"{service.PAGE}/map", f"{service.PAGE}/people/{held[0].public_id}"):
            answer = client.get(path, headers={"Accept": "application/json, text/html"})
            wrong += answer.headers.get("Cache-Control") != "private, no-store" or "ETag" in answer.headers
            wrong += "Last-Modified" in answer.headers or bool(re.search(r"\d{4}-\d\d-\d\d", answer.text))
        for path in ("/ground/1/zones/IS.json", "/ground/1/gazetteer/IS.json", "/tiles/base/0/0/0.mvt"):
            wrong += len({each.get(path).data for each in (client, other, stranger)}) != 1
    broken = _serial([str(1_000 + at) for at in range(30)])
    return Outcome(
        "A21 metadata: ids, dates, order, ETags, same body", "violations", "0", str(int(wrong)), wrong == 0,
        "serial ids", str(broken), broken > 0,
    )  # fmt: skip


def _serial(ids: list[str]) -> int:
    """How much ids tell of the order in which they were made: too short, numbers, or sorted more than by chance."""
    ranks = np.argsort(np.argsort(ids))
    together = abs(np.corrcoef(ranks, np.arange(len(ids)))[0, 1])
    return sum(len(each) < 22 or each.isdigit() for each in ids) + int(together > 0.7)


ATTACKS = (a21_metadata,)
