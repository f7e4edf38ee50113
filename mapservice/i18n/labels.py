"""The translated labels of levels, roles and audiences."""

from babel import Locale

from mapservice.geo.zones import Level, ZoneId
from mapservice.i18n.translation import format_decimal, get_locale, gettext, lazy_gettext, ngettext
from mapservice.privacy.visibility import Audience, Role

LEVELS = {
    Level.COUNTRY: lazy_gettext("Country"),
    Level.REGION: lazy_gettext("Region"),
    Level.DISTRICT: lazy_gettext("District"),
    Level.AREA: lazy_gettext("Area"),
}

ROLES = {
    Role.PERSON: lazy_gettext("Person with the condition"),
    Role.CAREGIVER: lazy_gettext("Family or caregiver"),
    Role.ORGANISATION: lazy_gettext("Organisation"),
    Role.ADVISER: lazy_gettext("Adviser"),
    Role.PROFESSIONAL: lazy_gettext("Health professional"),
    Role.RESEARCHER: lazy_gettext("Researcher"),
}

AUDIENCES = {
    Audience.NOBODY: lazy_gettext("Nobody"),
    Audience.CONTACTS: lazy_gettext("My contacts here"),
    Audience.CONDITION: lazy_gettext("Members of this condition"),
    Audience.MEMBERS: lazy_gettext("All signed-in members"),
}


def country_name(code: str, name: str, language: str | None = None) -> str:
    """Return the name of a country in a language, by default the reader's, or ``name`` if there is none."""
    # CLDR has test names for user-assigned codes, which our groups of small states use; XK is Kosovo.
    is_group = code.startswith("X") and code != "XK"
    locale = Locale.parse(language) if language else get_locale()
    return name if is_group else locale.territories.get(code, name)


def zone_name(zone_id: ZoneId, name: str) -> str:
    """Return the name of a zone as displayed."""
    depth = zone_id.count(".")
    if zone_id.isdigit() or depth == 1:
        return name
    if depth == 0:
        return country_name(zone_id, name)
    if depth == 2:
        return gettext("District around %(place)s", place=name)
    return gettext("Area around %(place)s", place=name)


def at_least(people: int) -> str:
    """Return the population of a zone in words, rounded down to two significant digits."""
    n = rounded_down(people)
    return ngettext("at least %(n)s person", "at least %(n)s people", n, n=format_decimal(n))


def rounded_down(people: int) -> int:
    """Return a number rounded down to two significant digits.

    >>> rounded_down(61_842)
    61000
    """
    step: int = 10 ** max(len(str(people)) - 2, 0)
    return people // step * step


def expected(people: float) -> str:
    """Return the expected number of people with a condition in a zone, in words."""
    n = round(people)
    if n < 1:
        return gettext("fewer than 1 person")
    return ngettext("about %(n)s person", "about %(n)s people", n, n=format_decimal(n))
