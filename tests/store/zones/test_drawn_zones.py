"""The zones that maps draw are loaded once."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mapservice.store.zones import drawn_zones


def test_maps_that_are_opened_at_once_load_the_zones_once(monkeypatch):
    monkeypatch.setattr(drawn_zones, "_kept", {})
    asked: list[str] = []

    def read(statement: str, _values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        asked.append(statement)
        time.sleep(0.2)
        return []

    with ThreadPoolExecutor(4) as threads:
        loaded = set(threads.map(lambda _: drawn_zones.load(read, "a tree"), range(4)))

    assert len(asked) == len(loaded) == 1


def test_another_tree_is_loaded_too(monkeypatch):
    monkeypatch.setattr(drawn_zones, "_kept", {})
    one, other = (drawn_zones.load(lambda _statement, _values: [], digest) for digest in ("one", "other"))

    assert one is not other
    assert drawn_zones.load(lambda _statement, _values: [], "other") is other
