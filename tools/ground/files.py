"""Writes files that come out byte for byte the same each time."""

import gzip
import json
from pathlib import Path
from typing import Any


def packed(value: Any) -> bytes:
    """A value as gzipped JSON: no spaces, no time of writing, no name."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def write(path: Path, data: bytes) -> int:
    """Write a file, with its folders; the number of bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(data)


def write_json(path: Path, value: Any) -> int:
    """Write a value as JSON that people can read and git can compare; the number of bytes."""
    return write(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def write_table(path: Path, header: list[str], rows: list[list]) -> int:
    """Write rows as tab-separated values; the number of bytes."""
    lines = ["\t".join(str(cell) for cell in row) for row in [header, *rows]]
    return write(path, ("\n".join(lines) + "\n").encode())
