"""The base map: what is loaded, and what the tiles cut from it hold."""

import lzma

import mapbox_vector_tile
import pytest
from sqlalchemy import delete, text

from mapservice.geo.tiles import NoSuchTileError, Tile, tile_at
from mapservice.store.tables.zones import Loaded
from mapservice.store.zones import basemap

FRANKFURT = (8.68, 50.11)


def layers(session, at):
    """The layers of a tile, each a list of features."""
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(basemap.tile(session, at)).items()}


def names(features):
    return {feature["properties"]["name"] for feature in features}


def test_loading_twice_changes_nothing(owner_session):
    before = basemap.count(owner_session)

    assert before > 40_000
    assert basemap.load(owner_session) is False
    assert basemap.count(owner_session) == before


def test_loading_again_puts_the_same_in_place(owner_session, tmp_path):
    lines = lzma.decompress(basemap.FILE.read_bytes()).splitlines(keepends=True)
    assert basemap.count(owner_session) == len(lines)
    some, heard = lines[::50], []
    (tmp_path / "some").write_bytes(lzma.compress(b"".join(some)))

    for _ in range(2):
        owner_session.execute(delete(Loaded))
        assert basemap.load(owner_session, lambda *done: heard.append(done), tmp_path / "some") is True
        assert basemap.count(owner_session) == len(some)
        assert heard.pop() == (len(some), len(some))


def test_the_world_shows_land_and_the_largest_countries(session):
    world = layers(session, Tile(0, 0, 0))

    assert set(world) >= {"land", "border"}
    assert len(world["land"]) > 100


def test_europe_is_named(session):
    europe = layers(session, tile_at(*FRANKFURT, 4))

    assert "Germany" in names(europe["label_country"])
    assert {"Berlin", "Prague"} <= names(europe["label_city"])
    assert europe["region_border"]
    assert europe["lake"]
    assert europe["river"]


def test_names_come_in_order_of_rank(session):
    ranks = [f["properties"]["rank"] for f in layers(session, tile_at(*FRANKFURT, 4))["label_city"]]

    assert ranks == sorted(ranks)


def test_a_name_stands_in_one_tile_only(session):
    places = [
        feature["properties"]["name"]
        for tile in (child for half in Tile(3, 4, 2).children for child in half.children)
        for feature in layers(session, tile).get("label_country", [])
    ]

    assert len(places) == len(set(places)) > 5


def test_regions_are_named_when_there_is_room(session):
    assert "label_region" not in layers(session, tile_at(*FRANKFURT, 2))
    assert "Hesse" in names(layers(session, tile_at(9.0, 50.6, 6))["label_region"])


def test_the_open_sea_is_empty(session):
    assert basemap.tile(session, tile_at(-40, 30, 8)) == b""


def test_the_low_zooms_are_kept_and_the_same_as_cut(session):
    for at in (Tile(0, 0, 0), Tile(3, 4, 2)):
        assert basemap.tile(session, at) == basemap._cut(session, at)


@pytest.mark.parametrize("lng", [179.9, -179.9])
def test_fiji_lies_on_both_sides_of_the_antimeridian(session, lng):
    land = layers(session, tile_at(lng, -16.5, 6))["land"]

    assert land


def test_no_feature_is_broken(session):
    assert session.scalar(text("SELECT count(*) FROM base_feature WHERE NOT ST_IsValid(geom)")) == 0


def test_never_draws_the_ground_finer_than_zoom_8(session):
    with pytest.raises(NoSuchTileError):
        basemap.tile(session, tile_at(*FRANKFURT, 9))
