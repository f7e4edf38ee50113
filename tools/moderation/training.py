"""Train the logistic regression of the shield from invented texts, with scikit-learn."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from mapservice.moderation import features, rules
from mapservice.moderation.model import FOLDER, SCALE

TEXTS = FOLDER / "texts.jsonl"

#: How little large weights are punished.
FREEDOM = 4.0


@dataclass(frozen=True, slots=True)
class LabelledText:
    """An invented text; those of one ``template`` say the same in other words or languages."""

    text: str
    language: str
    label: str
    kind: str
    template: str
    set: str

    @property
    def is_spam(self) -> bool:
        """Whether it has to be held."""
        return self.label == "spam"


def read_texts(path: Path = TEXTS) -> list[LabelledText]:
    """Return the labelled texts."""
    return [LabelledText(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def train(texts: Sequence[LabelledText]) -> np.ndarray:
    """Return the bias, the weights of hashes and those of features, as the service stores them."""
    passages = [(passage, text.is_spam) for text in texts for passage in features.passages(text.text)]
    seen = np.array([_row(passage) for passage, _is_spam in passages])
    regression = LogisticRegression(C=FREEDOM, class_weight="balanced", max_iter=10_000, tol=1e-9)
    regression.fit(seen, [is_spam for _passage, is_spam in passages])
    weights = np.concatenate([regression.intercept_, regression.coef_[0]])
    return np.rint(weights * SCALE).astype("<i2")


def to_bytes(weights: np.ndarray) -> bytes:
    """Return weights as a file of numpy, the same bytes for the same weights."""
    file = io.BytesIO()
    np.save(file, weights, allow_pickle=False)
    return file.getvalue()


def _row(passage: str) -> np.ndarray:
    said, row = rules.plain(passage), np.zeros(features.HASHES)
    places, shares = features.hashed(said)
    row[places] = shares
    return np.concatenate([row, features.described(passage, said)])
