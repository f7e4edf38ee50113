"""Which figures may be published, and what they say: two layers of noise, secret batches, a gate and rounding.

Everything is drawn by HMAC from a key of its own, so that a figure is the same whoever computes it, and in integers
only. The key decides how much noise a bucket carries: whoever has it and all releases learns counts, never persons.

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

#: The place of a bucket that holds everybody with a condition.
WORLD = "world"

#: Parts of one in the weights of the noise, so that sampling needs no floating point.
_UNIT = 2**48

#: Days from one release to the next.
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Profile:
    """The parameters of disclosure control; people unless said otherwise.

    Once a service has releases, the rules of its profile never change under the same name: a change is a new profile.
    """

    name: str
    gate: int = 5  # no figure is shown behind which fewer people stand
    base: int = 5  # figures are rounded to its multiples
    lasting_bound: int = 5  # |Z| at most, drawn once for a bucket
    version_bound: int = 4  # |E| at most, drawn anew for each version
    decay_rate: float = 0.5  # P(z) ~ exp(-decay_rate·|z|)
    batch_least: int = 26  # people who come and wait for each other, at the least; see ``entries_most``
    batch_spread: int = 20  # how many batch sizes there are
    longest_wait: int = 12  # releases from one renewal of a bucket to the next
    account_days: int = 30  # age of an account before it is counted
    conditions_most: int = 3  # conditions in which one account is counted
    rest_days: int = 180  # days between two changes of bucket by one person
    delay_least: int = 1  # releases between becoming eligible and being counted
    delay_spread: int = 3  # how many such delays there are

    @property
    def threshold(self) -> int:
        """The least noisy figure that is shown: no noise lifts fewer than ``gate`` people over it."""
        return self.gate + self.lasting_bound + self.version_bound

    @property
    def smallest(self) -> int:
        """The smallest figure that can be shown."""
        return rounded(self.threshold, self.base)

    @property
    def interval(self) -> int:
        """How far a shown figure can lie from the people counted, in people: both noises and the rounding."""
        return self.lasting_bound + self.version_bound + self.base // 2

    @property
    def longest_delay(self) -> int:
        """Releases between becoming eligible and being counted, at the most."""
        return self.delay_least + self.delay_spread - 1

    @property
    def months_uncounted(self) -> int:
        """About how many months pass before a person who left a count is counted again."""
        return self.rest_days // 30

    @property
    def return_least(self) -> int:
        """Releases until who deleted their account and registered anew is counted again, at the least.

        The rest goes with the account, of which no trace is kept: only the age of the new one holds them up.
        """
        return self.account_days // _WEEK + self.delay_least

    @property
    def entries_most(self) -> int:
        """How often one person can enter a bucket from one renewal to the next, by as many accounts one after another.

        A batch is larger than all entries of the accounts that the attacks grant somebody, and one person more.
        """
        return -(-self.longest_wait // self.return_least)


DEFAULT = Profile("default")
STRICT = Profile("strict", account_days=90, batch_least=31)
PROFILES = {profile.name: profile for profile in (DEFAULT, STRICT)}


class Bucket(NamedTuple):
    """What is counted: a condition (by its slug) in the world, a country or a region (by their zone ids)."""

    condition: str
    place: str


class State(NamedTuple):
    """What a bucket's next figure depends on: its last version, and how many came since, be they still there or not."""

    version: int = 0
    changes: int = 0


def released_count(bucket: Bucket, people: int, *, version: int, key: bytes, profile: Profile = DEFAULT) -> int | None:
    """The figure that may be published for a bucket, or None for "too few to show".

    ``people`` is the exact number of eligible members. One noise is drawn once for the bucket, so that many releases
    cannot be averaged; one for each version, so that two versions cannot be subtracted. Nothing is shown where fewer
    than ``gate`` people stand behind it, by the choice of the threshold, and zero and suppressed look the same.
    """
    noisy = people + lasting_noise(key, bucket, profile) + version_noise(key, bucket, version, profile)
    return rounded(noisy, profile.base) if noisy >= profile.threshold else None


def next_state(
    bucket: Bucket, state: State, changes: int, *, is_renewed: bool, key: bytes, profile: Profile = DEFAULT
) -> State:
    """The state of a bucket after a release in which ``changes`` people entered it.

    The version goes up, and with it the figure may change, once the secret batch is full, and at each renewal: then
    whether or not anybody came or left, so that a new version betrays nobody. Who leaves fills no batch, since leaving
    must be free at any time: one account could otherwise fill it twice, by coming and by going.
    """
    pending = state.changes + changes
    if is_renewed or pending >= batch_size(key, bucket, state.version, profile):
        return State(state.version + 1)
    return State(state.version, pending)


def renewal(key: bytes, bucket: Bucket, profile: Profile = DEFAULT) -> int:
    """T: in which releases a bucket is renewed, by the remainder of their numbers by ``longest_wait``.

    Drawn for each, so that not all figures of a release move at once.
    """
    return _draw(key, "T", *bucket) % profile.longest_wait


def lasting_noise(key: bytes, bucket: Bucket, profile: Profile = DEFAULT) -> int:
    """Z: the noise that a bucket carries for life."""
    return _laplace(_draw(key, "Z", *bucket), profile.lasting_bound, profile.decay_rate)


def version_noise(key: bytes, bucket: Bucket, version: int, profile: Profile = DEFAULT) -> int:
    """E: the noise of one version of a bucket's figure."""
    return _laplace(_draw(key, "E", *bucket, str(version)), profile.version_bound, profile.decay_rate)


def batch_size(key: bytes, bucket: Bucket, version: int, profile: Profile = DEFAULT) -> int:
    """B: how many people come before there is the version after this one; secret."""
    return profile.batch_least + _draw(key, "B", *bucket, str(version)) % profile.batch_spread


def entry_delay(key: bytes, membership: str, profile: Profile = DEFAULT) -> int:
    """How many releases pass between somebody becoming eligible and being counted; secret.

    ``membership`` is its public id, which no other membership ever has.
    """
    return profile.delay_least + _draw(key, "delay", membership) % profile.delay_spread


def rounded(number: int, base: int) -> int:
    """A number rounded to the nearest multiple of ``base``, halves up.

    >>> rounded(12, 5), rounded(13, 5)
    (10, 15)
    """
    return (2 * number + base) // (2 * base) * base


def _draw(key: bytes, *parts: str) -> int:
    """A number from 0 to 2**128 - 1 that only the key tells; parts are prefixed with their lengths."""
    message = b"".join(len(raw := part.encode()).to_bytes(4, "big") + raw for part in ("count/v1", *parts))
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:16], "big")


def _laplace(drawn: int, bound: int, decay_rate: float) -> int:
    """A discrete Laplace number, truncated at ``bound``, from a uniform one of 128 bits."""
    values, weights = _weights(bound, decay_rate)
    rest = drawn % sum(weights)
    for value, weight in zip(values, weights, strict=True):
        rest -= weight
        if rest < 0:
            return value
    raise AssertionError("the weights add up")


@functools.cache
def _weights(bound: int, decay_rate: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    values = tuple(range(-bound, bound + 1))
    return values, tuple(round(_UNIT * math.exp(-decay_rate * abs(value))) for value in values)
