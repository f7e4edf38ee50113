"""All attacks, in their order."""

import re

from bench.attacks import cards, counts, differences, geometry, linking, mechanism, places, silence, surfaces, traces

ATTACKS = sorted(
    (
        attack
        for module in (places, cards, counts, differences, geometry, linking, mechanism, silence, surfaces, traces)
        for attack in module.ATTACKS
    ),
    key=lambda attack: (int(re.findall(r"\d+", attack.__name__)[0]), attack.__name__),
)
