"""Logging of the running service: never a path, a person, a condition, or a value that somebody entered."""

import logging
import re
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

#: The only permitted fields; ``error`` is the class of an error, never its message.
FIELDS = ("event", "level", "timestamp", "error", "endpoint", "status", "duration_ms", "pid", "job", "library", "count")

#: The only permitted events. Any other is written as "dropped", because it could contain a name.
EVENTS = {"library"}


def declare(*events: str) -> None:
    """Add permitted events. Each module declares its own when it is imported."""
    EVENTS.update(events)


# Names of events, classes, endpoints, libraries and levels; free text does not match.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")


def configure(stream: TextIO | None = None) -> None:
    """Log one JSON object per line to standard error, from our code and from all libraries."""
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
    """A stream that ignores errors, such as a terminal that was closed: lines may then be lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, if possible."""
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Flush the stream, if possible."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def keep_fields(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Drop every field that is not in ``FIELDS``, every text that is not a plain name, and every undeclared event."""
    kept = {name: line[name] for name in FIELDS if name in line and _is_harmless(line[name])}
    return kept if kept.get("event") in EVENTS else {**kept, "event": "dropped"}


class LibraryHandler(logging.Handler):
    """Logs the library, level and exception class of a library's message; the message itself may contain anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record without its message."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().log(record.levelno, "library", library=record.name, error=error)


def _is_harmless(value: object) -> bool:
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
