"""Attacks on the published figures of several buckets: parents less children, before less after, a known day."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import DEFAULT, Bucket, State, entry_delay, next_state, released_count, renewal

#: Counts whose exact value would tell of persons.
SMALL_COUNTS = range(1, 15)

Figure = int | None


def a11_differencing(context: Context) -> Outcome:
    """A statistician subtracts regions from their country, and a release from the next, and learns what that tells."""
    rate, broken = (_learned(_tables(context, design)) for design in (_released, _suppressed))
    return Outcome(
        "A11 parent − children, before − after", "n of 1–14 found exactly", "≤ 0.35", f"{rate:.3f}", rate <= 0.35,
        "suppression below 10", f"{broken:.3f}", broken > 0.35,
    )  # fmt: skip


def _released(key: bytes, country: str, place: str, n: int, version: int) -> Figure:
    return released_count(Bucket(country, place), n, version=version, key=key)


def _suppressed(_key: bytes, _country: str, _place: str, n: int, _version: int) -> Figure:
    return n if n >= 10 else None


def _tables(
    context: Context, design: Callable[[bytes, str, str, int, int], Figure]
) -> list[tuple[list[Hashable], int]]:
    """What is seen of each region with a small count, from coarse to fine, and its true count."""
    chance = np.random.default_rng([context.seed, 11])
    rows: list[tuple[list[Hashable], int]] = []
    key = chance.bytes(32)
    for at in range(context.scale.trials * 2):
        regions = np.minimum(chance.lognormal(2.3, 1.0, chance.integers(2, 6)).astype(int), 200)
        later = regions + chance.integers(0, 4, len(regions))
        first, second = (
            [design(key, f"c{at}", f"X.{i}", int(n), version) for i, n in enumerate(numbers.tolist())]
            for version, numbers in ((1, regions), (2, later))
        )
        totals = [design(key, f"c{at}", "X", int(n), v) for v, n in ((1, regions.sum()), (2, later.sum()))]
        for i, n in enumerate(later.tolist()):
            if n in SMALL_COUNTS:
                rest = tuple(_rest(total, table, i) for total, table in zip(totals, (first, second), strict=True))
                own, both = second[i], (first[i], second[i])
                rows.append(([own, both, (own, rest[1]), (both, rest)], n))
    return rows


def _rest(total: Figure, shown: Sequence[Figure], own: int) -> Hashable:
    """The parent less the shown siblings, and how many siblings are not shown."""
    others = [number for i, number in enumerate(shown) if i != own]
    left = None if total is None else max(-20, min(40, total - sum(number or 0 for number in others)))
    return left, min(2, others.count(None))


def _learned(rows: Sequence[tuple[list[Hashable], int]]) -> float:
    """How often the finest sight that was met often enough in the first half gives the count in the second."""
    half = len(rows) // 2
    met: dict[Hashable, Counter] = defaultdict(Counter)
    for sights, n in rows[:half]:
        for depth, sight in enumerate(sights):
            met[depth, sight][n] += 1
    hits = 0
    for sights, n in rows[half:]:
        known = [met[depth, sight] for depth, sight in enumerate(sights) if met[depth, sight].total() >= 8]
        hits += bool(known) and known[-1].most_common(1)[0][0] == n
    return hits / (len(rows) - half)


#: Regions of the country of A16, and releases that are watched after somebody became eligible.
REGIONS, WATCHED = 8, 16


def a16_known_day(context: Context) -> Outcome:
    """Who knows the day on which a person joined, and when they become countable, guesses the region from figures."""
    gain, broken = (_gain(context, watch) for watch in (_watch_releases, _watch_live))
    return Outcome(
        "A16 join day known", "gain in guessing the region", "≤ 0.03", f"{gain:+.3f}", gain <= 0.03,
        "live counts", f"{broken:+.3f}", broken > 0.03,
    )  # fmt: skip


Watch = Callable[[bytes, int, np.ndarray, int, np.random.Generator], list[Hashable]]


def _gain(context: Context, watch: Watch) -> float:
    """How much oftener than by sizes alone the region is found, by the best weight of each sight, learned on half."""
    chance, trials = np.random.default_rng([context.seed, 16]), context.scale.trials
    key, sizes = chance.bytes(32), np.array([90, 60, 45, 35, 30, 25, 20, 15])
    prior, true = sizes / sizes.sum(), chance.choice(REGIONS, trials, p=sizes / sizes.sum())
    seen = [watch(key, at, sizes, int(true[at]), chance) for at in range(trials)]
    half = trials // 2
    own: Counter[Hashable] = Counter()
    other: Counter[Hashable] = Counter()
    for sights, region in zip(seen[:half], true, strict=False):
        for number, sight in enumerate(sights):
            (own if number == region else other)[sight] += 1
    hits = 0
    for sights, region in zip(seen[half:], true[half:], strict=True):
        weight = [(own[sight] + 1) / (other[sight] / (REGIONS - 1) + 1) for sight in sights]
        hits += int(np.argmax(prior * weight)) == region
    return hits / (trials - half) - float((true[half:] == 0).mean())


def _watch_releases(key: bytes, at: int, sizes: np.ndarray, region: int, chance: np.random.Generator) -> list[Hashable]:
    """For each region whether its figure rose or fell soon (1–5 releases) and later, and what its turns tell of that.

    Anybody sees in the end when a region is renewed: whether that was soon, and whether it changed at another time.
    """
    entry = entry_delay(key, f"A16/{at}")
    joins = chance.poisson(0.006 * sizes, (WATCHED, REGIONS))
    joins[entry, region] += 1
    sights: list[Hashable] = []
    for number in range(REGIONS):
        bucket, state, n = Bucket(f"A16/{at}", str(number)), State(1, int(chance.integers(0, 10))), int(sizes[number])
        turn = renewal(key, bucket)
        shown = [released_count(bucket, n, version=1, key=key)]
        for release, count in enumerate(joins[:, number].tolist()):
            is_renewed = release % DEFAULT.renewal_interval == turn
            n, after = n + count, next_state(bucket, state, count, is_renewed=is_renewed, key=key)
            is_new = after.version != state.version
            shown.append(released_count(bucket, n, version=after.version, key=key) if is_new else shown[-1])
            state = after
        soon, later = (np.sign((b or 0) - (a or 0)) for a, b in ((shown[0], shown[5]), (shown[5], shown[-1])))
        changed = [release for release, (a, b) in enumerate(itertools.pairwise(shown)) if a != b]
        is_odd = any(release % DEFAULT.renewal_interval != turn for release in changed)
        sights.append((int(soon), int(later), turn < 5, is_odd))
    return sights


def _watch_live(_key: bytes, _at: int, sizes: np.ndarray, region: int, chance: np.random.Generator) -> list[Hashable]:
    """For each region by how much the live count rose on the day."""
    joins = chance.poisson(0.006 * sizes / 7)
    joins[region] += 1
    return joins.tolist()


ATTACKS = (a11_differencing, a16_known_day)
