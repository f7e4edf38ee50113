"""The keys of one service: from the environment, else from a file that only the service can read."""

import os
import secrets
from pathlib import Path

from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError

KEY_BYTES = 32


def key_of(config: Config, name: str) -> bytes:
    """The key of a name: 32 bytes, made at the first use where none is given.

    Names are ``secret_key``, ``anchor_key`` and ``count_key``.

    :raise SetupError: if the given key is no hex of 32 bytes, or production has none.
    """
    given = getattr(config, name)
    if given:
        return _from_hex(given, f"{PREFIX}{name.upper()}")
    path = config.state / "keys" / name
    if not path.exists():
        if config.production:
            raise SetupError(f"Set {PREFIX}{name.upper()}, or put 64 hex digits into {path} (mode 0600).")
        _create(path)
    return _from_hex(path.read_text().strip(), str(path))


def _from_hex(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SetupError(f"{where} must hold {KEY_BYTES * 2} hex digits; make some with: openssl rand -hex {KEY_BYTES}")
    return key


def _create(path: Path) -> None:
    """Write a new key so that of two processes starting at once both read the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
