"""How long the shield takes for a text, and which it holds:  python -m bench.moderation --texts FILE

FILE has labelled texts, one JSON object a line with ``text`` and ``label`` (spam or honest). Without it those are taken
from which the model has learned, and only the time says something. The figures are milliseconds of the processor in
Python. The exit status is 1 if the median text, or one of 1,000 words, takes more than 10.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import report
from mapservice.config import HOME
from mapservice.moderation import rules, shield
from mapservice.moderation.rules import Author

LEARNED = Path("data/moderation/texts.jsonl")

#: Milliseconds that a text may take.
BAR = 10.0

AUTHORS = {"new": Author(), "other": Author(shown=rules.NEW_TEXTS, days=rules.NEW_DAYS)}


def main() -> int:
    """Judge all texts as those of new and of other members, and measure."""
    parser = report.command(__doc__ or "")
    parser.add_argument("--texts", type=Path, default=LEARNED, help="labelled texts that the model does not know")
    options = parser.parse_args()
    texts = [json.loads(line) for line in (HOME / options.texts).read_text(encoding="utf-8").splitlines()]
    shield.reasons_to_hold("Hello.", (), Author())

    rows = [[f"{name} member", *_held(texts, author)] for name, author in AUTHORS.items()]
    honest = " ".join(text["text"] for text in texts if text["label"] == "honest").split()
    times = [_milliseconds([text["text"]]) for text in texts]
    long = _milliseconds([" ".join(honest[at : at + 1000]) for at in range(0, len(honest) - 1000, 1000)])
    measured = [["median text", f"{statistics.median(times):.1f}"], ["worst text", f"{max(times):.1f}"]]
    measured.append(["1,000 words", f"{long:.1f}"])
    lines = [*report.table(["author", "spam held", "honest held"], rows), ""]
    report.publish("bench.moderation", options, [*lines, *report.table(["a text", "ms of the processor"], measured)])
    return int(statistics.median(times) > BAR or long > BAR)


def _held(texts: Sequence[dict[str, str]], author: Author) -> list[str]:
    """Return how many of the spam, and how many of the honest texts are held."""
    shares = []
    for label in ("spam", "honest"):
        held = [bool(shield.reasons_to_hold(text["text"], (), author)) for text in texts if text["label"] == label]
        shares.append(f"{sum(held)} of {len(held)}")
    return shares


def _milliseconds(texts: Sequence[str]) -> float:
    """Return what one of some texts takes."""
    started = time.process_time()
    for text in texts:
        shield.reasons_to_hold(text, (), Author())
    return (time.process_time() - started) * 1000 / max(len(texts), 1)


if __name__ == "__main__":
    sys.exit(main())
