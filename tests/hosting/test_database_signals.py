"""A private PostgreSQL that somebody tells to stop, by whatever signal, is back at once: only ``stop`` ends it."""

import os
import signal
import threading
import time

import psycopg
import pytest

from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.stopping import Stop
from mapservice.hosting.supervisor import supervise
from tests.hosting.private_server import ask, postmaster_of, running, state

__all__ = ["running", "state"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT], ids=lambda number: number.name)
def test_a_private_database_that_a_signal_tells_to_stop_is_back_although_pages_are_connected(running, state, number):
    """By SIGTERM PostgreSQL lets nobody in any more, and waits for those who are: pages stay as long as they run."""
    stop = Stop()
    supervisor = threading.Thread(target=supervise, args=(Config(state=state), [], stop))
    supervisor.start()
    try:
        with psycopg.connect(running.replace("+psycopg", "")):
            stopped = postmaster_of(state)
            os.kill(stopped, number)
            until = time.monotonic() + 60
            while not (embedded.is_running(state) and postmaster_of(state) != stopped):
                assert time.monotonic() < until
                time.sleep(0.05)
    finally:
        stop.set()
        supervisor.join()
    assert ask(running, "select 1") == [1]
