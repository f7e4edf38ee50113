import itertools
import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.attacks.joins import FAKES
from mapservice.privacy import disclosure
from mapservice.privacy.disclosure import (
    DEFAULT,
    STRICT,
    Bucket,
    Profile,
    State,
    batch_size,
    entry_delay,
    lasting_noise,
    next_state,
    released_count,
    renewal,
    rounded,
    version_noise,
)

KEY = bytes(range(32))
BUCKETS = [Bucket(f"condition-{number}", "DE") for number in range(4000)]


def expected(bound: int) -> dict[int, float]:
    weights = {value: math.exp(-0.5 * abs(value)) for value in range(-bound, bound + 1)}
    return {value: weight / sum(weights.values()) for value, weight in weights.items()}


def chi_square(seen: Counter, shares: dict[int, float]) -> float:
    total = sum(seen.values())
    return sum((seen[value] - share * total) ** 2 / (share * total) for value, share in shares.items())


def test_the_lasting_noise_has_its_distribution():
    seen = Counter(lasting_noise(KEY, bucket) for bucket in BUCKETS)

    assert chi_square(seen, expected(5)) < 23.2  # p > 0.01 at 10 degrees of freedom


def test_the_noise_of_versions_has_its_distribution():
    seen = Counter(version_noise(KEY, BUCKETS[0], version) for version in range(4000))

    assert chi_square(seen, expected(4)) < 20.1  # p > 0.01 at 8 degrees of freedom


def test_batches_are_even_and_within_their_bounds():
    seen = Counter(batch_size(KEY, bucket, 0) for bucket in BUCKETS)

    assert chi_square(seen, dict.fromkeys(range(26, 46), 1 / 20)) < 36.2  # p > 0.01 at 19 degrees of freedom


def test_delays_are_even_and_within_their_bounds():
    seen = Counter(entry_delay(KEY, bucket.condition) for bucket in BUCKETS)

    assert chi_square(seen, dict.fromkeys(range(1, 4), 1 / 3)) < 9.3


@given(st.integers(0, 10_000), st.integers(0, 300), st.sampled_from(BUCKETS), st.sampled_from([DEFAULT, STRICT]))
def test_never_shows_a_figure_below_the_threshold_or_behind_which_too_few_stand(people, version, bucket, profile):
    shown = released_count(bucket, people, version=version, key=KEY, profile=profile)

    if shown is not None:
        assert people >= profile.minimum_count
        assert shown >= profile.smallest
        assert shown % profile.base == 0
        assert abs(shown - people) <= profile.interval


def shown_with(monkeypatch, people: int, lasting: int, of_version: int, profile: Profile) -> int | None:
    """The figure for so many people and both noises as they are given."""
    monkeypatch.setattr(disclosure, "lasting_noise", lambda *_: lasting)
    monkeypatch.setattr(disclosure, "version_noise", lambda *_: of_version)
    return released_count(BUCKETS[0], people, version=1, key=KEY, profile=profile)


@pytest.mark.parametrize(
    "profile", [DEFAULT, STRICT, replace(DEFAULT, minimum_count=7, lasting_bound=3, version_bound=2, base=3)]
)
def test_never_lifts_fewer_than_the_gate_over_the_threshold_by_any_noise(monkeypatch, profile):
    lasting = range(-profile.lasting_bound, profile.lasting_bound + 1)
    of_version = range(-profile.version_bound, profile.version_bound + 1)
    shown = {
        people: {shown_with(monkeypatch, people, z, e, profile) for z, e in itertools.product(lasting, of_version)}
        for people in range(profile.minimum_count + 1)
    }

    assert all(shown[people] == {None} for people in range(profile.minimum_count))
    assert shown[profile.minimum_count] == {None, profile.smallest}


def test_the_smallest_figure_is_fifteen():
    assert (DEFAULT.threshold, DEFAULT.smallest) == (14, 15)


def test_zero_and_suppressed_look_the_same():
    assert released_count(BUCKETS[0], 0, version=1, key=KEY) is None


def test_renewals_are_spread_evenly_over_the_releases():
    seen = Counter(renewal(KEY, bucket) for bucket in BUCKETS)

    assert chi_square(seen, dict.fromkeys(range(12), 1 / 12)) < 24.7  # p > 0.01 at 11 degrees of freedom


def test_never_publishes_a_change_before_its_batch_is_full():
    bucket = BUCKETS[0]
    state, size = State(version=1), batch_size(KEY, BUCKETS[0], 1)

    for n in range(1, size):
        state = next_state(bucket, state, 1, is_renewed=False, key=KEY)
        assert state == State(1, n)
    assert next_state(bucket, state, 1, is_renewed=False, key=KEY) == State(2)


