"""The published figures of a condition in words: headline, map legend, map messages."""

from collections.abc import Sequence
from itertools import pairwise

from mapservice.geo.zones import Level
from mapservice.i18n.plural_forms import plural_forms
from mapservice.i18n.translation import format_decimal, ngettext
from mapservice.i18n.translation import gettext as _
from mapservice.store.figures.published import Published


def headline(figures: Published) -> str | None:
    """Return the number of people and of countries; None if everything is too few to show."""
    countries = sum(place.level == Level.COUNTRY for place in figures.places)
    n = format_decimal(countries)
    if figures.world is None:
        return ngettext("People in %(n)s country", "People in %(n)s countries", countries, n=n) if countries else None
    people = format_decimal(figures.world)
    if not countries:
        return ngettext("About %(people)s person", "About %(people)s people", figures.world, people=people)
    return ngettext(
        "About %(people)s people in %(n)s country",
        "About %(people)s people in %(n)s countries",
        countries,
        people=people,
        n=n,
    )


def legend(scale: Sequence[int]) -> list[tuple[int, str]]:
    """Return the colour classes of a scale, each with the range of figures in words."""
    written = [(format_decimal(low), format_decimal(following - 5)) for low, following in pairwise(scale)]
    last = _("%(n)s or more", n=format_decimal(scale[-1]))
    return list(enumerate([*(f"{low}–{high}" for low, high in written), last], start=1))


def layer_words() -> dict[str, object]:
    """Return the messages of the map in the reader's language."""
    return {
        "again": _("Try again"),
        "error": _("We could not load the map. The table has the same information."),
        "few": _("{name}: too few to show"),
        "loading": _("Loading…"),
        "open": plural_forms("{name}: about {n} person; zoom in", "{name}: about {n} people; zoom in"),
        "place": plural_forms("{name}: about {n} person", "{name}: about {n} people"),
    }
