"""What the web server loads in each of its processes."""

from mapservice import create_app, logs
from mapservice.gateway import Gateway


def gateway() -> Gateway:
    """The service, with the settings of the environment."""
    logs.configure()
    return Gateway(create_app().wsgi_app)
