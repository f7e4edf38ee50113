"""Attacks on the published figures of one bucket: fake accounts, averaging, one join, one hidden member."""

from collections import Counter

import numpy as np

from bench.attacks.mechanism import laplace
from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import DEFAULT, Bucket, State, next_state, released_count, rounded, version_noise

#: Fake accounts that an attacker can bring to the age at which they are counted.
FAKES = 8

#: Releases in which one account can change its bucket once: 180 days.
REST = DEFAULT.rest_days // 7

#: P(E) and P(Z) as the design publishes them: the attacker reads the source.
E_IS, Z_IS = laplace(DEFAULT.version_bound), laplace(DEFAULT.lasting_bound)


def answers(people: int) -> dict[int | None, float]:
    """What may be shown for so many people, and how probably, over both noises: the attacker's own arithmetic."""
    found: dict[int | None, float] = {}
    for z, p in Z_IS.items():
        for shown, q in answers_with(people, z).items():
            found[shown] = found.get(shown, 0) + p * q
    return found


def answers_with(people: int, z: int) -> dict[int | None, float]:
    """As ``answers`` where the lasting noise is known."""
    found: dict[int | None, float] = {}
    for e, p in E_IS.items():
        noisy = people + z + e
        is_shown = people >= DEFAULT.gate and noisy >= DEFAULT.threshold
        shown = rounded(noisy, DEFAULT.base) if is_shown else None
        found[shown] = found.get(shown, 0) + p
    return found


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

    def best(self, seen: list[tuple[int, int | None]]) -> int:
        """The most probable n after all that was seen, each n as probable before."""
        log = np.log(np.array(list(Z_IS.values())))[None].repeat(len(self.n), 0)
        with np.errstate(divide="ignore"):
            for fakes, shown in seen:
                log = log + np.log(self.of(fakes, shown))
        return int(self.n[np.argmax(np.exp(log - log.max()).sum(axis=1))])


def a13_fakes(context: Context) -> Outcome:
    """Somebody with 8 accounts lets subsets of them be counted for 5 years, and knows every version."""
    chance, likelihood = np.random.default_rng([context.seed, 13]), Likelihood(14)
    trials, key = context.scale.trials // 3, chance.bytes(32)
    hits = sum(_besieged(chance, key, Bucket("c", f"A13/{at}"), likelihood) for at in range(trials))
    broken = sum(_live_cell_key(chance) for _ in range(trials)) / trials
    return Outcome(
        "A13 8 fake accounts, all subsets", "n of 1–14 found exactly", "≤ 0.35", f"{hits / trials:.3f}",
        hits / trials <= 0.35, "live cell key", f"{broken:.3f}", broken > 0.35,
    )  # fmt: skip


def _besieged(chance: np.random.Generator, key: bytes, bucket: Bucket, likelihood: Likelihood) -> bool:
    n, inside, rested = int(chance.integers(1, 15)), np.zeros(FAKES, bool), np.zeros(FAKES, int)
    state, seen = State(), []
    for week in range(260):
        moves = np.zeros(FAKES, bool)
        # Never waiting for a full batch: the longest wait publishes whatever subset is inside.
        if week % 6 == 0 and state.changes == 0:
            ready = np.flatnonzero(rested <= week)
            moves[chance.permutation(ready)[: chance.integers(1, 5)]] = True
        inside ^= moves
        rested[moves] = week + REST
        after = next_state(bucket, state, int(moves.sum()), key=key)
        if after.version != state.version:
            fakes = int(inside.sum())
            seen.append((fakes, released_count(bucket, n + fakes, version=after.version, key=key)))
        state = after
    return likelihood.best(seen) == n


def _live_cell_key(chance: np.random.Generator) -> bool:
    """The Australian method on live counts: noise by the sum of the members' keys, so each subset has its own."""
    n = int(chance.integers(1, 15))
    subsets = np.unpackbits(np.arange(2**FAKES, dtype=np.uint8)[:, None], axis=1).sum(axis=1)
    noise = chance.integers(-2, 3, 2**FAKES)
    return round(float(np.mean(n + subsets + noise - subsets))) == n


def a14_join(context: Context) -> Outcome:
    """Who knows all others of a bucket asks whether one person joined: quietly, or with fakes that fill the batch."""
    chance, trials = np.random.default_rng([context.seed, 14]), context.scale.trials
    key, worst = chance.bytes(32), {}
    for fakes in range(FAKES + 1):
        worst[fakes] = _advantage(chance, key, fakes, min(trials, 6_000), f"A14/{fakes}")
    how = max(worst, key=lambda each: worst[each])
    broken = _fixed_batch(chance, key, trials)
    return Outcome(
        "A14 fake accounts detect one join", f"advantage, best of 0–8 fakes ({how})", "≤ 0.30", f"{worst[how]:.3f}",
        worst[how] <= 0.30, "fixed batch", f"{broken:.3f}", broken > 0.30,
    )  # fmt: skip


