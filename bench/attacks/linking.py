"""Attacks on who is who: one person on the maps of two conditions, and patients of a rare disease."""

import datetime as dt
import uuid
from collections.abc import Callable

import numpy as np

from bench.attacks.people import Members, members, world
from bench.attacks.places import pin_of, zone_of
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import path
from mapservice.privacy.disclosure import Bucket, released_count
from mapservice.privacy.precision import MIN_EXPECTED_PEOPLE, UNKNOWN_PREVALENCE
from mapservice.privacy.showing import Obstacle, Wish, obstacles
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import random_id

#: Members who live in one zone, and are all in both conditions.
TOGETHER = 12


def a17_linking(context: Context) -> Outcome:
    """A member of two conditions looks for one person on both maps: by the pin, the id, the order of the list."""
    rate, chance_rate = _linked(context, _product)
    broken, _ = _linked(context, _same_pin)
    return Outcome(
        "A17 one person on two maps: coordinates, ids, order", "found", f"≤ chance ({chance_rate:.3f}) + 0.02",
        f"{rate:.3f}", rate <= chance_rate + 0.02, "same pin in every condition", f"{broken:.3f}",
        broken > chance_rate + 0.02,
    )  # fmt: skip


Design = Callable[[Context, int, uuid.UUID, int], tuple[tuple[float, float], str]]


def _product(context: Context, area: int, member: uuid.UUID, condition: int) -> tuple[tuple[float, float], str]:
    return pin_of(context, area, member, condition), random_id()


def _same_pin(context: Context, area: int, member: uuid.UUID, _condition: int) -> tuple[tuple[float, float], str]:
    return pin_of(context, area, member, 0), random_id()


def _linked(context: Context, design: Design) -> tuple[float, float]:
    """How often somebody is found on the second map, and how often by chance."""
    chance = np.random.default_rng([context.seed, 17])
    areas = np.unique(members(context, min(context.scale.members, 1_500), salt=17).area)
    hits = tries = 0
    for area in np.tile(areas, max(1, 400 // len(areas)))[:1_500]:
        people = [uuid.UUID(bytes=chance.bytes(16), version=4) for _ in range(TOGETHER)]
        first = [design(context, area, person, 1) for person in people]
        order = chance.permutation(TOGETHER)
        second = [(*design(context, area, people[at], 2), at) for at in order]
        # The lists of the product are sorted by the public id, so a place in the list is all that the order can tell.
        ranks = sorted(range(TOGETHER), key=lambda at: first[at][1])
        by_rank = [sighting[2] for sighting in sorted(second, key=lambda sighting: sighting[1])]
        for rank, at in enumerate(ranks):
            pin, public_id = first[at]
            same = [sighting[2] for sighting in second if sighting[0] == pin or sighting[1] == public_id]
            hits += at == (chance.choice(same) if same else by_rank[rank])
            tries += 1
    return hits / tries, 1 / TOGETHER


def a18_rare(context: Context) -> Outcome:
    """Somebody who knows the patients of a place looks for figures and zones that fit only one of them."""
    people, chance = members(context, salt=18), np.random.default_rng([context.seed, 18])
    prevalence = [None if rate < 1 else float(rate) for rate in 10 ** chance.uniform(-0.3, 2.5, len(people.area))]
    finer = _shown_finer(context, people, prevalence, _granted)
    naive = _shown_finer(context, people, prevalence, lambda _wish, _prevalence: True)
    low = 0
    for at in range(context.scale.trials):
        n = int(chance.integers(0, 12))
        shown = released_count(Bucket("rare", f"X{at}"), n, version=at % 7, key=b"r" * 32)
        low += shown is not None and (n < 5 or shown < 10)
    return Outcome(
        "A18 rare disease", "figures with n < 5 or below 10; memberships shown finer than offered without consent",
        "0; 0", f"{low}; {finer}", low == finer == 0, "no rarity rule", f"{naive} memberships", naive > 0,
    )  # fmt: skip


def _granted(wish: Wish, prevalence: float | None) -> bool:
    """Whether the product grants a wish; the one obstacle of a member without a home yet is the second consent."""
    faults = obstacles(wish, None, prevalence=prevalence, for_minor=False, now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert set(faults) <= {Obstacle.NEEDS_CONSENT}
    return not faults


def _shown_finer(
    context: Context, people: Members, prevalence: list[float | None], grants: Callable[[Wish, float | None], bool]
) -> int:
    """Memberships shown in a zone with too few patients where a coarser one was offered, without a consent to it."""
    where, finer = world(context), 0
    for area, rate in zip(people.area, prevalence, strict=True):
        steps = [zone_of(where.zones[zone]) for zone in path(where.areas[area])]
        patients = [(UNKNOWN_PREVALENCE if rate is None else rate) * zone.people / 100_000 for zone in steps]
        for depth in range(1, len(steps)):
            wish = Wish(steps[: depth + 1], Audience.MEMBERS, agrees_to_finer=False, says_moved=False)
            finer += patients[depth] < MIN_EXPECTED_PEOPLE and grants(wish, rate)
    return finer


ATTACKS = (a17_linking, a18_rare)
