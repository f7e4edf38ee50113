"""Cases of the rules: what Python gives, by rule, for the scripts that repeat it in the page."""

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

from mapservice.errors import TooFineError
from mapservice.geo import zone_data
from mapservice.geo.zones import CHOOSABLE, Level, Zone, ZoneId, level_of, path
from mapservice.i18n.labels import rounded_down
from mapservice.maps.choropleth import SCALES, colour_class
from mapservice.privacy.geomasking import jitter
from mapservice.privacy.home_changes import COOLDOWN, Change, Home, change
from mapservice.privacy.precision import (
    FINEST_FOR_MINORS,
    MIN_EXPECTED_PEOPLE,
    UNKNOWN_PREVALENCE,
    check_level,
    expected_people,
    needs_second_consent,
    offered_level,
)
from mapservice.privacy.showing import Obstacle, Wish, obstacles
from mapservice.privacy.visibility import Audience, Viewer, sees

#: Per 100,000 people; None where it is not known.
PREVALENCES = (None, 0.02, 1.0, 2.0, 5.0, 22.0, 150.0, 2_500.0)

# People in the zones of invented homes, country first: around the bounds of each rule, and at halves.
_PEOPLE = (
    (83_000_000, 11_100_000, 549_999, 55_000),
    (83_000_000, 11_100_000, 550_000, 54_999),
    (900_000, 550_001, 220_000, 110_000),
    (250_000, 225_000, 125_000, 75_000),
    (200_000, 200_000, 100_000, 50_000),
    (1_100_000, 1_099_999, 550_000, 500_000),
    (61_842, 9_999, 1_001, 99),
)

_NUMBERS = (0, 1, 9, 10, 11, 99, 100, 101, 109, 110, 999, 1_000, 1_099, 61_842, 199_999, 200_000, 8_765_432, 10**9 + 1)

_IDS = (*path("DE.1.1.1"), *map(ZoneId, ("DE.1.1.11", "DE.1.11", "DE.11", "DE.2.1.1", "FR", "FR.1")))

Case = dict[str, Any]


def groups() -> dict[str, list[Case]]:
    """Return the cases by rule, each with what it takes and what it gives."""
    return {
        "choices": list(_choices()),
        "consent": list(_consents()),
        "sees": list(_viewers()),
        "pin": [{"takes": [level], "gives": _has_pin(level)} for level in CHOOSABLE],
        "elsewhere": list(_moves()),
        "path": [{"takes": [zone_id], "gives": list(path(zone_id))} for zone_id in _IDS],
        "roundedDown": [{"takes": [n], "gives": rounded_down(n)} for n in _NUMBERS],
        "figureClass": list(_classes()),
        "rounded": [{"takes": [n / 8], "gives": round(n / 8)} for n in range(60)],
    }


def _home(people: tuple[int, ...]) -> list[Zone]:
    """Return an invented home with so many people in its zones, from the country down."""
    ids = path("DE.1.1.1")
    return [Zone(ids[at], 1, level_of(ids[at]), "", n, b"") for at, n in enumerate(people)]


def _homes() -> Iterator[list[Zone]]:
    """Yield invented homes at the bounds of the rules, and real ones of a few countries."""
    for people in _PEOPLE:
        yield _home(people)
    for depth in (1, 2, 3):
        yield _home(_PEOPLE[2][:depth])
    for country in zone_data.countries()[::32]:
        rows = json.loads(gzip.decompress(zone_data.zone_file(country.zones).read_bytes()))["zones"]
        counted = {row[0]: row[3] for row in rows}
        yield [Zone(step, 1, level_of(step), "", counted[step], b"") for step in path(rows[-1][0])]


def _choices() -> Iterator[Case]:
    for home, prevalence, for_minor in product(_homes(), PREVALENCES, (False, True)):
        offered = offered_level(home, prevalence, for_minor=for_minor)
        yield {
            "takes": [
                [{"level": zone.level, "people": zone.people} for zone in home],
                _page_rules(prevalence, for_minor),
            ],
            "gives": [
                {
                    "level": zone.level,
                    "isSuggested": zone.level is offered,
                    "isBarred": _is_barred(zone.level, for_minor=for_minor),
                    "needsConsent": needs_second_consent(zone.level, offered),
                    "people": rounded_down(zone.people),
                    "expected": round(expected_people(zone, prevalence)),
                }
                for zone in home
            ],
        }


def _page_rules(prevalence: float | None, for_minor: bool) -> Case:
    """Return what the page of the location knows (``web/places/zone_options.py``)."""
    return {
        "prevalence": UNKNOWN_PREVALENCE if prevalence is None else prevalence,
        "enough": MIN_EXPECTED_PEOPLE,
        "forMinor": for_minor,
        "finestForMinors": FINEST_FOR_MINORS,
    }


def _is_barred(level: Level, *, for_minor: bool) -> bool:
    try:
        check_level(level, for_minor=for_minor)
    except TooFineError:
        return True
    return False


def _consents() -> Iterator[Case]:
    """Yield whether a wish for each level of a home needs the second consent, by audience."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for people, audience, depth in product(_PEOPLE[:3], Audience, range(1, 5)):
        wish = Wish(_home(people)[:depth], audience, agrees_to_finer=False, says_moved=False)
        against = obstacles(wish, None, prevalence=None, for_minor=False, now=now)
        needs = needs_second_consent(wish.zone.level, offered_level(wish.path, None))
        yield {"takes": [{"needsConsent": needs}, audience], "gives": Obstacle.NEEDS_CONSENT in against}


def _viewers() -> Iterator[Case]:
    """Yield who sees whom; a viewer is named as in the preview of the page."""
    somebody, person = UUID(int=1), UUID(int=2)
    viewers = {"stranger": Viewer(), "members": Viewer(somebody), "condition": Viewer(somebody, has_joined=True)}
    viewers["contact"] = replace(viewers["condition"], contacts=frozenset({person}))
    for (name, viewer), audience in product(viewers.items(), Audience):
        yield {"takes": [name, audience], "gives": sees(viewer, person, audience)}


def _has_pin(level: Level) -> bool:
    anchors = next(zone.anchors for zone in zone_data.country("LS") if zone.anchors)
    zone = Zone(ZoneId("LS.1"), 1, level, "", 200_000, anchors)
    return jitter(zone, UUID(int=1), 1, salt=b"salt", key=b"key").pin is not None


def _moves() -> Iterator[Case]:
    """Yield whether a zone lies elsewhere than the stored one, so that the member has to say that they have moved."""
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for stored, chosen in product(_IDS, _IDS):
        what = change(Home(stored, since), chosen, now=since + COOLDOWN)
        yield {"takes": [chosen, stored], "gives": what is Change.MOVED}


def _classes() -> Iterator[Case]:
    """Yield the class of colour of figures at and around each bound of the public map."""
    for scale in SCALES:
        for shown in sorted({15, 20, 90_000, *scale, *(least - 5 for least in scale[1:])}):
            yield {"takes": [shown, list(scale)], "gives": colour_class(shown, scale)}
