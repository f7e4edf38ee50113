"""Objects of the app that handles this request or runs this command."""

from typing import cast

from flask import current_app

from mapservice.config import Config


def current_config() -> Config:
    """Return the settings of the service."""
    return cast(Config, current_app.extensions["config"])
