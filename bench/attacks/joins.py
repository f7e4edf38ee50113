"""Attacks on one join: somebody knows all others of a bucket, and its whole past, and watches for one person more."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from bench.attacks.mechanism import laplace
from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import (
    DEFAULT,
    WORLD,
    Bucket,
    Profile,
    State,
    lasting_noise,
    next_state,
    released_count,
    rounded,
)

#: Fake accounts that an attacker can bring to the age at which they are counted.
FAKES = 8

#: How often each enters between two renewals: it is deleted and registered again, with the same e-mail, all along.
ENTRIES, RETURN = DEFAULT.max_entries, DEFAULT.min_return

#: The people of the bucket and its lasting noise, which a long past with known people betrays; far above the threshold.
START = 100

#: Releases from one renewal to the next, which ends what is watched: each renewal more is one look more at the others.
WATCHED = DEFAULT.renewal_interval

#: P(E) as the design publishes it: the attacker reads the source.
E_IS = laplace(DEFAULT.version_bound)

#: The figures that were seen, the first from before the person came.
Sight = tuple[int, ...]


class Plan(NamedTuple):
    """How many fakes come in each release, and how many go before it."""

    come: tuple[int, ...]
    go: tuple[int, ...]

    @classmethod
    def of(cls, come: tuple[int, ...], *, rounds: int = 1, go: int = 0) -> "Plan":
        """A plan of who comes in the first releases, comes again as often, and goes before the renewal.

        Who comes again has gone right after they came, and is registered anew.
        """
        coming, going = [0] * WATCHED, [0] * WATCHED
        for at, release in ((at, at + turn * RETURN) for turn in range(rounds) for at in range(len(come))):
            if release < WATCHED:
                coming[release] += come[at]
                if release >= RETURN:
                    going[release - RETURN + 1] += come[at]
        going[-1] += go
        return cls(tuple(coming), tuple(going))

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"{sum(self.come)} entries, {self.come[0]} of them at once, {self.go[-1]} go"


class Design(NamedTuple):
    """The batches of a design, and whether a bucket is renewed although nobody came."""

    min_batch: int
    batch_choices: int
    always_renewed: bool = True

    @classmethod
    def of(cls, profile: Profile) -> "Design":
        """The design of a profile."""
        return cls(profile.min_batch, profile.batch_choices)

    @property
    def batches(self) -> range:
        """The sizes that a batch can have."""
        return range(self.min_batch, self.min_batch + self.batch_choices)


def plans() -> Iterator[Plan]:
    """Some fakes come with the person or before, and the others one by one; all come again, or none; then some go."""
    for fakes in range(FAKES + 1):
        for at_once in sorted({0, min(4, fakes), fakes}):
            come = (at_once, *[1] * (fakes - at_once))
            for rounds, go in itertools.product(range(1, ENTRIES + 1), range(min(fakes, DEFAULT.base - 1) + 1)):
                yield Plan.of(come, rounds=rounds, go=go)


def sights(start: int, plan: Plan, joins: int, design: Design) -> dict[Sight, float]:
    """What is seen, and how probably, where ``joins`` people come in the first release: the attacker's arithmetic."""
    states: dict[tuple[Sight, int], float] = {((shown,), 0): p for shown, p in _figure(start).items()}
    for release, (fakes, gone) in enumerate(zip(plan.come, plan.go, strict=True), start=1):
        came = fakes + (joins if release == 1 else 0)
        start += came - gone
        new: dict[tuple[Sight, int], float] = defaultdict(float)
        for (seen, pending), p in states.items():
            waiting = pending + came
            is_renewed = release == WATCHED and (design.always_renewed or waiting > 0)
            full = 1.0 if is_renewed else _full(pending, waiting, design)
            if full > 0:
                for shown, q in _figure(start).items():
                    new[(*seen, shown), 0] += p * full * q
            if full < 1:
                new[(*seen, seen[-1]), waiting] += p * (1 - full)
        states = new
    odds: dict[Sight, float] = defaultdict(float)
    for (seen, _pending), p in states.items():
        odds[seen] += p
    return odds


