"""The fingerprints of the keys: one database, one set of keys, on every machine."""

import hmac

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.errors import SetupError
from mapservice.store.tables import KeyFingerprint


def of(key: bytes, name: str) -> bytes:
    """The fingerprint of a key, which tells nothing of it and differs from name to name."""
    return hmac.digest(key, f"fingerprint/v1|{name}".encode(), "sha256")


def check(session: Session, key: bytes, name: str, *, where: str) -> None:
    """Make sure that this is the key of the database; the first one that comes is kept.

    ``where`` says where the key was read from.

    :raise SetupError: if the database belongs to another key; the message says what to do.
    """
    mine = of(key, name)
    first = insert(KeyFingerprint).values(name=name, fingerprint=mine).on_conflict_do_nothing()
    session.execute(first)
    kept = session.get_one(KeyFingerprint, name, populate_existing=True)
    if not hmac.compare_digest(kept.fingerprint, mine):
        raise SetupError(
            f"The {name} of this machine ({where}) is not the one that this database has used since "
            f"{kept.first_seen}: copy the right key there, from the machine that has it or from where you keep the "
            f"keys. If it is lost or its replacement was interrupted, see docs/operators.md, section 3."
        )


def is_another(session: Session, key: bytes, name: str) -> bool:
    """Whether the database belongs to a key, and it is not this one."""
    kept = session.get(KeyFingerprint, name)
    return kept is not None and not hmac.compare_digest(kept.fingerprint, of(key, name))


def replace(session: Session, key: bytes, name: str) -> None:
    """Let the database belong to another key from now on, as the owner of the tables."""
    values = {"fingerprint": of(key, name), "first_seen": func.current_date()}
    session.execute(insert(KeyFingerprint).values(name=name, **values).on_conflict_do_update(
        index_elements=["name"], set_=values))  # fmt: skip
