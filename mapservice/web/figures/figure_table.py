"""The published figures as a table: countries, and the regions of one country."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mapservice import maps
from mapservice.db import get_session
from mapservice.geo.zones import Level, ZoneId, ancestor
from mapservice.i18n.labels import zone_name
from mapservice.store.figures import published
from mapservice.store.figures.published import Published
from mapservice.store.figures.releases import Figure
from mapservice.store.zones import tree


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of the table; ``shown`` and ``rank``, its colour class, are None for "too few to show"."""

    zone_id: ZoneId
    name: str
    shown: int | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class CountryFigures:
    """A country in the table with its regions; ``has_others`` if some of them are too few to show."""

    row: FigureRow
    regions: tuple[FigureRow, ...]
    has_others: bool

    @property
    def has_regions(self) -> bool:
        """Whether it is divided into regions, with figures or without."""
        return self.has_others or bool(self.regions)


def countries(figures: Published) -> list[CountryFigures]:
    """Return the countries with a figure, or with a region that has one: the largest first, equal ones by name."""
    codes = {ancestor(place.zone_id, Level.COUNTRY) for place in figures.places}
    return sorted(_with_regions(figures, codes), key=lambda country: _order(country.row))


def one_country(figures: Published, code: ZoneId) -> CountryFigures | None:
    """Return a country with its regions, whether they have figures or not; None if there is no such country."""
    return next(iter(_with_regions(figures, {code})), None)


def _with_regions(figures: Published, codes: Collection[ZoneId]) -> list[CountryFigures]:
    """Return those of the countries that exist."""
    scale = maps.choropleth.colour_scale(published.largest_figure(figures))
    regions: dict[ZoneId, list[FigureRow]] = defaultdict(list)
    shown: dict[ZoneId, FigureRow] = {}
    for place in figures.places:
        if place.level == Level.COUNTRY:
            shown[place.zone_id] = _row(place, scale)
        else:
            regions[ancestor(place.zone_id, Level.COUNTRY)].append(_row(place, scale))
    counts = published.region_counts(get_session(), codes)
    return [
        CountryFigures(
            shown.get(code) or FigureRow(code, zone_name(code, name), None, None),
            tuple(sorted(regions[code], key=_order)),
            has_others=len(regions[code]) < counts.get(code, 0),
        )
        for code, name in tree.names(get_session(), list(codes)).items()
    ]


def _row(figure: Figure, scale: Sequence[int]) -> FigureRow:
    name = zone_name(figure.zone_id, figure.name)
    return FigureRow(figure.zone_id, name, figure.shown, maps.choropleth.colour_class(figure.shown, scale))


def _order(row: FigureRow) -> tuple[int, str]:
    return -(row.shown or 0), row.name
