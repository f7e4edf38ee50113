"""How much a run tries, and what it shares."""

from dataclasses import dataclass
from pathlib import Path

from bench.faults.people import Crowd
from bench.faults.running import Service


@dataclass(frozen=True, slots=True)
class Scale:
    """Kills of each kind, connections that are terminated, and members who write meanwhile.

    ``back_within_s`` are the seconds in which the service answers again after a kill.
    """

    name: str
    kills: int
    cuts: int
    members: int
    back_within_s: float


#: The tests allow twice as long, for the machine does other things meanwhile.
SMALL = Scale("small", 2, 40, 4, back_within_s=30)
FULL = Scale("full", 30, 556, 8, back_within_s=15)


@dataclass(slots=True)
class Context:
    """A service of its own with people who use it."""

    scale: Scale
    service: Service
    crowd: Crowd
    errors_without_retries: int | None = None

    @property
    def state(self) -> Path:
        """The folder of the service."""
        return self.service.state
