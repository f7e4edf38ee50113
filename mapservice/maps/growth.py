"""The growth of a community from release to release, as the coordinates of a line chart."""

from collections.abc import Sequence
from dataclasses import dataclass

#: The size of the chart in its own units, and the margins for labels at its left and below.
WIDTH, HEIGHT, LEFT, BELOW = 720, 260, 56, 28

#: Minimum visible height of a band around the line.
_VISIBLE = 2

#: Maximum number of horizontal lines.
_LINES = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """A line chart of figures over releases: lines as lists of (x, y), broken at a release without a figure.

    ``bands`` are polygons between the figure minus and plus the noise; ``steps`` are the labels at the left with their
    y, ``ticks`` the releases below with their x.
    """

    lines: list[list[tuple[float, float]]]
    bands: list[list[tuple[float, float]]]
    steps: list[tuple[int, float]]
    ticks: list[tuple[int, float]]

    @property
    def has_visible_band(self) -> bool:
        """Whether a band is visible: for figures of tens of thousands the noise is thinner than the line."""
        heights = (
            above[1] - below[1] for band in self.bands for above, below in zip(reversed(band), band, strict=True)
        )
        return max(map(abs, heights), default=0) >= _VISIBLE


def plot(releases: Sequence[int], figures: Sequence[int | None], interval: int) -> Plot | None:
    """Return the chart for the figures of releases, with ``interval`` people of uncertainty; None if none is shown."""
    if not any(figures):
        return None
    step = _step(max(figure or 0 for figure in figures) + interval)
    top = step * -(-(max(figure or 0 for figure in figures) + interval) // step)
    across = (WIDTH - LEFT - 12) / max(len(releases) - 1, 1)

    def at(number: int, people: float) -> tuple[float, float]:
        height = HEIGHT - BELOW - 8
        return round(LEFT + number * across, 1), round(8 + height * (1 - min(max(people, 0), top) / top), 1)

    runs = _runs(figures)
    every = max(1, -(-len(releases) // 12))
    return Plot(
        [[at(number, people) for number, people in run] for run in runs],
        [
            [at(number, people + interval) for number, people in run]
            + [at(number, people - interval) for number, people in reversed(run)]
            for run in runs
        ],
        [(people, at(0, people)[1]) for people in range(0, top + 1, step)],
        [(release, at(number, 0)[0]) for number, release in enumerate(releases) if number % every == 0],
    )


def _runs(figures: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """Return the runs of figures without a gap, as (position, figure)."""
    runs: list[list[tuple[int, int]]] = [[]]
    for number, people in enumerate(figures):
        if people is None:
            runs.append([])
        else:
            runs[-1].append((number, people))
    return [run for run in runs if run]


def _step(top: int) -> int:
    """Return a round distance between lines, so that a few of them reach the top.

    >>> _step(30), _step(210), _step(22_000)
    (10, 50, 5000)
    """
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * _LINES >= top:
                return step * factor
        step *= 10
