"""An attack by somebody with hundreds of e-mail addresses and a year of patience: did one person join?"""

from functools import cache
from typing import NamedTuple

import numpy as np

from bench.attacks.joins import E_IS, FAKES
from bench.attacks.mechanism import laplace
from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import DEFAULT, WORLD, Bucket, State, next_state, released_count, renewal, rounded

#: Addresses that somebody needs patience and money for, and the weekly releases that they watch.
MANY, WEEKS = 300, 52

#: The week in which the person joins, or does not: the attacker knows when it would have been.
JOINED = WEEKS // 2

#: Releases from registering an account to the one in which it may be counted, and to the one in which it surely is.
EARLIEST = DEFAULT.min_return
SURELY = EARLIEST + DEFAULT.delay_choices - 1

#: The people of the bucket beside the fakes, whom the attacker all knows; far above the threshold.
START = 100

#: What may be added to them beside the fakes: the lasting noise, and the person.
ADDED = np.arange(-DEFAULT.lasting_bound, DEFAULT.lasting_bound + 2)

Z_IS = np.array(list(laplace(DEFAULT.lasting_bound).values()))


class Plan(NamedTuple):
    """Accounts that are registered again and again: groups of them, one after the other, or all once and for good."""

    name: str
    accounts: int
    groups: int

    @property
    def cycle(self) -> int:
        """Weeks from registering a group to deleting it and registering it anew."""
        return SURELY + 1

    def registered(self, week: int) -> int:
        """How many accounts are registered in a week; the first weeks lie before the year."""
        if not self.groups:
            return self.accounts if week == -self.cycle else 0
        group, rest = divmod(week % self.cycle * self.groups, self.cycle)
        return 0 if rest >= self.groups else (self.accounts + group) // self.groups


def plans(accounts: int) -> tuple[Plan, ...]:
    """The plans among which somebody with so many accounts takes the best."""
    return (
        Plan("all inside for good", accounts, 0),
        Plan("all at once, again and again", accounts, 1),
        Plan("halves by turns", accounts, 2),
        Plan("some each week", accounts, SURELY + 1),
    )


class Crowd(NamedTuple):
    """The fakes of a plan week by week: how many came, how many are inside."""

    came: np.ndarray
    inside: np.ndarray


def drawn(plan: Plan, chance: np.random.Generator) -> Crowd:
    """The fakes as the service lets them in, each after a delay that it keeps secret."""
    came, inside = np.zeros(WEEKS, int), np.zeros(WEEKS, int)
    even = [1 / DEFAULT.delay_choices] * DEFAULT.delay_choices
    for week in range(-plan.cycle, WEEKS):
        registered = plan.registered(week)
        for delay, people in enumerate(chance.multinomial(registered, even)) if registered else ():
            enters, goes = week + EARLIEST + delay, week + plan.cycle if plan.groups else WEEKS
            if 0 <= enters < WEEKS:
                came[enters] += people
            inside[max(enters, 0) : max(goes, 0)] += people
    return Crowd(came, inside)


