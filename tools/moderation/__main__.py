"""Train the model again and write its weights and docs/moderation-evidence.md: ``python -m tools.moderation``."""

import argparse
import hashlib
import sys
from pathlib import Path

from mapservice.moderation.model import WEIGHTS
from tools.moderation.evidence import EVIDENCE, document
from tools.moderation.training import read_texts, to_bytes, train


def main() -> int:
    """Write ``weights.npy`` and the evidence, and print the hash of the weights."""
    parser = argparse.ArgumentParser(prog="python -m tools.moderation", description=main.__doc__)
    parser.add_argument("--output", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--evidence", type=Path, default=EVIDENCE, help="where the evidence goes")
    arguments = parser.parse_args()

    texts = read_texts()
    content = to_bytes(train(texts))
    arguments.output.write_bytes(content)
    arguments.evidence.write_text(document(texts, hashlib.sha256(content).hexdigest()), encoding="utf-8")
    print(f"sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
