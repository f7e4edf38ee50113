"""What a reader of released figures may conclude, and what noise and rounding alone can make."""

from mapservice.privacy.disclosure import Profile


def largest_noise_between(profile: Profile) -> int:
    """The largest difference between two figures of one place that can stand for no change at all, in people.

    The lasting noise is the same in both; each has its own noise of its version, and is rounded.
    """
    return (2 * profile.version_bound + profile.base - 1) // profile.base * profile.base


def filling_up(profile: Profile) -> int:
    """How many releases of a new service fill up: those who were there from the start enter one after the other.

    A figure may wait for its first renewal, and people for their secret delay.
    """
    return 1 + profile.longest_delay


def is_noise(before: int | None, after: int | None, profile: Profile) -> bool:
    """Whether a difference says nothing; so does a figure that appears or vanishes, near the threshold."""
    smallest = largest_noise_between(profile)
    if before is None or after is None:
        return (before or after or 0) <= profile.threshold + smallest
    return abs(after - before) <= smallest
