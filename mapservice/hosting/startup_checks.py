"""Checks before the service starts: the keys of this machine, and the withdrawal log."""

import datetime as dt

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mapservice import db, message_keys
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.keys import load_key
from mapservice.message_keys import MessageKeys
from mapservice.store.messages import wrapping_keys
from mapservice.store.operator import settings
from mapservice.store.site import key_fingerprints
from mapservice.withdrawal_log import WithdrawalLog, folder

#: The keys that pages need; that of the figures is read by ``mapservice release`` only.
OF_PAGES = ("secret_key", "anchor_key", "withdrawal_key")


def check_keys(config: Config, session: Session, names: tuple[str, ...] = OF_PAGES) -> None:
    """Check that the keys of this machine are those of the database; the first ones used are registered.

    :raise SetupError: if one differs; the message says which, and what to do.
    """
    for name in names:
        key_fingerprints.check(session, load_key(config, name), name, where=_where(config, name))


def check_message_keys(config: Config, session: Session) -> None:
    """Check that this machine has all keys of conversations; the first is made at the first start.

    :raise SetupError: if one is missing; the message says what to do.
    """
    keys = MessageKeys.of(config)
    wrapping_keys.current(session, keys)
    missing = wrapping_keys.missing(session, keys)
    if missing:
        raise SetupError(
            f"{len(missing)} of the keys that encrypt messages are not in {message_keys.folder(config)}, such as "
            f"{missing[0]}: all machines of a service use one folder, see {PREFIX}MESSAGE_KEYS. Copy the folder there "
            "from the machine that has it, or from where you keep the keys. If they are lost: `mapservice message-keys "
            "--delete-unreadable`."
        )


def check_keys_in(config: Config, engine: Engine) -> None:
    """Check all of them, in a transaction of its own."""
    with db.transaction(engine) as session:
        check_keys(config, session)
        check_message_keys(config, session)


def check_machine(config: Config, url: str) -> None:
    """Check that this machine has the keys of a database, and can write the withdrawal log.

    :raise SetupError: if not; the message says what to do.
    """
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    try:
        check_keys_in(config, engine)
        check_log(config)
    finally:
        engine.dispose()


def name_warning(config: Config, engine: Engine) -> str | None:
    """Return a warning if what every e-mail shows of the service has a word from the name of a condition."""
    with db.transaction(engine) as session:
        if not settings.is_told_by_emails(session, config):
            return None
    return (
        "The name, the address or the sender of the service has a word from the name of a condition, and every e-mail "
        "shows it. Anyone who sees a member's e-mails can conclude what they have: change "
        f"{PREFIX}SITE_NAME, {PREFIX}MAIL_FROM or {PREFIX}PUBLIC_URL."
    )


def check_log(config: Config) -> None:
    """Check that the withdrawal log can be written.

    :raise SetupError: if not; the message says what to do.
    """
    try:
        WithdrawalLog.of(config).note_day(dt.datetime.now(dt.UTC).date())
    except OSError as problem:
        raise SetupError(
            f"The withdrawal log in {folder(config)} cannot be written ({problem.strerror}): free some space "
            "there, or give the folder to the account of the service."
        ) from problem


def _where(config: Config, name: str) -> str:
    return f"{PREFIX}{name.upper()}" if getattr(config, name) else str(config.state / "keys" / name)
