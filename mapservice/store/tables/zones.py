"""Zones, the base map, and which derived data is loaded."""

from __future__ import annotations

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import REAL
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.geo.zones import Level, ZoneId
from mapservice.store.tables.base import SRID, SRID_DRAWN, Base, one_of


class ZoneRow(Base):
    """A zone of the tree, or a part of the world above it. Written by ``mapservice load`` only.

    The map draws a zone from zoom ``appears`` until, at zoom ``opens``, its children replace it.
    ``box`` is (west, south, east, north) in degrees; ``anchor`` (lng, lat) is the position of its cluster.
    """

    __tablename__ = "zone"
    __table_args__ = (
        CheckConstraint(one_of("level", tuple(Level)), name="level"),
        Index("ix_zone_anchor", "anchor", postgresql_using="gist"),
    )

    id: Mapped[ZoneId] = mapped_column(Text(collation="C"), primary_key=True)
    tree: Mapped[int] = mapped_column(SmallInteger)
    level: Mapped[str] = mapped_column(index=True)
    parent: Mapped[ZoneId | None] = mapped_column(ForeignKey("zone.id"), index=True)
    country: Mapped[str | None] = mapped_column(index=True)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    name: Mapped[str]
    people: Mapped[int] = mapped_column(BigInteger)
    appears: Mapped[int] = mapped_column(SmallInteger, index=True)
    opens: Mapped[int] = mapped_column(SmallInteger, index=True)
    box: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    anchor: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID, spatial_index=False))
    shape: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", SRID, spatial_index=False))
    anchors: Mapped[bytes] = mapped_column(LargeBinary)


class BaseFeature(Base):
    """A line, area or label of the base map; SRID 3857, metres."""

    __tablename__ = "base_feature"
    __table_args__ = (Index("ix_base_feature_geom", "geom", postgresql_using="gist"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[str]
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    max_zoom: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str | None]
    rank: Mapped[int | None] = mapped_column(SmallInteger)
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", SRID_DRAWN, spatial_index=False))


class BaseTile(Base):
    """A pre-rendered tile of the base map, because its zoom holds too much of the world to render on request."""

    __tablename__ = "base_tile"

    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Loaded(Base):
    """Which derived data is loaded, by the hash of its files, so that a start loads nothing twice."""

    __tablename__ = "loaded"

    subject: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
