"""The drawing of growth."""

import pytest

from mapservice.maps.growth import HEIGHT, WIDTH, plot


def test_a_release_without_a_figure_breaks_the_line():
    drawn = plot([1, 2, 3, 4], [20, None, 30, 35], 11)

    assert [len(line) for line in drawn.lines] == [1, 2]
    assert [len(band) for band in drawn.bands] == [2, 4]


def test_nothing_shown_is_no_drawing():
    assert plot([1, 2], [None, None], 11) is None
    assert plot([], [], 11) is None


@pytest.mark.parametrize("figures", [[15], [20, 25_000, 110_000], [10] * 300])
def test_everything_stays_in_the_drawing(figures):
    drawn = plot(range(1, len(figures) + 1), figures, 11)

    points = [point for shape in (*drawn.lines, *drawn.bands) for point in shape]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert len(drawn.steps) <= 7
    assert len(drawn.ticks) <= 12
    assert drawn.steps[-1][0] >= max(figures)


@pytest.mark.parametrize(("figure", "is_seen"), [(100, True), (1_000, True), (25_000, False)])
def test_a_band_thinner_than_two_pixels_is_not_spoken_of(figure, is_seen):
    assert plot([1, 2], [figure, figure], 11).has_visible_band is is_seen
