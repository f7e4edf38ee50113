"""All attacks, in their order."""

import re

from bench.attacks import (
    cards,
    counts,
    differences,
    geometry,
    linking,
    mechanism,
    metadata,
    places,
    silence,
    surfaces,
    traces,
)

_MODULES = (cards, counts, differences, geometry, linking, mechanism, metadata, places, silence, surfaces, traces)

ATTACKS = sorted(
    (attack for module in _MODULES for attack in module.ATTACKS),
    key=lambda attack: (int(re.findall(r"\d+", attack.__name__)[0]), attack.__name__),
)