@pytest.mark.parametrize("profile", [DEFAULT, STRICT])
def test_never_lets_fakes_and_one_person_fill_a_batch(profile):
    # Written apart from the product: an account is deleted after a release and registered anew on the same day.
    weeks = profile.account_days // 7 + profile.min_delay
    entries = math.ceil(profile.renewal_interval / weeks)

    assert entries == profile.max_entries
    assert profile.min_batch > FAKES * entries + 1
    assert min(batch_size(KEY, bucket, 1, profile) for bucket in BUCKETS) == profile.min_batch


@pytest.mark.parametrize("changes", [0, 1, 30])
def test_never_tells_by_a_renewal_whether_anybody_came(changes):
    assert next_state(BUCKETS[0], State(1), changes, is_renewed=True, key=KEY) == State(2)


def test_a_bucket_nobody_enters_keeps_its_version_until_it_is_renewed():
    state = State(version=3, changes=2)
    for _ in range(60):
        state = next_state(BUCKETS[0], state, 0, is_renewed=False, key=KEY)

    assert state == State(3, 2)


@pytest.mark.parametrize(("number", "result"), [(11, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_figures_are_rounded_to_the_nearest_five(number, result):
    assert rounded(number, 5) == result


#: Noise that is published once must never be drawn otherwise: these were written down when the mechanism was made.
KNOWN = [Bucket("acute-lymphoblastic-leukaemia", place) for place in ("world", "DE", "DE.3")] + [Bucket("c", "FR")]


def test_what_is_drawn_for_a_bucket_stays_for_life():
    assert [lasting_noise(KEY, bucket) for bucket in KNOWN] == [0, 1, -1, -1]
    assert [[version_noise(KEY, bucket, version) for version in (1, 2, 3)] for bucket in KNOWN] == [
        [1, 2, 0],
        [-2, 0, 0],
        [-1, 0, 2],
        [0, 0, 0],
    ]
    assert [[batch_size(KEY, bucket, version) for version in (0, 1, 2)] for bucket in KNOWN] == [
        [28, 33, 31],
        [28, 33, 40],
        [30, 33, 45],
        [34, 31, 36],
    ]
    assert [renewal(KEY, bucket) for bucket in KNOWN] == [5, 9, 7, 1]
    assert [entry_delay(KEY, public_id) for public_id in "abcdef"] == [1, 1, 1, 3, 2, 1]


def test_a_profile_changes_its_own_parameters_only():
    assert [lasting_noise(KEY, bucket, STRICT) for bucket in KNOWN] == [lasting_noise(KEY, bucket) for bucket in KNOWN]
    assert [batch_size(KEY, bucket, 1, STRICT) for bucket in KNOWN] == [38, 38, 38, 36]


@pytest.mark.parametrize(
    ("bucket", "shown"),
    [
        (KNOWN[0], [None, None, 15, 15, 40, 1000]),
        (KNOWN[1], [None, None, None, None, 40, 1000]),
        (KNOWN[2], [None, None, None, None, 40, 1000]),
        (KNOWN[3], [None, None, None, None, 40, 1000]),
    ],
)
def test_a_figure_is_the_people_with_both_noises_rounded_if_there_are_enough(bucket, shown):
    assert [released_count(bucket, people, version=1, key=KEY) for people in (4, 5, 13, 14, 40, 1000)] == shown


def test_both_noises_and_the_profile_reach_the_figure():
    wide = replace(DEFAULT, lasting_bound=40, version_bound=40, decay_rate=0.001, base=1)
    bucket = KNOWN[0]
    for version in range(1, 30):
        noise = lasting_noise(KEY, bucket, wide) + version_noise(KEY, bucket, version, wide)
        assert released_count(bucket, 500, version=version, key=KEY, profile=wide) == 500 + noise


@pytest.mark.parametrize(("noisy", "shown"), [(DEFAULT.threshold - 1, None), (DEFAULT.threshold, DEFAULT.smallest)])
def test_a_noisy_figure_is_shown_from_the_threshold_on(noisy, shown):
    bucket = KNOWN[0]
    people = noisy - lasting_noise(KEY, bucket) - version_noise(KEY, bucket, 1)

    assert released_count(bucket, people, version=1, key=KEY) == shown


def test_a_batch_is_full_by_the_size_of_its_own_version_and_profile():
    bucket = KNOWN[3]
    for profile, size in ((DEFAULT, 31), (STRICT, 36)):
        full = {"is_renewed": False, "key": KEY, "profile": profile}
        assert next_state(bucket, State(1), size - 1, **full).version == 1
        assert next_state(bucket, State(1), size, **full) == State(2)
