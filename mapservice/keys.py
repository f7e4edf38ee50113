"""The secret keys of a service: from the environment, or from a file that only the service can read."""

import os
import secrets
from pathlib import Path

from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError

KEY_BYTES = 32

#: The names of all keys.
NAMES = ("secret_key", "anchor_key", "count_key", "withdrawal_key")


def load_key(config: Config, name: str) -> bytes:
    """Return the key of a name: 32 bytes, generated at the first use if none is given.

    Names are those of ``NAMES``.

    :raise SetupError: if the given key is not 32 bytes in hexadecimal, or production has none.
    """
    configured = getattr(config, name)
    if configured:
        return _from_hex(configured, f"{PREFIX}{name.upper()}")
    path = config.state / "keys" / name
    if not path.exists():
        if config.production:
            raise SetupError(f"Set {PREFIX}{name.upper()}, or put 64 hex digits into {path} (mode 0600).")
        _create(path)
    return _from_hex(path.read_text().strip(), str(path))


def check_file(config: Config, name: str) -> None:
    """Check that a key is in its file, where it can be replaced.

    :raise SetupError: if it comes from the environment.
    """
    if getattr(config, name):
        variable = f"{PREFIX}{name.upper()}"
        raise SetupError(
            f"{variable} is set, and no command can change the environment: put its value into "
            f"{config.state / 'keys' / name} (mode 0600), remove {variable} and run this again."
        )


def replace_key(config: Config, name: str, key: bytes) -> None:
    """Replace a key in its file without keeping the old one; after a crash the file holds one of the two."""
    path = config.state / "keys" / name
    fresh = _write(path, key)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_aside(config: Config, name: str) -> list[bytes]:
    """Keep a copy of a key that is about to be replaced; return it, with one kept before an interrupted replacement."""
    current, aside = load_key(config, name), _aside(config, name)
    if not aside.exists():
        _write(aside, current).replace(aside)
        return [current]
    return [current, _from_hex(aside.read_text().strip(), str(aside))]


def forget_aside(config: Config, name: str) -> None:
    """Delete the copy of a key that was replaced."""
    _aside(config, name).unlink(missing_ok=True)


def _aside(config: Config, name: str) -> Path:
    return config.state / "keys" / f"{name}.before"


def _from_hex(text: str, source: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SetupError(
            f"{source} must hold {KEY_BYTES * 2} hex digits; make some with: openssl rand -hex {KEY_BYTES}"
        )
    return key


def _create(path: Path) -> None:
    """Generate and write a key; two processes that start at the same time read the same key."""
    fresh = _write(path, secrets.token_bytes(KEY_BYTES))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _write(path: Path, key: bytes) -> Path:
    """Write a key to a new file beside a path, synced to disk, readable by this account only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh
