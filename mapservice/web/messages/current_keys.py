"""The keys of conversations, as this process has read them."""

from flask import Flask, current_app

from mapservice.config import Config
from mapservice.message_keys import MessageKeys

_KEYS = "message_keys"


def init_app(app: Flask, config: Config) -> None:
    """Give the app the keys of its folder; each is read when it is needed first."""
    app.extensions[_KEYS] = MessageKeys.of(config)


def message_keys() -> MessageKeys:
    """Return the keys of conversations."""
    keys: MessageKeys = current_app.extensions[_KEYS]
    return keys
