import pytest
import shapely

from mapservice.geo import topology
from mapservice.geo.topology import BrokenTopologyError

# Two squares side by side, the right one with a hole: the border between them is arc 0.
SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [10.0, 50.0]},
    "objects": {
        "areas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "left", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "right", "arcs": [[[2, -1], [3]]]},
            ],
        }
    },
    "arcs": [
        [[8, 0], [0, 8]],
        [[8, 8], [-8, 0], [0, -8], [8, 0]],
        [[8, 0], [8, 0], [0, 8], [-8, 0]],
        [[10, 2], [0, 2], [2, 0], [0, -2], [-2, 0]],
    ],
}


def test_arcs_are_summed_scaled_and_moved():
    shapes = topology.polygons(SQUARES)

    assert shapes["left"].equals(shapely.box(10, 50, 14, 54))
    assert shapes["right"].equals(shapely.box(14, 50, 18, 54) - shapely.box(15, 51, 16, 52))


def test_neighbours_share_their_border_exactly_so_that_they_merge_without_a_seam():
    shapes = topology.polygons(SQUARES)

    whole = topology.merged(list(shapes.values()))

    assert shapely.coverage_is_valid(list(shapes.values()))
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(sum(shape.area for shape in shapes.values()))


@pytest.mark.parametrize(
    "change",
    [
        {"type": "FeatureCollection"},
        {"arcs": [[[0, 0]]]},
        {"arcs": "none"},
        {"transform": None},
        {"objects": {"areas": {"geometries": [{"type": "Point", "id": "x", "arcs": [[0]]}]}}},
        {"objects": {"areas": {"geometries": [{"type": "Polygon", "id": "x", "arcs": [[99]]}]}}},
        {"objects": {}},
    ],
)
def test_junk_is_refused(change):
    with pytest.raises(BrokenTopologyError):
        topology.polygons(SQUARES | change)
