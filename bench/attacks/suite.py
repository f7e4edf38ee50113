"""All attacks, in their order: every module of this folder that has any takes part by itself."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import bench.attacks
from bench.attacks.table import Attack


def _attacks() -> Iterator[Attack]:
    names = {module.name for module in pkgutil.iter_modules(bench.attacks.__path__)} - {"__main__", "suite"}
    for name in sorted(names):
        yield from getattr(importlib.import_module(f"bench.attacks.{name}"), "ATTACKS", ())


ATTACKS = sorted(_attacks(), key=lambda attack: (int(re.findall(r"\d+", attack.__name__)[0]), attack.__name__))
