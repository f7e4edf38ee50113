"""A service of a few pages behind one of several web servers:  python -m bench.small_service SERVER PORT."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, send_file

from mapservice.config import Config
from mapservice.hosting import gateway, processes

#: Threads for pages, of each server the same.
THREADS = gateway.THREADS
CONNECTIONS = 8192

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = gateway.MAX_BYTES - 1
acted: list[dict[str, str]] = []


@app.get("/page")
@app.get("/static/x")
def quick() -> str:
    """Answer at once."""
    return "quick"


@app.get("/slow")
def slow() -> str:
    """Answer as a page does that asks the database a long question."""
    time.sleep(0.1)
    return "done"


@app.post("/hash")
def hashed() -> str:
    """Answer as a form with a password does where many are tried at once."""
    time.sleep(1)
    return str(len(request.form))


@app.post("/act")
def act() -> str:
    """Act on a form."""
    acted.append(request.form.to_dict())
    return "done"


@app.get("/acted")
def count_acted() -> str:
    """Answer how many forms were acted on."""
    return str(len(acted))


@app.get("/file/<int:megabytes>")
def file(megabytes: int) -> Any:
    """Send a file that has no name."""
    content = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by the server
    for _ in range(megabytes):
        content.write(bytes(range(256)) * 4096)
    content.seek(0)
    return send_file(content, mimetype="application/octet-stream")


def make_gateway() -> gateway.Gateway:
    """Return our own gateway."""
    return gateway.Gateway(app.wsgi_app)


def make_asgi() -> Any:
    """Return the pages behind asgiref's adapter, which reads a request as a whole first."""
    from asgiref.wsgi import WsgiToAsgi

    return WsgiToAsgi(app.wsgi_app)


def make_wsgi() -> Any:
    """Return the pages as they are."""
    return app.wsgi_app


def serve_gateway(port: int) -> None:
    """Serve by our gateway, with the settings of the real service."""
    processes.web(Config(port=port, workers=1), target="bench.small_service:make_gateway")


def serve_granian(target: str, interface: str, **settings: Any) -> Callable[[int], None]:
    """Serve by granian's own mode."""

    def serve(port: int) -> None:
        from granian import Granian
        from granian.constants import HTTPModes, Interfaces
        from granian.http import HTTP1Settings

        Granian(
            f"bench.small_service:{target}",
            factory=True,
            port=port,
            interface=Interfaces(interface),
            http=HTTPModes.http1,
            websockets=False,
            workers=1,
            backlog=4096,
            http1_settings=HTTP1Settings(header_read_timeout=5_000),
            log_enabled=False,
            **settings,
        ).serve()

    return serve


def serve_waitress(port: int) -> None:
    """Serve by waitress, with room for as many connections as the others have."""
    import waitress

    waitress.serve(
        app.wsgi_app,
        host="127.0.0.1",
        port=port,
        threads=THREADS,
        backlog=4096,
        connection_limit=CONNECTIONS,
        channel_timeout=10,
        cleanup_interval=5,
        max_request_body_size=gateway.MAX_BYTES - 1,
        asyncore_use_poll=True,
    )


@dataclass(frozen=True)
class Way:
    """How to serve the pages, and the packages that it needs."""

    serve: Callable[[int], None]
    packages: tuple[str, ...]


SERVERS = {
    "gateway": Way(serve_gateway, ("granian",)),
    "granian wsgi": Way(
        serve_granian("make_wsgi", "wsgi", blocking_threads=THREADS, backpressure=CONNECTIONS), ("granian",)
    ),
    "granian wsgi, 256 threads": Way(
        serve_granian("make_wsgi", "wsgi", blocking_threads=256, backpressure=CONNECTIONS), ("granian",)
    ),
    "waitress": Way(serve_waitress, ("waitress",)),
    "granian asgi": Way(serve_granian("make_asgi", "asgi", backpressure=CONNECTIONS), ("granian", "asgiref")),
}

if __name__ == "__main__":
    SERVERS[sys.argv[1]].serve(int(sys.argv[2]))
