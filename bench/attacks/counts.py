"""Attacks on the published figures of one bucket: fake accounts, averaging, one hidden member."""

from collections.abc import Callable

import numpy as np

from bench.attacks.joins import FAKES, RETURN
from bench.attacks.mechanism import laplace
from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import DEFAULT, Bucket, State, next_state, released_count, renewal, rounded

#: P(E) and P(Z) as the design publishes them: the attacker reads the source.
E_IS, Z_IS = laplace(DEFAULT.version_bound), laplace(DEFAULT.lasting_bound)


def answers(people: int) -> dict[int | None, float]:
    """What may be shown for so many people, and how probably, over both noises: the attacker's own arithmetic."""
    odds: dict[int | None, float] = {}
    for z, p in Z_IS.items():
        for shown, q in answers_with(people, z).items():
            odds[shown] = odds.get(shown, 0) + p * q
    return odds


def answers_with(people: int, z: int) -> dict[int | None, float]:
    """As ``answers`` where the lasting noise is known."""
    odds: dict[int | None, float] = {}
    for e, p in E_IS.items():
        noisy = people + z + e
        shown = rounded(noisy, DEFAULT.base) if noisy >= DEFAULT.threshold else None
        odds[shown] = odds.get(shown, 0) + p
    return odds


class Likelihood:
    """P(shown | n + fakes, Z), as arrays over n (rows) and Z (columns)."""

    def __init__(self, most: int):
        self.n = np.arange(1, most + 1)
        self._known: dict[tuple[int, int | None], np.ndarray] = {}

    def of(self, fakes: int, shown: int | None) -> np.ndarray:
        """The likelihood of one figure."""
        if (fakes, shown) not in self._known:
            rows = [[answers_with(n + fakes, z).get(shown, 0.0) for z in Z_IS] for n in self.n.tolist()]
            self._known[fakes, shown] = np.array(rows)
        return self._known[fakes, shown]

    def fits(self, seen: list[tuple[int, int | None]]) -> bool:
        """Whether there is a count that can have shown all of it."""
        together = np.prod([self.of(fakes, shown) for fakes, shown in seen], axis=0)
        return bool(together.any())

    def best(self, seen: list[tuple[int, int | None]]) -> int:
        """The most probable n after all that was seen, each n as probable before."""
        log = np.log(np.array(list(Z_IS.values())))[None].repeat(len(self.n), 0)
        with np.errstate(divide="ignore"):
            for fakes, shown in seen:
                log = log + np.log(self.of(fakes, shown))
        return int(self.n[np.argmax(np.exp(log - log.max()).sum(axis=1))])


def a13_fakes(context: Context) -> Outcome:
    """Somebody with 8 accounts lets subsets of them be counted for 5 years, and knows every version.

    They are deleted and registered again, which no rest can hold up, and so choose who of them is inside at each
    renewal, at random, or all of them always; in between all come as often as they can, to fill a batch.
    """
    trials, likelihood, rates = context.scale.trials // 3, Likelihood(14), []
    for strategy in (_any, _all):
        chance = np.random.default_rng([context.seed, 13])
        key = chance.bytes(32)
        hits = (_besieged(chance, key, Bucket("c", f"A13/{at}"), likelihood, strategy) for at in range(trials))
        rates.append(sum(hits) / trials)
    broken = sum(_live_cell_key(chance) for _ in range(trials)) / trials
    return Outcome(
        "A13 8 fake accounts, all subsets", "n of 1–14 found exactly in 5 years, subsets at random; all inside",
        "≤ 0.35", f"{rates[0]:.3f}; {rates[1]:.3f}", max(rates) <= 0.35,
        "live cell key", f"{broken:.3f}", broken > 0.35,
    )  # fmt: skip


#: Which of the fakes somebody wants inside at a renewal.
Strategy = Callable[[np.random.Generator], np.ndarray]


def _any(chance: np.random.Generator) -> np.ndarray:
    return chance.random(FAKES) < chance.random()


def _all(_chance: np.random.Generator) -> np.ndarray:
    return np.ones(FAKES, bool)


def _besieged(
    chance: np.random.Generator, key: bytes, bucket: Bucket, likelihood: Likelihood, strategy: Strategy
) -> bool:
    n, inside, ready = int(chance.integers(1, 15)), np.zeros(FAKES, bool), np.zeros(FAKES, int)
    state, seen, turn = State(), [], renewal(key, bucket)
    counted = strategy(chance)
    for week in range(260):
        until = (turn - week) % DEFAULT.renewal_interval
        # Who is back by the renewal goes after the release before this one, and is registered anew.
        gone = inside & (~counted if until == 0 else np.full(FAKES, until >= RETURN - 1))
        ready[gone] = week - 1 + RETURN
        came = ~inside & (ready <= week) & (counted if until == 0 else True)
        inside = inside & ~gone | came
        after = next_state(bucket, state, int(came.sum()), is_renewed=until == 0, key=key)
        if after.version != state.version:
            fakes = int(inside.sum())
            seen.append((fakes, released_count(bucket, n + fakes, version=after.version, key=key)))
        if until == 0:
            counted = strategy(chance)
        state = after
    return likelihood.best(seen) == n


def _live_cell_key(chance: np.random.Generator) -> bool:
    """The Australian method on live counts: noise by the sum of the members' keys, so each subset has its own."""
    n = int(chance.integers(1, 15))
    subsets = np.unpackbits(np.arange(2**FAKES, dtype=np.uint8)[:, None], axis=1).sum(axis=1)
    noise = chance.integers(-2, 3, 2**FAKES)
    return round(float(np.mean(n + subsets + noise - subsets))) == n


def a15_releases(context: Context) -> Outcome:
    """A reader averages 60 renewals, of nearly fourteen years (Asghar & Kaafar 2020, doi:10.2478/popets-2020-0034)."""
    chance, likelihood = np.random.default_rng([context.seed, 15]), Likelihood(40)
    trials, key = context.scale.trials // 2, chance.bytes(32)
    hits = broken = 0
    for at in range(trials):
        n, bucket, state, seen = int(chance.integers(1, 41)), Bucket("c", f"A15/{at}"), State(), []
        for _ in range(60):
            state = next_state(bucket, state, 0, is_renewed=True, key=key)
            seen.append((0, released_count(bucket, n, version=state.version, key=key)))
        assert state.version == 60
        hits += likelihood.best(seen) == n
        fresh = chance.choice(list(Z_IS), 60, p=list(Z_IS.values())) + chance.choice(list(E_IS), 60, p=[*E_IS.values()])
        broken += round(float(np.mean(n + fresh))) == n
    return Outcome(
        "A15 60 releases averaged, each a renewal", "n of 1–40 found exactly", "≤ 0.35", f"{hits / trials:.3f}",
        hits / trials <= 0.35, "fresh noise, not rounded", f"{broken / trials:.3f}", broken / trials > 0.35,
    )  # fmt: skip


def a20_hidden(context: Context) -> Outcome:
    """A member subtracts the visible pins from the public figure: is somebody hidden here, and how many are?"""
    _check_answers(context)
    advantages, broken = _hidden(answers), _hidden(_unnoised)
    return Outcome(
        "A20 figure minus visible pins",
        "one hidden, worst number of pins: advantage; left with one number of hidden members; "
        "certain that someone is hidden, that nobody is",
        "≤ 0.30; 0; ≤ 0.001, ≤ 0.001", "{:.3f}; {:.4f}; {:.4f}, {:.4f}".format(*advantages),
        advantages[0] <= 0.30 and advantages[1] == 0 and max(advantages[2:]) <= 0.001,
        "unnoised total", "{:.3f}; {:.3f}; {:.3f}, {:.3f}".format(*broken), broken[0] > 0.30 and broken[1] > 0,
    )  # fmt: skip


#: What may be shown for so many people, and how probably.
Answers = Callable[[int], dict[int | None, float]]


def _hidden(design: Answers) -> tuple[float, float, float, float]:
    """The worst of each over the pins somebody sees: of the chances where one member is hidden, or none in the last."""
    pins, advantage, exact, somebody, nobody = range(60), 0.0, 0.0, 0.0, 0.0
    shown_for = [design(people) for people in range(pins.stop + 2 * DEFAULT.interval)]
    for visible in pins:
        none, one = shown_for[visible], shown_for[visible + 1]
        # Whoever sees the pins knows that there are no fewer people; the bounds of the noise say how many at the most.
        many: dict[int | None, list[int]] = {}
        for hidden, odds in enumerate(shown_for[visible:]):
            for shown in odds:
                many.setdefault(shown, []).append(hidden)
        advantage = max(advantage, sum(max(0.0, p - none.get(shown, 0.0)) for shown, p in one.items()))
        somebody = max(somebody, sum(p for shown, p in one.items() if shown not in none))
        nobody = max(nobody, sum(p for shown, p in none.items() if many[shown] == [0]))
        exact = max(exact, *(sum(p for shown, p in odds.items() if hidden and many[shown] == [hidden])
                             for hidden, odds in enumerate(shown_for[visible : pins.stop + 2])))  # fmt: skip
    return advantage, exact, somebody, nobody


def _unnoised(people: int) -> dict[int | None, float]:
    """The total itself, where it is not small."""
    return {people if people >= DEFAULT.threshold else None: 1.0}


def _check_answers(context: Context) -> None:
    """The attacker's arithmetic must be that of the product: the figures of many keys fall as often on each answer."""
    chance, tries = np.random.default_rng([context.seed, 20]), 4_000
    for people in (4, 5, 14, 31):
        drawn = [released_count(Bucket("c", str(at)), people, version=1, key=chance.bytes(32)) for at in range(tries)]
        for shown, p in answers(people).items():
            assert abs(drawn.count(shown) / tries - p) < 0.04
        assert set(drawn) <= set(answers(people))


ATTACKS = (a13_fakes, a15_releases, a20_hidden)
