import lzma
import struct

import numpy as np
import pytest

from mapservice.geo import anchors
from mapservice.geo.anchors import BrokenAnchorsError, Lattice

LATTICES = [
    Lattice(13_000_000, 52_000_000, 1000, np.array([[0, 5], [0, 9], [3, 1], [700, 65535]])),
    Lattice(-179_999_000, -44_000_000, 1, np.array([[0, 0]])),
    Lattice(0, 0, 2500, np.array([[x, (x * 37) % 900] for x in range(256)])),
]
ZONES = ["DE.1.1", "NZ.1.1.1", "GH.2.1"]


def test_what_is_packed_comes_back():
    loaded = dict(anchors.load(anchors.dump(LATTICES), ZONES))

    for zone, lattice in zip(ZONES, LATTICES, strict=True):
        expected = lattice.steps * lattice.step + (lattice.west, lattice.south)
        points = [anchors.point(loaded[zone], index) for index in range(anchors.count(loaded[zone]))]
        assert sorted(points) == sorted((x / 1_000_000, y / 1_000_000) for x, y in expected.tolist())


def test_one_point_and_all_points_agree():
    packed = dict(anchors.load(anchors.dump(LATTICES), ZONES))["GH.2.1"]

    assert [anchors.point(packed, index) for index in range(256)] == [
        tuple(row) for row in anchors.points(packed).tolist()
    ]


def test_the_order_says_nothing_about_the_place():
    packed = dict(anchors.load(anchors.dump(LATTICES), ZONES))["GH.2.1"]

    lngs = anchors.points(packed)[:, 0]

    assert abs(np.corrcoef(np.arange(256), lngs)[0, 1]) < 0.25


def test_the_order_is_the_same_each_time_and_another_for_each_zone():
    data = anchors.dump([LATTICES[2], LATTICES[2]])

    (_, one), (_, other) = anchors.load(data, ["GH.2.1", "GH.2.2"])

    assert list(anchors.load(data, ["GH.2.1", "GH.2.2"])) == [("GH.2.1", one), ("GH.2.2", other)]
    assert one != other
    assert sorted(anchors.points(one).tolist()) == sorted(anchors.points(other).tolist())


@pytest.mark.parametrize("index", [-1, 4])
def test_there_is_no_anchor_outside_the_array(index):
    packed = dict(anchors.load(anchors.dump(LATTICES), ZONES))["DE.1.1"]

    with pytest.raises(IndexError):
        anchors.point(packed, index)


@pytest.mark.parametrize(
    "data",
    [b"", b"junk", lzma.compress(b""), lzma.compress(b"anchors2" + struct.pack("<II", 3, 0)), lzma.compress(b"x" * 99)],
)
def test_junk_is_refused(data):
    with pytest.raises(BrokenAnchorsError):
        list(anchors.load(data, ZONES))


def test_a_file_of_other_zones_is_refused():
    with pytest.raises(BrokenAnchorsError):
        list(anchors.load(anchors.dump(LATTICES), ZONES[:2]))
