"""Threads that do something over and over while something else is measured, and how long each time took."""

import statistics
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import report


@dataclass
class Waits:
    """How long each request took, in seconds, and how many failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def cells(self) -> list[str]:
        """Return the cells of a row of the table."""
        spread = sorted(self.seconds)
        figures = statistics.median(spread), spread[int(len(spread) * 0.99)], spread[-1]
        return [f"{len(spread):,}", str(self.failed), *(f"{seconds:.3f}" for seconds in figures)]


def table(names: Iterable[str], before: Iterable[Waits], during: Iterable[Waits]) -> list[str]:
    """Return the lines of a table: of each name, what was before, and what was meanwhile."""
    rows: list[list[str]] = []
    for name, quiet, busy in zip(names, before, during, strict=True):
        rows += [[name, "before", *quiet.cells()], [name, "meanwhile", *busy.cells()]]
    return report.table(["", "", "number", "failed", "median, s", "99 % within, s", "longest, s"], rows)


@contextmanager
def running(work: Sequence[Callable[[threading.Event], None]]) -> Iterator[None]:
    """Run functions in threads of their own until the block ends; each is given the event that tells it to stop."""
    stop = threading.Event()
    threads = [threading.Thread(target=function, args=(stop,)) for function in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
