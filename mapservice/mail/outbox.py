"""The outbox: the folder for e-mails that are written instead of sent, where there is no mail server."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from mapservice.config import Config
from mapservice.mail.mime import message
from mapservice.store.tables import Mail
from mapservice.text.idn import ascii_email

#: How long e-mails are kept in the folder.
RETENTION_S = 3600


def folder(config: Config) -> Path:
    """Return the folder."""
    return config.state / "outbox"


def write(folder: Path, email: Mail, sender: str) -> None:
    """Write an e-mail as a file; written again after a crash, it is the same file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{email.due_at:%Y%m%dT%H%M%S%fZ}-{email.id.hex[:12]}.eml"
    content = bytes(message(email, sender))
    for file_name in (name, "latest.eml"):
        draft = folder / f".{email.id.hex}"
        draft.unlink(missing_ok=True)
        # If root wrote this, the folder belongs to the account of the web processes, which could place a link there.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if os.geteuid() == 0:
                owner = folder.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.write(content)
        draft.replace(folder / file_name)


def delete_expired(config: Config) -> int:
    """Delete the e-mails that have been in the folder for too long; return how many."""
    return _delete(config, lambda path: path.stat().st_mtime < time.time() - RETENTION_S)


def delete_for(config: Config, recipient: str) -> int:
    """Delete the e-mails to a recipient; return how many."""
    return _delete(config, lambda path: _is_to(path, recipient))


def _delete(config: Config, is_due: Callable[[Path], bool]) -> int:
    deleted = 0
    for path in folder(config).glob("*.eml"):
        with suppress(FileNotFoundError):
            if is_due(path):
                path.unlink()
                deleted += 1
    return deleted


def _is_to(path: Path, recipient: str) -> bool:
    with path.open("rb") as file:
        to = BytesParser(policy=SMTP).parse(file, headersonly=True)["To"]
    return to is not None and any(address.addr_spec == ascii_email(recipient) for address in to.addresses)
