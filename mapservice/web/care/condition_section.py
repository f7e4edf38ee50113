"""The numbers of people who are remembered, by country, on the page of a condition."""

from typing import Any

from mapservice.db import get_session
from mapservice.i18n.labels import zone_name
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.store.figures import releases, remembered
from mapservice.store.tables import Condition
from mapservice.web.site.condition_sections import ConditionSection


def _facts(condition: Condition) -> dict[str, Any]:
    """Return the numbers of the current release; with none there is no section."""
    release = releases.current(get_session())
    if release is None:
        return {"remembered": []}
    countries = remembered.by_country(get_session(), release, condition)
    return {
        "remembered": [(zone_name(country.zone_id, country.name), country.shown) for country in countries],
        "remembered_base": PROFILES.get(release.profile, DEFAULT).base,
    }


SECTION = ConditionSection("care/condition", _facts)
