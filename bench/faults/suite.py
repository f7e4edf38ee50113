"""All faults, in their order."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.faults import connections, kills
from bench.faults.people import Crowd
from bench.faults.running import service
from bench.faults.table import Context, Scale

FAULTS = sorted((*kills.FAULTS, *connections.FAULTS), key=lambda fault: fault.__name__)


@contextmanager
def context(scale: Scale) -> Iterator[Context]:
    """A service with people who use it, for all faults together."""
    with service() as running:
        yield Context(scale, running, Crowd(running, scale.members))
