"""What is written down about the running service: never a path, a person, a condition, or a value somebody entered."""

import logging
import re
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

#: The only fields that a line may have; ``error`` is the class of an error, never its text.
FIELDS = ("event", "level", "timestamp", "error", "endpoint", "status", "duration_ms", "pid", "job", "library", "count")

#: The only events there are. Any other word is written as "dropped", for it could be a name.
EVENTS = {"library"}


def declare(*events: str) -> None:
    """Add events to those that may be written. Each module declares its own, where it is imported."""
    EVENTS.update(events)


# Names of events, classes, endpoints, libraries and levels. Free text does not look like this.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")


def configure(stream: TextIO | None = None) -> None:
    """Write one JSON object a line, from us and from all libraries, on standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            keep_fields,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, Unbreakable(stream or sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[LibraryHandler()], level=logging.WARNING, force=True)


class Unbreakable:
    """A stream that may be closed by whoever reads it, as a terminal is: then lines are lost, and nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, if that is possible."""
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Pass on what was written, if that is possible."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def keep_fields(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Drop every field that is not in ``FIELDS``, every text that is no plain name, and every event of no list."""
    kept = {name: line[name] for name in FIELDS if name in line and _is_harmless(line[name])}
    return kept if kept.get("event") in EVENTS else {**kept, "event": "dropped"}


class LibraryHandler(logging.Handler):
    """Says of a library's message which library, how bad, and which error; the message itself may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the record on without its words."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().log(record.levelno, "library", library=record.name, error=error)


def _is_harmless(value: object) -> bool:
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
