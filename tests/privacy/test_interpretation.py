"""What may be concluded from two releases."""

from dataclasses import replace

import pytest

from mapservice.privacy.disclosure import DEFAULT, PROFILES, rounded
from mapservice.privacy.interpretation import is_noise, largest_noise_between

OTHERS = [replace(DEFAULT, version_bound=bound, base=base) for bound in (1, 2, 3, 4, 6) for base in (3, 4, 5, 10)]


@pytest.mark.parametrize(
    "profile",
    [*PROFILES.values(), *OTHERS],
    ids=lambda profile: f"{profile.name} {profile.version_bound} {profile.base}",
)
def test_the_largest_noise_is_what_the_two_noises_and_rounding_can_make(profile):
    noise = range(-profile.version_bound, profile.version_bound + 1)
    figures = {(rounded(n + a, profile.base), rounded(n + b, profile.base))
               for n in range(20, 60) for a in noise for b in noise}  # fmt: skip

    assert max(abs(a - b) for a, b in figures) == largest_noise_between(profile)


@pytest.mark.parametrize(
    ("before", "after", "noise"),
    [(50, 50, True), (50, 60, True), (60, 50, True), (50, 65, False), (None, 20, True), (20, None, True),
     (None, 24, True), (None, 25, False), (24, None, True), (25, None, False), (None, None, True)],
)  # fmt: skip
def test_a_difference_is_noise_up_to_that_size(before, after, noise):
    """Near the threshold of 14 a figure appears and vanishes by noise."""
    assert is_noise(before, after, PROFILES["default"]) is noise
