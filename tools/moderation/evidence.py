"""What the shield gets right among texts that the model has not seen, as docs/moderation-evidence.md."""

import hashlib
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

import numpy as np

from mapservice.config import HOME
from mapservice.moderation import features, model, rules, shield
from mapservice.moderation.rules import Author
from tools.moderation.training import FREEDOM, LabelledText, train

EVIDENCE = HOME / "docs" / "moderation-evidence.md"

#: Into how many parts the texts are divided; the texts of one template are all in the same.
FOLDS = 5

NEW, KNOWN = Author(), Author(shown=rules.NEW_TEXTS, days=rules.NEW_DAYS)

HEAD = """\
# Moderation evidence

Written by `python -m tools.moderation`; never by hand. The shield (`mapservice/moderation/shield.py`) decides which
texts a moderator reads first. A rule holds the text of a new member, and so does the model if it gives more than {new}.
The text of another member is held if the model gives more than {others}, or more than {new} and a rule agrees; their
warnings pass.

The texts are invented: `data/moderation/texts.jsonl`, see [data/README.md](../data/README.md). The templates are
divided into {folds} parts, and each part is judged by a model that learned from the others; all texts of one template
are in one part. **The rules, and the features that use their words, were written by people who had seen these texts.**
So the figures are what the shield gets right at home, and no forecast; the other sets, whose templates are
farther apart, are nearer to one. What a text says of its condition is not judged here.

Weights: sha256 `{hash}`. {regression}
"""


def document(texts: Sequence[LabelledText], weights_hash: str) -> str:
    """Return the page."""
    likely = judge_unseen(texts)
    made = f"scikit-learn {version('scikit-learn')}, numpy {np.__version__}, Python {platform.python_version()}"
    regression = (
        f"Logistic regression (C = {FREEDOM:g}, balanced) on {features.HASHES:,} hashes of {features.LENGTHS[0]} to "
        f"{features.LENGTHS[-1]} characters and {len(features.NAMES)} features; {made}."
    )
    head = HEAD.format(
        new=shield.OF_NEW, others=shield.OF_OTHERS, folds=FOLDS, hash=weights_hash, regression=regression
    )
    parts = [head]
    for name in ("first", "second", "third"):
        chosen = [(text, p) for text, p in zip(texts, likely, strict=True) if text.set == name]
        parts += [f"## The {name} set\n", *_held(chosen), "", *_kinds(chosen), ""]
    return "\n".join([*parts, "## Weights of the features\n", *_weights(texts), ""])


def judge_unseen(texts: Sequence[LabelledText]) -> list[float]:
    """Return how likely each text is to be bad, by a model that has seen no text of its template."""
    likely = [0.0] * len(texts)
    for fold in range(FOLDS):
        weights = train([text for text in texts if _fold(text) != fold]) / model.SCALE
        for at, text in enumerate(texts):
            if _fold(text) == fold:
                likely[at] = model.probability(text.text, is_first=True, weights=weights)
    return likely


def _fold(text: LabelledText) -> int:
    return hashlib.sha256(text.template.encode()).digest()[0] % FOLDS


def _held(chosen: Iterable[tuple[LabelledText, float]]) -> list[str]:
    """Return a table of how many texts are held."""
    chosen = list(chosen)
    ways = {
        "rules, new member": lambda text, _p: _by_rules(text, NEW),
        f"model > {shield.OF_NEW}": lambda _text, p: p > shield.OF_NEW,
        "**shield, new member**": lambda text, p: _by_rules(text, NEW) or p > shield.OF_NEW,
        "rules, other member": lambda text, _p: _by_rules(text, KNOWN),
        f"model > {shield.OF_OTHERS}": lambda _text, p: p > shield.OF_OTHERS,
        "**shield, other member**": lambda text, p: (
            (p > shield.OF_OTHERS or (p > shield.OF_NEW and _by_rules(text, KNOWN))) and not rules.warns(text.text)
        ),
    }
    rows = ["| held by | spam held | honest texts held |", "|---|---|---|"]
    for name, holds in ways.items():
        spam = [holds(text, p) for text, p in chosen if text.is_spam]
        honest = [holds(text, p) for text, p in chosen if not text.is_spam]
        rows.append(f"| {name} | {sum(spam)} of {len(spam)} | {sum(honest)} of {len(honest)} |")
    return rows


def _by_rules(text: LabelledText, author: Author) -> bool:
    return bool(rules.reasons_to_hold(text.text, (), author))


def _kinds(chosen: Iterable[tuple[LabelledText, float]]) -> list[str]:
    """Return a table of what the model alone gets wrong, by the kind of text."""
    chosen = list(chosen)
    rows = [f"| kind | texts | wrong at {shield.OF_NEW}, the model alone |", "|---|---|---|"]
    for label, kind in sorted({(text.label, text.kind) for text, _p in chosen}):
        wrong = [(p > shield.OF_NEW) != text.is_spam for text, p in chosen if (text.label, text.kind) == (label, kind)]
        rows.append(f"| {label}: {kind.replace('_', ' ')} | {len(wrong)} | {sum(wrong)} |")
    return rows


def _weights(texts: Sequence[LabelledText]) -> list[str]:
    numbers = train(texts)[features.HASHES + 1 :] / model.SCALE
    rows = ["| feature | weight |", "|---|---|"]
    return rows + [f"| {name} | {weight:+.2f} |" for name, weight in zip(features.NAMES, numbers, strict=True)]
