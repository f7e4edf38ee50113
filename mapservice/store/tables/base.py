"""Shared by all tables: names of constraints, reference systems, timestamps with a time zone."""

import datetime as dt
import secrets
from collections.abc import Iterable

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from mapservice.geo.zones import ZoneId

SRID = 4326  # stored; axis order lng, lat
SRID_DRAWN = 3857


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the text of a CHECK constraint that a column holds one of the values."""
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


def random_id() -> str:
    """Return a random 128-bit id, which does not reveal when it was made."""
    return secrets.token_urlsafe(16)


class Base(DeclarativeBase):
    """Base class of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, ZoneId: Text, dt.datetime: DateTime(timezone=True)}
