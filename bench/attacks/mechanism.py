"""The mechanism itself: are the numbers drawn as the design says?"""

import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from bench.attacks.table import Context, Outcome
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.geo.zones import Level, Zone, ZoneId
from mapservice.privacy.disclosure import (
    DEFAULT,
    Bucket,
    batch_size,
    entry_delay,
    lasting_noise,
    released_count,
    renewal,
    version_noise,
)
from mapservice.privacy.geomasking import anchor_index

ANCHORS = 64
SALT = b"\x0a" * 16


def a22_mechanism(context: Context) -> Outcome:
    """An auditor draws each number many times and holds its distribution against the one written down (Pearson χ²)."""
    tries = max(20_000, context.scale.trials * 10)
    chance = np.random.default_rng([context.seed, 22])
    key = chance.bytes(32)
    worst = min(p_value(drawn, expected) for drawn, expected in _drawn(key, tries, chance).values())
    biased = Counter(value - (value > 0 and at % 10 == 0) for at, value in enumerate(_lasting(key, tries)))
    broken = p_value(biased, laplace(DEFAULT.lasting_bound))
    wrong = _wrong(key)
    return Outcome(
        "A22 the mechanism: Z, E, B, T, delay, anchors", "least of 6 χ² p (Bonferroni); broken invariants", "> 0.01; 0",
        f"{min(1.0, worst * 6):.3f}; {wrong}", worst * 6 > 0.01 and wrong == 0,
        "biased sampler", f"{broken:.3g}", broken * 6 <= 0.01,
    )  # fmt: skip


def _lasting(key: bytes, tries: int) -> list[int]:
    return [lasting_noise(key, Bucket("some-condition", str(at))) for at in range(tries)]


def _drawn(key: bytes, tries: int, chance: np.random.Generator) -> dict[str, tuple[Counter, dict[int, float]]]:
    """What the product drew and the probabilities it should have, by name."""
    zone = Zone(ZoneId("DE.1.1.1"), TREE_VERSION, Level.AREA, "Ulm", 100_000, b"")
    ids = [uuid.UUID(bytes=chance.bytes(16), version=4) for _ in range(tries)]
    bucket, profile = Bucket("some-condition", "DE"), DEFAULT
    batches = range(profile.min_batch, profile.min_batch + profile.batch_choices)
    delays = range(profile.min_delay, profile.min_delay + profile.delay_choices)
    return {
        "Z": (Counter(_lasting(key, tries)), laplace(profile.lasting_bound)),
        "E": (Counter(version_noise(key, bucket, at) for at in range(tries)), laplace(profile.version_bound)),
        "B": (Counter(batch_size(key, bucket, at) for at in range(tries)), _even(batches)),
        "T": (Counter(renewal(key, Bucket("some-condition", str(at))) for at in range(tries)), _even(range(12))),
        "delay": (Counter(entry_delay(key, str(member_id)) for member_id in ids), _even(delays)),
        "anchors": (
            Counter(anchor_index(key, zone, member_id, 7, SALT, ANCHORS) for member_id in ids),
            _even(range(ANCHORS)),
        ),
    }


def _wrong(key: bytes) -> int:
    """How often an invariant breaks: noise within bounds, gate, threshold, base, the same again for the same input."""
    wrong = 0
    for at in range(400):
        bucket = Bucket("some-condition", f"X{at}")
        for people in range(0, 60, 3):
            shown = released_count(bucket, people, version=at % 5, key=key)
            wrong += shown != released_count(bucket, people, version=at % 5, key=key)
            if shown is not None:
                far = abs(shown - people) > DEFAULT.interval
                wrong += far or people < DEFAULT.minimum_count or shown < 15 or shown % DEFAULT.base != 0
    return wrong


def laplace(bound: int) -> dict[int, float]:
    """The truncated discrete Laplace of the design: P(z) ~ exp(-0.5 |z|). Written apart from the product's."""
    weights = {value: math.exp(-0.5 * abs(value)) for value in range(-bound, bound + 1)}
    return {value: weight / sum(weights.values()) for value, weight in weights.items()}


def _even(values: range) -> dict[int, float]:
    return dict.fromkeys(values, 1 / len(values))


def p_value(drawn: Mapping[int, int], expected: Mapping[int, float]) -> float:
    """The probability that chance alone is at least this far from what is expected; 0 for a value that cannot be."""
    if set(drawn) - set(expected):
        return 0.0
    total = sum(drawn.values())
    square = sum((drawn.get(value, 0) - total * p) ** 2 / (total * p) for value, p in expected.items())
    return _upper_gamma((len(expected) - 1) / 2, square / 2)


def _upper_gamma(shape: float, x: float) -> float:
    """The regularised upper incomplete gamma function, by its series.

    Source: NIST Digital Library of Mathematical Functions, 8.7.1.
    """
    if x > shape + 300:
        return 0.0
    term = total = 1 / shape
    step = shape
    while term > total * 1e-15:
        step += 1
        term *= x / step
        total += term
    return max(0.0, 1 - total * math.exp(-x + shape * math.log(x) - math.lgamma(shape))) if x > 0 else 1.0


ATTACKS: tuple[Callable[[Context], Outcome], ...] = (a22_mechanism,)
