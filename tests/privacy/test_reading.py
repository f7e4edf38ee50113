"""What may be concluded from two releases."""

import pytest

from mapservice.privacy.disclosure import PROFILES, rounded
from mapservice.privacy.reading import is_noise, largest_noise_between


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_the_largest_noise_is_what_the_two_noises_and_rounding_can_make(profile):
    noise = range(-profile.version_bound, profile.version_bound + 1)
    figures = {(rounded(n + a, profile.base), rounded(n + b, profile.base))
               for n in range(20, 40) for a in noise for b in noise}  # fmt: skip

    assert max(abs(a - b) for a, b in figures) == largest_noise_between(profile)


@pytest.mark.parametrize(
    ("before", "after", "noise"),
    [(50, 50, True), (50, 60, True), (60, 50, True), (50, 65, False), (None, 20, True), (20, None, True),
     (None, 60, False), (None, None, True)],
)  # fmt: skip
def test_a_difference_is_noise_up_to_that_size(before, after, noise):
    assert is_noise(before, after, PROFILES["default"]) is noise