def _advantage(chance: np.random.Generator, key: bytes, fakes: int, trials: int, name: str) -> float:
    """True less false alarms of the best rule on when the figure first changed and by how much, learned on one half."""
    seen: tuple[list, list] = ([], [])
    for at in range(trials):
        n, bucket = int(chance.integers(15, 60)), Bucket("c", f"{name}/{at}")
        before = released_count(bucket, n, version=1, key=key)
        for joins in (0, 1):
            # The fakes come in one release, and the person with them.
            state, changes = State(1), fakes + joins
            seen[joins].append((None, 0))
            for release in range(13):
                state = next_state(bucket, state, changes if release == 0 else 0, key=key)
                now = released_count(bucket, n + changes, version=state.version, key=key)
                if state.version > 1 and now != before:
                    seen[joins][at] = (release, (now or 0) - (before or 0))
                if state.version > 1:
                    break
    half = trials // 2
    without, with_join = (Counter(each[:half]) for each in seen)
    alarm = {each for each in with_join if with_join[each] > without[each]}
    return sum((a in alarm) - (b in alarm) for b, a in zip(seen[0][half:], seen[1][half:], strict=True)) / (
        trials - half
    )


def _fixed_batch(chance: np.random.Generator, key: bytes, trials: int) -> float:
    """A batch of five that everybody knows, without rounding: four of it are fakes, and only a join fills it."""
    changed = 0
    for at in range(trials):
        bucket, n = Bucket("c", f"A14/fixed/{at}"), int(chance.integers(15, 60))
        before, after = (n + version_noise(key, bucket, 1), n + 5 + version_noise(key, bucket, 2))
        changed += before != after
    return changed / trials


def a15_releases(context: Context) -> Outcome:
    """A reader averages 60 releases, each a new version (Asghar & Kaafar 2020, doi:10.2478/popets-2020-0034)."""
    chance, likelihood = np.random.default_rng([context.seed, 15]), Likelihood(40)
    trials, key = context.scale.trials // 2, chance.bytes(32)
    hits = broken = 0
    for at in range(trials):
        n, bucket, state, seen = int(chance.integers(1, 41)), Bucket("c", f"A15/{at}"), State(), []
        for _ in range(60):
            state = next_state(bucket, state, 12, key=key)
            seen.append((0, released_count(bucket, n, version=state.version, key=key)))
        assert state.version == 60
        hits += likelihood.best(seen) == n
        fresh = chance.choice(list(Z_IS), 60, p=list(Z_IS.values())) + chance.choice(list(E_IS), 60, p=[*E_IS.values()])
        broken += round(float(np.mean(n + fresh))) == n
    return Outcome(
        "A15 60 releases averaged", "n of 1–40 found exactly", "≤ 0.35", f"{hits / trials:.3f}",
        hits / trials <= 0.35, "fresh noise, not rounded", f"{broken / trials:.3f}", broken / trials > 0.35,
    )  # fmt: skip


def a20_hidden(context: Context) -> Outcome:
    """A member subtracts the visible pins from the public figure: is somebody hidden here?"""
    advantage = certain = 0.0
    for visible in range(60):
        one, none = answers(visible + 1), answers(visible)
        shown = {*one, *none}
        advantage = max(advantage, sum(max(0.0, one.get(s, 0) - none.get(s, 0)) for s in shown))
        certain = max(certain, sum(p for s, p in one.items() if s not in none))
    _check_answers(context)
    return Outcome(
        "A20 figure minus visible pins", "advantage; chance to be certain, worst count", "≤ 0.30; 0",
        f"{advantage:.3f}; {certain:.4f}", advantage <= 0.30 and certain == 0, "unnoised total", "1.000", True,
    )  # fmt: skip


def _check_answers(context: Context) -> None:
    """The attacker's arithmetic must be that of the product: the figures of many keys fall as often on each answer."""
    chance, tries = np.random.default_rng([context.seed, 20]), 4_000
    for people in (4, 5, 12, 31):
        drawn = [released_count(Bucket("c", str(at)), people, version=1, key=chance.bytes(32)) for at in range(tries)]
        for shown, p in answers(people).items():
            assert abs(drawn.count(shown) / tries - p) < 0.04
        assert set(drawn) <= set(answers(people))


ATTACKS = (a13_fakes, a14_join, a15_releases, a20_hidden)
