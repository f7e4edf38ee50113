"""The attacks on published figures once more, on the files themselves: a year of weekly releases, all formats."""

import csv
import datetime as dt
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TextIO

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench.attacks import community, service
from bench.attacks.counts import Likelihood
from bench.attacks.table import Context, Outcome
from mapservice.actions import export_figures
from mapservice.config import Config
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.geo.zones import Level
from mapservice.privacy.disclosure import DEFAULT, rounded
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Membership, ZoneRow
from testing.releasing import release

#: What a reader gets of each release: a table and a map layer, by country and by region.
FORMATS = (Format.CSV, Format.GEOJSON)

#: A place of a condition, and its figure in each release.
Place = tuple[str, str]
Figures = dict[Place, int | None]


def a11_files(context: Context) -> Outcome:
    """A statistician keeps every file of a year, in every format and by every geography, and compares all of them.

    People join and leave each week. Files of one release must agree with each other, and show nothing below the
    threshold; the best guess from the whole year finds a small count no oftener than chance and noise allow.
    """
    weeks, groups = (52, 24) if context.scale.edits > 1_000 else (14, 8)
    with service.service(context) as (app, session, _connection):
        town = _Towns(session, np.random.default_rng([context.seed, 111]), groups)
        today, year, wrong = dt.datetime.now(dt.UTC).date(), [], 0
        for week in range(weeks):
            day = today - dt.timedelta(weeks=weeks - 1 - week)
            town.live(day)
            release(session, day)
            figures, faults = _read(session, app.extensions["config"], town.conditions)
            wrong += faults
            year.append(figures)
        truth = town.counted()
    small = [place for place, n in truth.items() if 1 <= n <= 14]
    blurred = np.mean([_blurred([released.get(place) for released in year]) == truth[place] for place in small])
    plain = np.mean([_plain(_suppressed(truth), place) == truth[place] for place in small])
    return Outcome(
        f"A11 the files of {weeks} releases, all formats and levels", "figures that disagree or lie below the "
        f"threshold; n of 1–14 found exactly, of {len(small)}", "0; ≤ 0.35", f"{wrong}; {blurred:.3f}",
        bool(wrong == 0 and blurred <= 0.35), "counts from 5 on as they are, and their sums", f"{plain:.3f}",
        bool(plain > 0.35),
    )  # fmt: skip


class _Towns:
    """Communities of some conditions over a few regions, that grow and shrink week by week."""

    def __init__(self, session: Session, chance: np.random.Generator, groups: int) -> None:
        self.session, self.chance, self.week = session, chance, 0
        largest = select(Condition).where(Condition.prevalence.is_not(None)).order_by(Condition.id).limit(groups)
        self.conditions = list(session.scalars(largest))
        known = (
            select(ZoneRow.id)
            .where(ZoneRow.level == Level.REGION, ZoneRow.country.in_(("NL", "PL")))
            .order_by(ZoneRow.id)
        )
        self.regions = list(session.scalars(known))
        self.weights = chance.dirichlet(np.full(len(self.regions), 0.6))

    def live(self, day: dt.date) -> None:
        """A week: at first a community for each condition, later some who come and some who leave."""
        self.week += 1
        for condition in self.conditions:
            size = int(self.chance.integers(40, 260)) if self.week == 1 else int(self.chance.poisson(2))
            homes = [str(region) for region in self.chance.choice(self.regions, size, p=self.weights)]
            if homes:
                joined = [day - dt.timedelta(days=30)] * size
                community.settle(
                    self.session, [condition], homes, prefix=f"{condition.slug}-{self.week}", joined=joined
                )
            for leaver in self._leavers(condition):
                memberships.leave(self.session, leaver)
        self.session.commit()

    def _leavers(self, condition: Condition) -> Sequence[Membership]:
        how_many = int(self.chance.poisson(1)) if self.week > 1 else 0
        held = select(Membership).where(Membership.condition_id == condition.id).order_by(Membership.public_id)
        return self.session.scalars(held.limit(how_many)).all()

    def counted(self) -> dict[Place, int]:
        """How many are counted in each region at the end: what the files must not tell."""
        rows = self.session.execute(
            text("select slug, region, count(*) from counted_member join condition on condition.id = condition_id "
                 "where region is not null group by 1, 2")
        )  # fmt: skip
        return {(slug, region): n for slug, region, n in rows}


def _read(session: Session, config: Config, conditions: Sequence[Condition]) -> tuple[Figures, int]:
    """The figures of the newest release as its files tell them, and how many of them are not as they should be."""
    shown: dict[Place, set[int | None]] = defaultdict(set)
    for by in Geography:
        selection = export_figures.select_figures(session, [condition.slug for condition in conditions], by)
        for form in FORMATS:
            path = export_figures.write_file(session, config, selection, form)
            with path.open(encoding="utf-8") as file:
                for slug, zone, people in _rows(file, form):
                    shown[slug, zone].add(people)
            shutil.rmtree(path.parent)
    least = rounded(DEFAULT.threshold, DEFAULT.base)
    wrong = sum(len(numbers) > 1 or any(n is not None and n < least for n in numbers) for numbers in shown.values())
    return {place: next(iter(numbers)) for place, numbers in shown.items()}, wrong


def _rows(file: TextIO, form: Format) -> Iterator[tuple[str, str, int | None]]:
    if form is Format.CSV:
        for row in csv.DictReader(file):
            yield row["condition"], row["zone"], int(row["people"]) if row["people"] else None
    else:
        for feature in json.load(file)["features"]:
            seen = feature["properties"]
            yield seen["condition"], seen["zone"], seen["people"]


#: What the likelihood of a small count knows; and how many versions back a count is still nearly the same.
_LIKELIHOOD, _RECENT = Likelihood(40), 4


def _blurred(figures: Sequence[int | None]) -> int:
    """The best guess of a count from its figures of a year, by who knows how they are made."""
    changes = [shown for at, shown in enumerate(figures) if at == 0 or shown != figures[at - 1]]
    seen = [(0, shown) for shown in changes[-_RECENT:]]
    # A count may have changed so much that no single one fits all of them.
    return _LIKELIHOOD.best(seen if _LIKELIHOOD.fits(seen) else seen[-1:])


def _suppressed(truth: dict[Place, int]) -> Figures:
    """The control: counts below five are left out, and the country says the sum."""
    sums: Counter = Counter()
    for (slug, region), n in truth.items():
        sums[slug, region.partition(".")[0]] += n
    return {place: n if n >= DEFAULT.minimum_count else None for place, n in truth.items()} | dict(sums)


def _plain(figures: Figures, place: Place) -> int | None:
    """The count that such a table tells: as it stands there, or as what is left of the country."""
    slug, region = place
    country = region.partition(".")[0]
    of_country = {zone: n for (of, zone), n in figures.items() if of == slug and zone.startswith(f"{country}.")}
    missing = [zone for zone, n in of_country.items() if n is None]
    if figures[place] is not None or len(missing) > 1:
        return figures[place]
    return (figures[slug, country] or 0) - sum(n for n in of_country.values() if n is not None)


ATTACKS = (a11_files,)
