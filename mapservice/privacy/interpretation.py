"""What readers may conclude from released figures, and which differences noise and rounding alone can cause."""

from mapservice.privacy.disclosure import Profile


def largest_noise_between(profile: Profile) -> int:
    """Return the largest difference between two figures of one place that noise and rounding can cause, in people.

    The lasting noise is the same in both; each has the noise of its version, and is rounded.
    """
    return (2 * profile.version_bound + profile.base - 1) // profile.base * profile.base


def warm_up_releases(profile: Profile) -> int:
    """Return the number of first releases in which figures grow only because initial members are counted with a delay.

    A figure may wait for its first renewal, and people for their secret delay.
    """
    return 1 + profile.max_delay


def is_noise(before: int | None, after: int | None, profile: Profile) -> bool:
    """Return whether a difference is not significant, which includes a figure that appears or disappears."""
    smallest = largest_noise_between(profile)
    if before is None or after is None:
        return (before or after or 0) <= profile.threshold + smallest
    return abs(after - before) <= smallest
