"""The port of the service: whether it is free, and when it responds."""

import errno
import http.client
import socket
import time

from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting.stopping import Stop
from mapservice.hosting.supervisor import Child

# A web server that is killed during its start is restarted; one that fails by itself fails again each time.
MAX_DEATHS = 3


def check_port(config: Config, *, within: float = 0.0) -> None:
    """Check that the service can listen on its port.

    Wait up to ``within`` seconds for a process that holds it: a killed process releases its port last.

    :raise SetupError: if not; the message says what to do.
    """
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            _try_port(config)
        except SetupError:
            time.sleep(0.05)
        else:
            return
    _try_port(config)


def _try_port(config: Config) -> None:
    try:
        addresses = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = addresses[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise SetupError(
            f"There is no address {config.host}: use --host 127.0.0.1 or an address of this machine."
        ) from None
    except OSError as problem:
        words = {
            errno.EADDRINUSE: f"Port {config.port} is in use: choose another, for example --port {config.port + 1}.",
            errno.EACCES: f"Port {config.port} needs root: choose a port from 1024 upwards, for example --port 8000.",
            errno.EADDRNOTAVAIL: f"{config.host} is not an address of this machine: use --host 127.0.0.1.",
        }
        sentence = f"Cannot listen on {config.host}, port {config.port} ({problem.strerror}): choose others."
        raise SetupError(words.get(problem.errno or 0, sentence)) from None


def wait_until_it_answers(config: Config, web: Child, stop: Stop) -> bool:
    """Wait for the first response; return False if told to stop before.

    :raise SetupError: if the web processes end again and again.
    """
    deaths = 0
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    until = time.monotonic() + 60
    while not stop.is_set():
        connection = http.client.HTTPConnection(host, config.port, timeout=10)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return True
        except (OSError, http.client.HTTPException):
            deaths += web.has_died
            if time.monotonic() > until or deaths == MAX_DEATHS:
                raise SetupError("The web processes do not start: read the lines above.") from None
            web.keep_alive()
            stop.wait(0.03)
        finally:
            connection.close()
    return False
