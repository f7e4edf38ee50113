"""Fingerprints of the keys, which ensure that all machines use the same keys with one database."""

import hmac

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.errors import SetupError
from mapservice.store.tables import KeyFingerprint


def fingerprint(key: bytes, name: str) -> bytes:
    """Return the fingerprint of a key, which reveals nothing about it and differs from name to name."""
    return hmac.digest(key, f"fingerprint/v1|{name}".encode(), "sha256")


def check(session: Session, key: bytes, name: str, *, where: str) -> None:
    """Check that this is the key of the database; the first one used is registered.

    ``where`` describes the source of the key for the message.

    :raise SetupError: if the database belongs to another key; the message says what to do.
    """
    own = fingerprint(key, name)
    first = insert(KeyFingerprint).values(name=name, fingerprint=own).on_conflict_do_nothing()
    session.execute(first)
    registered = session.get_one(KeyFingerprint, name, populate_existing=True)
    if not hmac.compare_digest(registered.fingerprint, own):
        raise SetupError(
            f"The {name} of this machine ({where}) is not the one that this database has used since "
            f"{registered.first_seen}: copy the right key there, from the machine that has it or from where you keep "
            f"the keys. If it is lost or its replacement was interrupted, see docs/operators.md, section 3."
        )


def differs(session: Session, key: bytes, name: str) -> bool:
    """Return whether the database is registered with a different key."""
    registered = session.get(KeyFingerprint, name)
    return registered is not None and not hmac.compare_digest(registered.fingerprint, fingerprint(key, name))


def replace(session: Session, key: bytes, name: str) -> None:
    """Register another key for the database, as the owner of the tables."""
    values = {"fingerprint": fingerprint(key, name), "first_seen": func.current_date()}
    session.execute(insert(KeyFingerprint).values(name=name, **values).on_conflict_do_update(
        index_elements=["name"], set_=values))  # fmt: skip
