"""All attacks, in their order."""

import re

from bench.attacks import places

ATTACKS = sorted(
    (attack for module in (places,) for attack in module.ATTACKS),
    key=lambda attack: (int(re.findall(r"\d+", attack.__name__)[0]), attack.__name__),
)
