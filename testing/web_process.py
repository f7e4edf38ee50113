"""The web server of the service as a process of its own, for a test or a measurement."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

from mapservice.config import HOME

PROGRAM = (
    "from mapservice.hosting.processes import web; from mapservice.config import Config; web(Config.from_environment())"
)

#: Seconds until a server that does not listen counts as one that never will.
TIMEOUT_S = 60.0


@contextmanager
def web_process(settings: dict[str, str], *, program: str = PROGRAM, errors: IO[str] | None = None) -> Iterator[int]:
    """The port of a web server, with one worker by default; ``settings`` are named without their prefix."""
    port = free_port()
    own = {"WORKERS": "1", **settings, "PORT": str(port)}
    named = {f"MAPSERVICE_{name}": value for name, value in own.items()}
    with listening([sys.executable, "-c", program], port, named, errors=errors):
        yield port


@contextmanager
def listening(
    command: Sequence[str], port: int, environment: Mapping[str, str], *, errors: IO[str] | None = None
) -> Iterator[None]:
    """Run a server as a process of its own, from when it listens at a port until the block ends."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=HOME, stderr=errors or sys.stderr)
    try:
        _wait(process, port)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(TIMEOUT_S)


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the web server does not listen")
