"""What attacks change beside the database is put back."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bench.attacks.table import SMALL, Context


@pytest.fixture(scope="session")
def context(acting_engine, server) -> Context:
    """The small profile, on this process's database."""
    return Context(seed=1, scale=SMALL, engine=acting_engine, state=server)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The attacks write logs of their own."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)
