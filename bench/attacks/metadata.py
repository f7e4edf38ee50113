"""Attacks on what stands beside the facts: ids, dates, orders, headers."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bench.attacks import community, service
from bench.attacks.table import Context, Outcome
from mapservice.db import get_session
from mapservice.geo.zones import Level
from mapservice.i18n.translation import format_date
from mapservice.store.figures import releases
from mapservice.store.knowledge import facts
from mapservice.store.tables import Release
from mapservice.web.knowledge import feed
from testing.accounts import new_member
from testing.members_map import cell_of
from testing.routes import address, policy, rules

#: People who are counted in the release that is looked at.
COUNTED = 120

_DAY = re.compile(r"(?<!\d)(?:\d{4}-\d\d-\d\d|\d\d:\d\d)(?!\d)|\b[A-Z][a-z]{2,8} \d{1,2}, \d{4}\b")

# When an answer was made, as OGC API Features asks for: it tells of who asks, to themselves.
_STAMP = re.compile(rb'"timeStamp":"[^"]*"')


def a21_metadata(context: Context) -> Outcome:
    """A member reads ids, dates, order and headers for who came when; two users compare public files."""
    with service.service(context) as (app, session, _connection):
        area = service.freiburg(session)
        held = service.crowd(session, [(area, Level.AREA)] * 30)
        community.settle(session, [service.condition(session)], [area] * COUNTED, prefix="counted")
        release = community.published(session)
        browsers = [service.browser(app, new_member(session, f"{name}@example.org")) for name in ("looks", "else")]
        wrong = _serial([membership.public_id for membership in held])
        shown = held[0].public_id
        wrong += len(_of_members(browsers[0], area, shown, cell_of(session, shown)))
        public = list(of_everybody([*browsers, app.test_client()], release, rules(app)))
    broken = _serial([str(1_000 + at) for at in range(30)])
    return Outcome(
        "A21 metadata: ids, dates, order, ETags, same body", f"violations among members; in release {release.number}",
        "0; 0", f"{wrong}; {len(public)}", wrong == 0 and not public, "serial ids", str(broken), broken > 0,
    )  # fmt: skip


def _serial(ids: list[str]) -> int:
    """How much ids tell of the order in which they were made: too short, numbers, or sorted more than by chance."""
    ranks = np.argsort(np.argsort(ids))
    together = abs(np.corrcoef(ranks, np.arange(len(ids)))[0, 1])
    return sum(len(public_id) < 22 or public_id.isdigit() for public_id in ids) + int(together > 0.7)


def _of_members(client: FlaskClient, area: str, public_id: str, cell: str) -> list[str]:
    """What the members' map tells beside who is there: an order, a date, a mark by which a copy could be kept."""
    listed = re.findall(r'people/([\w-]+)"', client.get(f"{service.PAGE}/map?in={area}").text)
    faults = [] if listed and listed == sorted(listed) else ["order of the list"]
    stack = f"{service.PAGE}/stacks/{cell}"
    stacked = re.findall(r'people/([\w-]+)"', client.get(stack).text)
    faults += [] if public_id in stacked and stacked == sorted(stacked) else ["order of a stack"]
    for path in (f"{service.PAGE}/map", f"{service.PAGE}/people/{public_id}", stack):
        answer = client.get(path, headers={"Accept": "application/json, text/html"})
        marks = {"ETag", "Last-Modified"} & set(answer.headers.keys())
        is_kept = answer.headers.get("Cache-Control") != "private, no-store"
        faults += [path] * (is_kept + len(marks) + bool(re.search(r"\d{4}-\d\d-\d\d", answer.text)))
    return faults


def of_everybody(browsers: Sequence[FlaskClient], release: Release, asked: Iterable[Rule]) -> Iterator[str]:
    """What public answers tell of who asks, of when somebody came, and where a copy of a release is not as good."""
    app = browsers[0].application
    with app.test_request_context():
        made = [release.made_on for release in releases.list_all(get_session())]
        # The days of the sources of facts about conditions have nothing to do with anybody.
        sources = [*facts.release_days(get_session()).values(), *facts.days_read(get_session())]
        # The feed of answers has a day of its own as long as there is none.
        days = [*made, *sources, feed.EMPTY_SINCE]
        known = {day.isoformat() for day in days} | {
            format_date(day, how) for day in days for how in ("medium", "long")
        }
    for rule in asked:
        if policy(app, rule) != "public" or "GET" not in (rule.methods or ()):
            continue
        path = address(app, rule, release=release.number)
        answers = [browser.get(path) for browser in browsers]
        if answers[0].status_code == 200:
            is_page = answers[0].mimetype == "text/html"
            if not is_page and len({_STAMP.sub(b"", answer.data) for answer in answers}) != 1:
                yield f"{path}: another body for another visitor"
            if rule.endpoint != "static" and not rule.endpoint.startswith("zone_data."):
                yield from (f"{path}: {day}" for day in sorted(_days(answers[0]) - known - {"00:00"}))
            # A page has in its header who reads it.
            if "release" in rule.arguments and not is_page:
                yield from (f"{path}: {fault}" for fault in _of_release(browsers[-1], path, answers[0]))
        for answer in answers:
            answer.close()


def _days(answer: TestResponse) -> set[str]:
    """The days and times of day in an answer."""
    return set(_DAY.findall(_STAMP.sub(b"", answer.data).decode(errors="replace")))


def _of_release(stranger: FlaskClient, path: str, answer: TestResponse) -> Iterator[str]:
    """Where the answer about a release is not one that anybody may keep for a day or longer, by its number."""
    kept = re.fullmatch(r"public, max-age=(\d+)(, immutable)?", answer.headers.get("Cache-Control", ""))
    if not kept or int(kept[1]) < dt.timedelta(days=1).total_seconds():
        yield "may not be kept"
    mark = answer.headers.get("ETag")
    if not mark or stranger.get(path, headers={"If-None-Match": mark}).status_code != 304:
        yield "has no mark of its own"
    if {"Last-Modified", "Set-Cookie"} & set(answer.headers.keys()):
        yield "has a time or a visitor"
    zones = [place["zone"] for place in answer.get_json().get("places", [])] if answer.is_json else []
    if zones != sorted(zones) or (answer.is_json and not zones):
        yield "has an order of its own"


ATTACKS = (a21_metadata,)
