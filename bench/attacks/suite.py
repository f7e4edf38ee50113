"""All attacks, in their order."""

import re

from bench.attacks import (
    cards,
    counts,
    differences,
    exported,
    geometry,
    joins,
    leaving,
    linking,
    mechanism,
    metadata,
    places,
    rejoining,
    silence,
    surfaces,
    traces,
)

MODULES = (
    cards,
    counts,
    differences,
    exported,
    geometry,
    joins,
    leaving,
    linking,
    mechanism,
    metadata,
    places,
    rejoining,
    silence,
    surfaces,
    traces,
)

ATTACKS = sorted(
    (attack for module in MODULES for attack in module.ATTACKS),
    key=lambda attack: (int(re.findall(r"\d+", attack.__name__)[0]), attack.__name__),
)
