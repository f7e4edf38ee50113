"""Processor time of this process and of one that answers it in PostgreSQL: what else the machine does is not in it."""

import time
from pathlib import Path

from sqlalchemy import Connection, text

_NANOSECONDS_A_MILLISECOND = 1_000_000


class ProcessorClock:
    """The milliseconds of processor time that this process, and the backend of a connection, have used."""

    def __init__(self, connection: Connection) -> None:
        self._backend = Path(f"/proc/{connection.scalar(text('select pg_backend_pid()'))}/schedstat")

    def python(self) -> float:
        """Milliseconds used here."""
        return time.process_time_ns() / _NANOSECONDS_A_MILLISECOND

    def postgres(self) -> float:
        """Milliseconds used by the backend."""
        return int(self._backend.read_text(encoding="ascii").split()[0]) / _NANOSECONDS_A_MILLISECOND
