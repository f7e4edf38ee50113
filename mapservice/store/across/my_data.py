"""Everything that is stored about one member, read for that member only, as the deletion plan declares it."""

from collections.abc import Mapping
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.privacy.deletion import Entry
from mapservice.store.across.subjects import PLAN, READERS
from mapservice.store.tables import Base, Condition, ConsentWording, Member, ZoneRow
from mapservice.text.marking import marked

#: Shown for a value that would give access to the account.
KEPT_BACK = marked("stored, but never shown: it protects your account, or the position of your pin in its zone")

#: Shown where even the member must not know whether there is a value, see the deletion plan.
UNTOLD = marked("not shown: people with many accounts could find out something about others from it")


def member_data(session: Session, member: Member, config: Config) -> list[tuple[Entry, list[dict[str, Any]]]]:
    """Return the member's rows of every table that can hold any, in readable form.

    Tables whose rows not even the member may know about are left out.
    """
    rows_by_entry = [
        (entry, _rows(session, member, entry, config) if entry.is_told else []) for entry in PLAN if entry.person
    ]
    values = [row for _entry, rows in rows_by_entry for row in rows]
    conditions = _names(session, Condition.id, Condition.name, {row.get("condition_id") for row in values})
    zones = _names(session, ZoneRow.id, ZoneRow.name, {row.get(column) for row in values for column in _ZONES})
    wordings = _names(session, ConsentWording.id, ConsentWording.wording, {row.get("wording_id") for row in values})
    return [(entry, [_in_words(row, conditions, zones, wordings) for row in rows]) for entry, rows in rows_by_entry]


# Columns that identify the member by e-mail address.
_ADDRESSES = ("recipient", "email")

_ZONES = ("zone_id", "shown_zone", "country", "region")


def _rows(session: Session, member: Member, entry: Entry, config: Config) -> list[dict[str, Any]]:
    if entry.table in READERS:
        return [_values(row, entry) for row in READERS[entry.table](session, member, config)]
    table = Base.metadata.tables[entry.table]
    whose = member.email if entry.person in _ADDRESSES else member.id
    # A generated column repeats what others say.
    columns = [column for column in table.c if column.computed is None]
    rows = session.execute(select(*columns).where(table.c[entry.person] == whose).order_by(*table.primary_key))
    return [_values(row, entry) for row in rows.mappings()]


def _values(row: Mapping[Any, Any], entry: Entry) -> dict[str, Any]:
    return {name: _shown(name, value, entry) for name, value in row.items() if name not in entry.of_others}


def _shown(name: str, value: Any, entry: Entry) -> Any:
    if name in entry.untold:
        return UNTOLD
    return KEPT_BACK if name in entry.secret and value is not None else value


def _names(session: Session, key: Any, name: Any, ids: set[Any]) -> dict[Any, str]:
    return {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(ids - {None})))}


def _in_words(
    row: dict[str, Any], conditions: dict[Any, str], zones: dict[Any, str], wordings: dict[Any, str]
) -> dict[str, Any]:
    """Return a row in readable form: condition and wording instead of ids, zones with names, the pin as [lng, lat]."""
    words: dict[str, Any] = {}
    for name, value in row.items():
        if name == "condition_id":
            words["condition"] = conditions.get(value)
        elif name == "wording_id":
            words["wording"] = wordings.get(value)
        elif name == "pin" and value is not None:
            point = to_shape(value)
            words[name] = [point.x, point.y]
        else:
            words[name] = value
        if name in _ZONES and value is not None:
            words[f"{name}_name"] = zones.get(value)
    return words
