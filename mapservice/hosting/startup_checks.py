"""What is checked before people are let in: the keys of this machine, and the log of what members withdraw."""

import datetime as dt

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.keys import key_of
from mapservice.store.site import key_fingerprints
from mapservice.withdrawal_log import WithdrawalLog, folder

#: The keys that pages need; that of the figures is read by ``mapservice release`` alone.
OF_PAGES = ("secret_key", "anchor_key", "withdrawal_key")


def check_keys(config: Config, session: Session, names: tuple[str, ...] = OF_PAGES) -> None:
    """Make sure that the keys of this machine are those that the database belongs to; the first ones are kept.

    :raise SetupError: if one is another; the message says which, and what to do.
    """
    for name in names:
        key_fingerprints.check(session, key_of(config, name), name, where=_where(config, name))


def check_keys_of(config: Config, engine: Engine) -> None:
    """Make sure of the same where no transaction has begun."""
    with db.transaction(engine) as session:
        check_keys(config, session)


def check_machine(config: Config, url: str) -> None:
    """Make sure that this machine has the keys of a database, and can write the log of withdrawals.

    :raise SetupError: if not; the message says what to do.
    """
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    try:
        check_keys_of(config, engine)
        check_log(config)
    finally:
        engine.dispose()


def check_log(config: Config) -> None:
    """Make sure that the log of withdrawals can be written.

    :raise SetupError: if not; the message says what to do.
    """
    try:
        WithdrawalLog.of(config).note_day(dt.datetime.now(dt.UTC).date())
    except OSError as problem:
        raise SetupError(
            f"The log of withdrawals in {folder(config)} cannot be written ({problem.strerror}): free some space "
            "there, or give the folder to the account of the service."
        ) from problem


def _where(config: Config, name: str) -> str:
    return f"{PREFIX}{name.upper()}" if getattr(config, name) else str(config.state / "keys" / name)
