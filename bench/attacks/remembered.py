"""An attack on people who are remembered: somebody watches whose profile goes, and reads every release after it."""

from collections import Counter
from collections.abc import Callable, Hashable

import numpy as np

from bench.attacks.joins import START, Design, Plan, advantage
from bench.attacks.table import Context, Outcome
from mapservice.privacy.disclosure import DEFAULT, Bucket, State, next_state, released_count, renewal
from mapservice.privacy.memorials import counting_delay

#: Profiles that went from the map, one a week. One of them is remembered now, and the attacker wants to know which.
GONE = 12

#: Releases that the attacker reads after the first profile went: all delays are over by then, and a renewal follows.
READ = GONE + 14 + DEFAULT.renewal_interval

#: People who are remembered in the country beside that one.
OTHERS = 30

#: What is seen in one run: in which release the number changed first, and how.
Sight = Hashable

#: Returns what is seen if the profile that went in a week is the one that is remembered.
Watch = Callable[[np.random.Generator, int], Sight]


def a40_remembered(context: Context) -> Outcome:
    """Somebody knows all others who are remembered, and watches the members' map and every release.

    They learn from many runs what is seen for which profile, and then name the profile of which it is most probable.
    And they tell, for one profile, whether it is remembered or was only left.
    """
    chance, trials = np.random.default_rng(context.seed), context.scale.trials
    named = _named(_as_published, chance, trials)
    told = _told(Design.of(DEFAULT))
    exact_named = _named(_exact, chance, trials)
    lucky = 1 / GONE
    return Outcome(
        "A40 dating a death by the numbers of remembered people",
        f"profiles named rightly of {GONE} that went, chance {lucky:.2f}; advantage in telling whether one is "
        "remembered",
        f"≤ {lucky + 0.06:.2f}; ≤ 0.30",
        f"{named:.2f}; {told:.2f}",
        named <= lucky + 0.06 and told <= 0.30,
        "exact numbers from five on, without a delay",
        f"{exact_named:.2f}",
        exact_named > 0.9,
    )


def _named(watch: Watch, chance: np.random.Generator, trials: int) -> float:
    """How often the attacker names the right profile, after some runs to learn from for each."""
    seen: dict[Sight, Counter[int]] = {}
    for _trial in range(trials // 5):
        for week in range(GONE):
            seen.setdefault(watch(chance, week), Counter())[week] += 1
    right = 0
    for _trial in range(trials):
        week = int(chance.integers(GONE))
        learned = seen.get(watch(chance, week))
        right += learned is not None and learned.most_common(1)[0][0] == week
    return right / trials


def _as_published(chance: np.random.Generator, week: int) -> Sight:
    """The first change of the number after the profile of a week went, by the rules of the service."""
    key, bucket = chance.bytes(32), Bucket("condition", "remembered/DE")
    delay = counting_delay(lambda choices: int(chance.integers(choices)))
    # Closed on one day of the week, entered with the first release on or after the day that is due.
    enters = week + -(-(delay.days + int(chance.integers(7))) // 7)
    people, state = OTHERS, State(0)
    phase, offset = renewal(key, bucket), int(chance.integers(DEFAULT.renewal_interval))
    before = shown = released_count(bucket, people, version=0, key=key)
    for release in range(READ):
        people += release == enters
        is_renewed = (release + offset) % DEFAULT.renewal_interval == phase
        after = next_state(bucket, state, int(release == enters), is_renewed=is_renewed, key=key)
        if after.version != state.version:
            shown = released_count(bucket, people, version=after.version, key=key)
        state = after
        if shown != before:
            return release, (shown or 0) > (before or 0)
    return None


def _exact(_chance: np.random.Generator, week: int) -> Sight:
    """The first change of an exact number that has no delay and a floor of five."""
    return week + 1, True


def _told(design: Design) -> float:
    """The advantage of the best rule for one more person, where all others and the lasting noise are known."""
    alone = Plan.of((0,))
    return sum(advantage(START + at, alone, design) for at in range(DEFAULT.base)) / DEFAULT.base


ATTACKS = (a40_remembered,)
