"""What is checked before people are let in: that the keys of this machine are those of the database."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import PREFIX, Config
from mapservice.keys import key_of
from mapservice.store import fingerprints

#: The keys that pages need; that of the figures is read by ``mapservice release`` alone.
OF_PAGES = ("secret_key", "anchor_key", "withdrawal_key")


def check_keys(config: Config, session: Session, names: tuple[str, ...] = OF_PAGES) -> None:
    """Make sure that the keys of this machine are those that the database belongs to; the first ones are kept.

    :raise SetupError: if one is another; the message says which, and what to do.
    """
    for name in names:
        fingerprints.check(session, key_of(config, name), name, where=_where(config, name))


def check_keys_of(config: Config, engine: Engine) -> None:
    """Make sure of the same where no transaction has begun."""
    with db.transaction(engine) as session:
        check_keys(config, session)


def _where(config: Config, name: str) -> str:
    return f"{PREFIX}{name.upper()}" if getattr(config, name) else str(config.state / "keys" / name)
