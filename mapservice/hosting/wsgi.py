"""The application that the web server loads in each of its processes."""

import ctypes
import signal
import sys
import threading

from mapservice import create_app, logs, maps
from mapservice.hosting.gateway import Gateway
from mapservice.hosting.stopping import end_on_signals
from mapservice.web.site import known_devices

_PR_SET_PDEATHSIG = 1  # prctl(2)

# Seconds after its start in which a process loads what draws maps, so that its first map need not wait for it.
_MAPS_AFTER_S = 1.0


def gateway() -> Gateway:
    """Return the service, with the settings of the environment."""
    end_with_parent()
    # Until it responds, this fork still has the handlers of the web server, which would ignore the signals.
    end_on_signals()
    logs.configure()
    app = create_app()
    loading = threading.Timer(_MAPS_AFTER_S, maps.load)
    loading.daemon = True
    loading.start()
    key: str = app.config["SECRET_KEY"]
    return Gateway(app.wsgi_app, known_device=lambda cookies: known_devices.token_in(cookies, key))


def end_with_parent() -> None:
    """End this process with its parent, the web server, however that ends: it would hold the port. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