def _full(pending: int, waiting: int, design: Design) -> float:
    """P(so many fill the batch), where those who were pending before did not: all sizes are equally probable."""
    larger = [size for size in design.batches if size > pending]
    return sum(size <= waiting for size in larger) / len(larger)


@cache
def _figure(known: int) -> dict[int, float]:
    """The figures of a version, where people and lasting noise together are known."""
    odds: dict[int, float] = defaultdict(float)
    for e, p in E_IS.items():
        odds[rounded(known + e, DEFAULT.base)] += p
    return odds


def advantage(start: int, plan: Plan, design: Design) -> float:
    """True less false alarms of the best rule there can be."""
    without, with_join = (sights(start, plan, joins, design) for joins in (0, 1))
    return sum(max(0.0, p - without.get(seen, 0.0)) for seen, p in with_join.items())


def best(design: Design) -> tuple[float, list[Plan]]:
    """The advantage of who takes the best plan for each position between two multiples of the base, and those plans."""
    gains = [
        max((advantage(START + position, plan, design), plan) for plan in plans()) for position in range(DEFAULT.base)
    ]
    return sum(gain for gain, _plan in gains) / len(gains), [plan for _gain, plan in gains]


def mean_advantage(plan: Plan, design: Design) -> float:
    """The advantage of a plan over the positions between two multiples of the base."""
    return sum(advantage(START + position, plan, design) for position in range(DEFAULT.base)) / DEFAULT.base


def a14_join(context: Context) -> Outcome:
    """Who knows all others of a bucket, and its past, asks whether one person joined, with fakes as it serves them."""
    computed, how = best(Design.of(DEFAULT))
    chance = np.random.default_rng([context.seed, 14])
    played = _played(chance, context.scale.trials * 4, how)
    four, nobody = (Plan.of((fakes,)) for fakes in (4, 0))
    fixed, quiet = mean_advantage(four, Design(5, 1)), mean_advantage(nobody, Design(5, 6, always_renewed=False))
    return Outcome(
        "A14 fake accounts detect one join", f"advantage until the renewal, best of 0–8 fakes, each registered again "
        f"up to {ENTRIES - 1} times ({how[0].words}): computed; played",
        "≤ 0.30", f"{computed:.3f}; {played:.3f}", max(computed, played) <= 0.30,
        "fixed batch; renewed only if someone joined", f"{fixed:.3f}; {quiet:.3f}", min(fixed, quiet) > 0.30,
    )  # fmt: skip


def _played(chance: np.random.Generator, trials: int, how: list[Plan]) -> float:
    """The advantage of the same rule against the product itself."""
    key, design, gains = chance.bytes(32), Design.of(DEFAULT), 0
    likely = {
        (position, joins): sights(START + position, plan, joins, design)
        for (position, plan), joins in itertools.product(enumerate(how), (0, 1))
    }
    for at in range(trials):
        position = int(chance.integers(0, DEFAULT.base))
        without, with_join = likely[position, 0], likely[position, 1]
        for joins, sign in ((0, -1), (1, 1)):
            seen = _watch(key, Bucket(f"A14/{at}/{joins}", WORLD), START + position, how[position], joins)
            assert seen in (with_join if joins else without), "the attacker's arithmetic is not that of the product"
            gains += sign * (with_join.get(seen, 0.0) > without.get(seen, 0.0))
    return gains / trials


def _watch(key: bytes, bucket: Bucket, known: int, plan: Plan, joins: int) -> Sight:
    """The figures of a bucket whose people and lasting noise together are known."""
    people, state = known - lasting_noise(key, bucket), State(1)
    seen = [released_count(bucket, people, version=1, key=key)]
    for release, (fakes, gone) in enumerate(zip(plan.come, plan.go, strict=True), start=1):
        is_last, came = release == WATCHED, fakes + (joins if release == 1 else 0)
        people += came - gone
        after = next_state(bucket, state, came, is_renewed=is_last, key=key)
        is_new = after.version != state.version
        seen.append(released_count(bucket, people, version=after.version, key=key) if is_new else seen[-1])
        state = after
    return tuple(number or 0 for number in seen)


ATTACKS = (a14_join,)
