"""Disclosure control of published figures: two layers of noise, secret batches, a minimum count and rounding.

All noise is drawn by HMAC from a dedicated key, so that every computation gives the same figure, and with integers
only. The key determines the noise of a bucket: somebody with the key and all releases learns counts, never persons.

Source: docs/decisions/0008-releases.md, 0009-renewals-and-the-threshold.md and 0012-batches-above-the-fakes.md;
RAPPOR, Erlingsson et al. (2014), CCS, doi:10.1145/2660267.2660348; bounded noise and averaging, Asghar & Kaafar
(2020), PoPETs, doi:10.2478/popets-2020-0034.
"""

import functools
import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import NamedTuple

#: The ``place`` of a bucket that counts everybody with a condition.
WORLD = "world"

#: Scale of the integer weights of the noise, so that sampling needs no floating point.
_UNIT = 2**48

#: Days between two releases.
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Profile:
    """The parameters of disclosure control, in people unless noted otherwise.

    Once a service has releases, the parameters of its profile never change under the same name: a change needs a new
    profile.
    """

    name: str
    minimum_count: int = 5  # minimum count: no figure based on fewer people is shown
    base: int = 5  # figures are rounded to multiples of it
    lasting_bound: int = 5  # maximum of |Z|, drawn once per bucket
    version_bound: int = 4  # maximum of |E|, drawn for each version
    decay_rate: float = 0.5  # P(z) ~ exp(-decay_rate·|z|)
    min_batch: int = 26  # minimum number of entries that one batch collects; see ``max_entries``
    batch_choices: int = 20  # number of possible batch sizes
    renewal_interval: int = 12  # releases between two renewals of a bucket
    account_days: int = 30  # minimum age of an account before it is counted
    max_conditions: int = 3  # maximum number of conditions in which one account is counted
    cooldown_days: int = 180  # cooldown: days between two changes of bucket by one person
    min_delay: int = 1  # minimum of releases between becoming eligible and being counted
    delay_choices: int = 3  # number of possible delays

    @property
    def threshold(self) -> int:
        """The smallest noisy figure that is shown: noise cannot lift a count below ``minimum_count`` over it."""
        return self.minimum_count + self.lasting_bound + self.version_bound

    @property
    def smallest(self) -> int:
        """The smallest figure that can be shown."""
        return rounded(self.threshold, self.base)

    @property
    def interval(self) -> int:
        """Maximum distance between a shown figure and the true count, in people: both noises and the rounding."""
        return self.lasting_bound + self.version_bound + self.base // 2

    @property
    def max_delay(self) -> int:
        """Maximum number of releases between becoming eligible and being counted."""
        return self.min_delay + self.delay_choices - 1

    @property
    def months_uncounted(self) -> int:
        """Approximate number of months before a person who left a count is counted again."""
        return self.cooldown_days // 30

    @property
    def min_return(self) -> int:
        """Minimum number of releases before a person who deleted their account and registered again is counted again.

        The cooldown ends with the account, of which no trace is kept; only the minimum age of the new account delays
        them.
        """
        return self.account_days // _WEEK + self.min_delay

    @property
    def max_entries(self) -> int:
        """Maximum number of entries by one person into a bucket between two renewals, with one account after another.

        A batch is larger than the number of entries by all accounts that the attack model grants an attacker, plus one.
        """
        return -(-self.renewal_interval // self.min_return)


DEFAULT = Profile("default")
STRICT = Profile("strict", account_days=90, min_batch=31)
PROFILES = {profile.name: profile for profile in (DEFAULT, STRICT)}


class Bucket(NamedTuple):
    """A unit of counting: a condition (by slug) in the world, a country or a region (by zone id)."""

    condition: str
    place: str


class State(NamedTuple):
    """What the next figure of a bucket depends on: its last version, and the number of entries since that version.

    People who entered and have left since are included.
    """

    version: int = 0
    changes: int = 0


def released_count(bucket: Bucket, people: int, *, version: int, key: bytes, profile: Profile = DEFAULT) -> int | None:
    """Return the figure that may be published for a bucket, or None for "too few to show".

    ``people`` is the exact number of eligible members. One noise is drawn once for the bucket, so that averaging over
    many releases does not remove it; one for each version, so that two versions cannot be subtracted. The threshold
    guarantees that nothing is shown for fewer than ``minimum_count`` people, and zero looks the same as suppressed.
    """
    noisy = people + lasting_noise(key, bucket, profile) + version_noise(key, bucket, version, profile)
    return rounded(noisy, profile.base) if noisy >= profile.threshold else None


def next_state(
    bucket: Bucket, state: State, changes: int, *, is_renewed: bool, key: bytes, profile: Profile = DEFAULT
) -> State:
    """Return the state of a bucket after a release in which ``changes`` people entered it.

    The version, and with it possibly the figure, changes when the secret batch is full, and at each renewal. A renewal
    happens whether or not anybody entered or left, so that a new version reveals nothing about a person. Leaving does
    not fill a batch, because leaving must be possible at any time: one account could otherwise fill it twice, by
    entering and by leaving.
    """
    pending = state.changes + changes
    if is_renewed or pending >= batch_size(key, bucket, state.version, profile):
        return State(state.version + 1)
    return State(state.version, pending)


def renewal(key: bytes, bucket: Bucket, profile: Profile = DEFAULT) -> int:
    """Return T: a bucket is renewed in the releases whose number modulo ``renewal_interval`` is T.

    It is drawn for each bucket, so that not all figures of a release change at once.
    """
    return _draw(key, "T", *bucket) % profile.renewal_interval


def lasting_noise(key: bytes, bucket: Bucket, profile: Profile = DEFAULT) -> int:
    """Return Z, the noise that is the same in all versions of a bucket."""
    return _laplace(_draw(key, "Z", *bucket), profile.lasting_bound, profile.decay_rate)


def version_noise(key: bytes, bucket: Bucket, version: int, profile: Profile = DEFAULT) -> int:
    """Return E, the noise of one version of a bucket."""
    return _laplace(_draw(key, "E", *bucket, str(version)), profile.version_bound, profile.decay_rate)


def batch_size(key: bytes, bucket: Bucket, version: int, profile: Profile = DEFAULT) -> int:
    """Return B, the secret number of entries before a bucket gets its next version."""
    return profile.min_batch + _draw(key, "B", *bucket, str(version)) % profile.batch_choices


def entry_delay(key: bytes, membership: str, profile: Profile = DEFAULT) -> int:
    """Return the secret number of releases between becoming eligible and being counted.

    ``membership`` is its public id, which is never reused.
    """
    return profile.min_delay + _draw(key, "delay", membership) % profile.delay_choices


def rounded(number: int, base: int) -> int:
    """Return a number rounded to the nearest multiple of ``base``, halves up.

    >>> rounded(12, 5), rounded(13, 5)
    (10, 15)
    """
    return (2 * number + base) // (2 * base) * base


def _draw(key: bytes, *parts: str) -> int:
    """Return a number from 0 to 2**128 - 1, derived from the key; parts are prefixed with their lengths."""
    message = b"".join(len(raw := part.encode()).to_bytes(4, "big") + raw for part in ("count/v1", *parts))
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:16], "big")


def _laplace(uniform: int, bound: int, decay_rate: float) -> int:
    """Return a discrete Laplace number, truncated at ``bound``, from a uniform 128-bit number."""
    values, weights = _weights(bound, decay_rate)
    remaining = uniform % sum(weights)
    for value, weight in zip(values, weights, strict=True):
        remaining -= weight
        if remaining < 0:
            return value
    raise AssertionError("the weights add up")


@functools.cache
def _weights(bound: int, decay_rate: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    values = tuple(range(-bound, bound + 1))
    return values, tuple(round(_UNIT * math.exp(-decay_rate * abs(value))) for value in values)
