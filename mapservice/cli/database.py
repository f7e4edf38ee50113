"""Which database the commands and the service use, and as whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from mapservice import db, embedded
from mapservice.config import Config


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database as its owner (migrations, loaders) and as the pages see it; one and the same where it was given."""

    owner: str
    runtime: str


def addresses(config: Config) -> Addresses:
    """The database of the settings, or a private one, which is started where that is needed.

    :raise SetupError: if there is none to be had; the message says what to do.
    """
    if config.database_url:
        embedded.check(config.database_url)
        return Addresses(config.database_url, config.database_url)
    runtime = embedded.start(config.state)
    return Addresses(embedded.url(config.state, embedded.OWNER), runtime)


@contextmanager
def owner_engine(config: Config) -> Iterator[Engine]:
    """An engine that may change tables."""
    engine = db.new_engine(addresses(config).owner, timeouts=False)
    try:
        yield engine
    finally:
        engine.dispose()