def a31_hundreds(context: Context) -> Outcome:
    """Who knows all others of a figure watches it for a year, and fills batches with accounts registered anew.

    They know which figures are new versions, but neither the lasting noise nor how long each account was held up: for
    who does know that, see the last number. Reported, as only the number of addresses bounds it, and said on the page
    of promises.
    """
    trials, results = context.scale.trials // 6, []
    for accounts, knows in ((FAKES, False), (MANY, False), (MANY, True)):
        chance = np.random.default_rng([context.seed, 31, accounts, knows])
        # The plan is chosen by other communities than those on which it is measured, or luck would be counted in.
        plan = max(plans(accounts), key=lambda candidate: advantage(candidate, trials // 3, chance, knows_delays=knows))
        words = f"{accounts} accounts ({plan.name}{', if their delays were no secret' if knows else ''})"
        results.append((advantage(plan, trials, chance, knows_delays=knows), words))
    exact = _exact_counts(trials, np.random.default_rng([context.seed, 310]))
    return Outcome(
        "A31 hundreds of accounts over a year",
        f"advantage in telling whether one person joined, {WEEKS} weeks: {'; '.join(how for _gain, how in results)}",
        "reported", "; ".join(f"{gain:.2f}" for gain, _how in results), True,
        "live exact counts", f"{exact:.2f}", exact > max(gain for gain, _how in results),
    )  # fmt: skip


def advantage(plan: Plan, trials: int, chance: np.random.Generator, *, knows_delays: bool = False) -> float:
    """True less false alarms of the attacker's best rule, against the product."""
    key, figure = chance.bytes(32), _figure(plan)
    tables, alarms = _tables(plan), [0, 0]
    for at in range(trials):
        for joins in (0, 1):
            bucket = Bucket(f"A31/{plan.name}/{at}/{joins}", WORLD)
            position, fakes = int(chance.integers(DEFAULT.base)), drawn(plan, chance)
            looks = _watched(key, bucket, START + position, fakes, _joined(chance) if joins else WEEKS)
            weeks, figures = np.array(looks).T
            if knows_delays:
                likely = figure[START + position + fakes.inside[weeks][:, None] + ADDED, figures[:, None]]
            else:
                likely = tables[weeks, position, :, figures]
            alarms[joins] += _has_joined(weeks, likely)
    return (alarms[1] - alarms[0]) / trials


def _joined(chance: np.random.Generator) -> int:
    """The release in which the person is first counted."""
    return JOINED + DEFAULT.min_delay + int(chance.integers(DEFAULT.delay_choices))


def _watched(key: bytes, bucket: Bucket, others: int, fakes: Crowd, joined: int) -> list[tuple[int, int]]:
    """The new versions of a year: the week of each, and its figure in multiples of the base."""
    state, seen, turn = State(1), [], renewal(key, bucket)
    for week in range(WEEKS):
        came = int(fakes.came[week]) + (week == joined)
        after = next_state(bucket, state, came, is_renewed=week % DEFAULT.renewal_interval == turn, key=key)
        if after.version != state.version:
            people = others + int(fakes.inside[week]) + (week >= joined)
            shown = released_count(bucket, people, version=after.version, key=key)
            assert shown is not None
            seen.append((week, shown // DEFAULT.base))
        state = after
    return seen


def _has_joined(weeks: np.ndarray, likely: np.ndarray) -> bool:
    """Whether all looks together are more probable if the person joined than if not, over all lasting noises."""
    with np.errstate(divide="ignore"):
        logs = np.log(likely)
    firsts = JOINED + DEFAULT.min_delay + np.arange(DEFAULT.delay_choices)
    with_join = [np.exp(logs[weeks < at, :-1].sum(axis=0) + logs[weeks >= at, 1:].sum(axis=0)) @ Z_IS for at in firsts]
    return bool(np.mean(with_join) > np.exp(logs[:, :-1].sum(axis=0)) @ Z_IS)


@cache
def _figure(plan: Plan) -> np.ndarray:
    """P(figure), by the people with their lasting noise, and the figure in multiples of the base."""
    most = START + plan.accounts + 2 * DEFAULT.interval + DEFAULT.base
    chances = np.zeros((most, most // DEFAULT.base + 2))
    for people in range(DEFAULT.interval, most):
        for e, p in E_IS.items():
            chances[people, rounded(people + e, DEFAULT.base) // DEFAULT.base] += p
    return chances


@cache
def _tables(plan: Plan) -> np.ndarray:
    """P(figure) by week, position of the others between two multiples, what is added to them, and the figure."""
    figure = _figure(plan)
    odds = np.zeros((WEEKS, DEFAULT.base, len(ADDED), figure.shape[1]))
    for week in range(WEEKS):
        for fakes in np.flatnonzero((inside := _inside(plan, week)) > 0):
            for position in range(DEFAULT.base):
                odds[week, position] += inside[fakes] * figure[START + position + fakes + ADDED]
    return odds


def _inside(plan: Plan, week: int) -> np.ndarray:
    """P(so many fakes are inside in a week), as far as somebody can know who does not know the delays."""
    odds = np.ones(1)
    for registered in range(-plan.cycle, week + 1):
        age, people = week - registered, plan.registered(registered)
        if people and age >= EARLIEST and (age < plan.cycle or not plan.groups):
            odds = np.convolve(odds, _binomial(people, min(1.0, (age - EARLIEST + 1) / DEFAULT.delay_choices)))
    return odds


@cache
def _binomial(people: int, p: float) -> np.ndarray:
    one, odds = np.array([1 - p, p]), np.ones(1)
    for _ in range(people):
        odds = np.convolve(odds, one)
    return odds


def _exact_counts(trials: int, chance: np.random.Generator) -> float:
    """The bad design: figures are the people themselves, at every moment. Who knows the others needs no fakes."""
    others = chance.integers(START, 2 * START, trials)
    alarms = [(others + joins > others).mean() for joins in (0, 1)]
    return float(alarms[1] - alarms[0])


ATTACKS = (a31_hundreds,)
