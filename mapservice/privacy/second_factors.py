"""What the codes of a member are made from, and how it is sealed, so that a copy of the database makes no code."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from mapservice.errors import UnreadableTextError
from mapservice.privacy import encryption

#: 160 bits. Source: RFC 4226, section 4, R6.
SECRET_BYTES = 20

PEPPER_BYTES = 32


@dataclass(frozen=True, slots=True)
class FactorSecrets:
    """The secret that a phone shares, and the key of the hashes of recovery codes; both are random."""

    secret: bytes
    pepper: bytes

    def hash_of(self, member_id: UUID, code: str) -> bytes:
        """Return the hash of a normalised recovery code, which is what is stored of it."""
        return _keyed(self.pepper, "recovery", member_id, code.encode())


def new_pepper() -> bytes:
    """Return a new key for the hashes of recovery codes."""
    return secrets.token_bytes(PEPPER_BYTES)


def new_secrets() -> FactorSecrets:
    """Return what new codes are made from."""
    return FactorSecrets(secrets.token_bytes(SECRET_BYTES), new_pepper())


def seal(factor: FactorSecrets, member_id: UUID, secret_key: str) -> bytes:
    """Return the secrets encrypted with a key that is not in the database, for this member only."""
    place = encryption.second_factor_place(member_id)
    return encryption.encrypt(_sealing_key(secret_key), factor.secret + factor.pepper, place)


def unseal(sealed: bytes, member_id: UUID, secret_key: str) -> FactorSecrets:
    """Return the secrets that were sealed.

    :raise UnreadableTextError: if they were sealed with another key, or for somebody else.
    """
    plain = encryption.decrypt(_sealing_key(secret_key), sealed, encryption.second_factor_place(member_id))
    return FactorSecrets(plain[:SECRET_BYTES], plain[SECRET_BYTES:])


def derive(salt: bytes, member_id: UUID, secret_key: str) -> FactorSecrets:
    """Return the secrets of a second factor from before secrets were sealed, which depend on the key itself."""
    key = secret_key.encode()
    return FactorSecrets(_keyed(key, "secret", member_id, salt)[:SECRET_BYTES], key)


def open_factor(sealed: bytes | None, salt: bytes | None, member_id: UUID, secret_key: str) -> FactorSecrets:
    """Return the secrets of a stored second factor.

    After a restore with another key they cannot be opened: then it returns secrets that no code fits, so that the
    answer is the one about a wrong code.
    """
    if sealed is None:
        return derive(salt or b"", member_id, secret_key)
    try:
        return unseal(sealed, member_id, secret_key)
    except UnreadableTextError:
        return new_secrets()


def _sealing_key(secret_key: str) -> bytes:
    return sha256(f"second-factors/v2:{secret_key}".encode()).digest()


def _keyed(key: bytes, purpose: str, member_id: UUID, value: bytes) -> bytes:
    return hmac.digest(key, f"second-factor/v1/{purpose}/".encode() + member_id.bytes + value, "sha256")
