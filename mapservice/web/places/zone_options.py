"""The options of the location page: countries, zones as lists, and the levels of a home."""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from mapservice.db import get_session
from mapservice.errors import UnknownZoneError
from mapservice.geo import zone_data
from mapservice.geo.zones import CHOOSABLE, Level, Zone, ZoneId, is_finer
from mapservice.geo.zones import path as ancestry
from mapservice.i18n import consent_wordings
from mapservice.i18n.labels import LEVELS, at_least, country_name, expected, zone_name
from mapservice.i18n.plural_forms import plural_forms
from mapservice.i18n.translation import get_locale, gettext
from mapservice.privacy.home_changes import COOLDOWN, FormerHome, Home, may_correct, next_move_date
from mapservice.privacy.precision import (
    FINEST_FOR_MINORS,
    MIN_EXPECTED_PEOPLE,
    UNKNOWN_PREVALENCE,
    expected_people,
    needs_second_consent,
    offered_level,
)
from mapservice.store.places import home_zones, homes
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree as zones


@dataclass(frozen=True, slots=True)
class LevelOption:
    """One level of a home: its zone in words, the population, and whether showing it needs more consent."""

    zone_id: ZoneId
    level: Level
    title: str
    people: str
    expected: str
    is_offered: bool
    is_finer: bool
    is_barred: bool


def level_options(path: Sequence[Zone], prevalence: float | None, *, for_minor: bool) -> list[LevelOption]:
    """Return the zones of a home from the country down, each as an option."""
    if not path:
        return []
    offered = offered_level(path, prevalence, for_minor=for_minor)
    return [
        LevelOption(
            zone.id,
            zone.level,
            zone_name(zone.id, zone.name),
            at_least(zone.people),
            expected(expected_people(zone, prevalence)),
            zone.level is offered,
            needs_second_consent(zone.level, offered),
            for_minor and is_finer(zone.level, than=FINEST_FOR_MINORS),
        )
        for zone in path
    ]


def page_facts(
    member: Member, condition: Condition, membership: Membership, *, marked: str, within: str, country: str
) -> dict[str, Any]:
    """Return the variables of the location page, except the form itself.

    ``within`` is the zone that the member has reached in the lists, ``marked`` the one that is chosen in the form.
    """
    home = home_zones.home(get_session(), member)
    at = within or (home.zone_id if home and marked in ("", *ancestry(home.zone_id)) else marked)
    path = zones.path(get_session(), at) if at else []
    if country and country not in _choosable_countries():
        raise UnknownZoneError
    offered = level_options(path, condition.prevalence, for_minor=homes.is_for_minor(get_session(), membership))
    below = zones.children(get_session(), path[-1].id) if path else []
    if not path and country:
        below = [zones.get(get_session(), _choosable_countries()[country].zones)]
    return {
        "countries": _countries(),
        "country": country or _country_of(path),
        "choices": offered,
        "chosen_zone": marked or _offered(offered) if within or marked else "",
        "below": [(zone.id, zone_name(zone.id, zone.name), at_least(zone.people)) for zone in below],
        "home": home,
        "choose_again_from": _choose_again_from(member),
        "home_name": _home_name(home),
        "finer_wording": consent_wordings.second_consents(
            [(choice.title, choice.expected) for choice in offered if choice.is_finer]
        ),
        "page_data": _page_data(condition, membership, path) | {"stored": home.zone_id if home else None},
    }


def _country_of(path: Sequence[Zone]) -> str:
    """Return the code of the country of a zone; empty in a group of small states, where it could be any of them."""
    code = path[0].id if path else ""
    return code if code in _choosable_countries() and _choosable_countries()[code].zones == code else ""


def _choose_again_from(member: Member) -> dt.date | None:
    """Return when a member who deleted their location can choose another; None if they can now."""
    last, now = home_zones.last_home(get_session(), member), dt.datetime.now(dt.UTC)
    if not isinstance(last, FormerHome) or may_correct(last, now=now) or now - last.since >= COOLDOWN:
        return None
    return next_move_date(last)


def _home_name(home: Home | None) -> str:
    """Return the stored home zone in words; empty if there is none."""
    return zone_name(home.zone_id, zones.names(get_session(), [home.zone_id])[home.zone_id]) if home else ""


@functools.cache
def _choosable_countries() -> dict[str, zone_data.Country]:
    """Return the countries that can be chosen, by code."""
    return {country.code: country for country in zone_data.countries()}


def _offered(offered: list[LevelOption]) -> str:
    """Return the zone of the level that is offered by default."""
    return next((choice.zone_id for choice in offered if choice.is_offered), "")


def _countries() -> list[tuple[str, str]]:
    """Return all countries as (code, name in the reader's language), by name."""
    named = [(code, country_name(code, country.name)) for code, country in _choosable_countries().items()]
    return sorted(named, key=lambda country: country[1].casefold())


def _page_data(condition: Condition, membership: Membership, path: Sequence[Zone]) -> dict[str, Any]:
    """Return the data for the script of the page; it is the same for all homes of a zone."""
    tree = zone_data.TREE_VERSION
    return {
        "zonesUrl": url_for("zone_data.zones", tree=tree, code="XX"),
        "groundUrl": url_for("zone_data.tile", z=0, x=0, y=0).removesuffix("/0/0/0.mvt") + "/{z}/{x}/{y}.mvt",
        "gazetteerUrl": url_for("zone_data.gazetteer", tree=tree, code="XX"),
        "files": {code: country.zones for code, country in _choosable_countries().items()},
        "locale": str(get_locale()).replace("_", "-"),
        "prevalence": UNKNOWN_PREVALENCE if condition.prevalence is None else condition.prevalence,
        "enough": MIN_EXPECTED_PEOPLE,
        "forMinor": homes.is_for_minor(get_session(), membership),
        "finestForMinors": FINEST_FOR_MINORS,
        "home": path[-1].id if path else None,
        "levels": [{"level": level, "name": str(LEVELS[level])} for level in CHOOSABLE],
        "words": script_words(),
    }


def script_words() -> dict[str, str | dict[str, str]]:
    """Return the messages of the script, translated."""
    return {
        "atLeast": plural_forms("at least {n} person", "at least {n} people"),
        "expected": plural_forms(
            "we expect about {n} person with this condition", "we expect about {n} people with this condition"
        ),
        "expectedFew": gettext("we expect fewer than 1 person with this condition"),
        "finer": str(consent_wordings.FINER),
        "about": str(consent_wordings.ABOUT),
        "figure": plural_forms("about {n} person", "about {n} people"),
        "figureFew": gettext("fewer than 1 person"),
        "district": gettext("District around {place}"),
        "area": gettext("Area around {place}"),
        "offered": gettext("suggested"),
        "asksMore": gettext("requires additional consent"),
        "barred": gettext("not available for someone under 18"),
        "loading": gettext("Loading the zones of this country…"),
        "failed": gettext("We could not load the zones. Check your connection and choose the country again."),
        "noTown": gettext(
            "We could not find a town with this name. Try the nearest larger town, or choose a point on the map."
        ),
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
        "outside": gettext("That is not in this country. Choose the country you live in."),
        "whereFailed": gettext("Your device could not determine its location. Enter a town instead."),
        "found": gettext("Found: {zone}. Now choose how much of your location to show."),
        "towns": plural_forms(
            "{n} town found. Use the arrow keys to choose.", "{n} towns found. Use the arrow keys to choose."
        ),
        "nobody": gettext("nothing"),
        "pin": gettext("a pin somewhere in: {zone}"),
        "badge": gettext("counted in {zone}, without a pin"),
    }
