"""How likely a text is one of those that moderators hold, by a logistic regression of committed weights.

``python -m tools.moderation`` makes the weights from ``data/moderation``; nothing is learned while the service runs.
"""

import math
from functools import cache
from pathlib import Path

import numpy as np

from mapservice.config import HOME
from mapservice.moderation import features, rules

FOLDER = HOME / "data" / "moderation"
WEIGHTS = FOLDER / "weights.npy"

#: A stored weight is this many times the weight.
SCALE = 1000

#: What a first text adds to the log-odds. The set that the model learned from does not know who wrote a text.
FIRST_TEXT = 0.2


def probability(text: str, *, is_first: bool = False, weights: np.ndarray | None = None) -> float:
    """Return how likely a text is to be one that has to be held.

    The passages of a long text are judged one by one. The worst one decides, less the more passages there are, because
    each is another chance to look bad by accident. ``weights`` are others than the committed ones.
    """
    parts = features.passages(text)
    used = _weights() if weights is None else weights
    worst = max((_log_odds(part, used) for part in parts), default=-math.inf)
    worst += (FIRST_TEXT if is_first else 0) - math.log(max(len(parts), 1))
    return 1 / (1 + math.exp(min(-worst, 700)))


def _log_odds(passage: str, weights: np.ndarray) -> float:
    said = rules.plain(passage)
    places, shares = features.hashed(said)
    numbers = features.described(passage, said)
    bias, of_strings, of_numbers = weights[0], weights[1 : features.HASHES + 1], weights[features.HASHES + 1 :]
    return float(bias + of_strings[places] @ shares + of_numbers @ numbers)


@cache
def _weights(path: Path = WEIGHTS) -> np.ndarray:
    """Return the bias, the weights of hashes and those of features."""
    stored: np.ndarray = np.load(path, allow_pickle=False)
    return stored / SCALE
