"""Encryption of what members write to each other, with one data key for each conversation.

The data key is stored with the conversation, encrypted by a wrapping key that is not in the database
(:mod:`mapservice.message_keys`). Everything that is encrypted is bound to its place: moved to another row, or read as
if somebody else had written it, it cannot be decrypted.
"""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mapservice.errors import UnreadableTextError

#: The length of every key: AES-256.
KEY_BYTES = 32

# 96 random bits, as NIST SP 800-38D recommends: safe for far more than the 2**32 messages that one key may encrypt.
_NONCE_BYTES = 12

# The first byte of everything that is encrypted: how it was.
_VERSION = b"\x01"


def new_data_key() -> bytes:
    """Return a new random key for one conversation."""
    return secrets.token_bytes(KEY_BYTES)


def encrypt(key: bytes, plaintext: bytes, place: bytes) -> bytes:
    """Return a text or a key encrypted for its ``place``, which is one of the places below."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted: bytes = AESGCM(key).encrypt(nonce, plaintext, place)
    return _VERSION + nonce + encrypted


def decrypt(key: bytes, encrypted: bytes, place: bytes) -> bytes:
    """Return what was encrypted with this key for this place.

    :raise UnreadableTextError: if it was not, or was changed since.
    """
    version, nonce, rest = encrypted[:1], encrypted[1 : 1 + _NONCE_BYTES], encrypted[1 + _NONCE_BYTES :]
    if version != _VERSION or len(nonce) != _NONCE_BYTES:
        raise UnreadableTextError
    try:
        plaintext: bytes = AESGCM(key).decrypt(nonce, rest, place)
    except InvalidTag:
        raise UnreadableTextError from None
    return plaintext


def message_place(conversation: UUID, number: int, sender: UUID) -> bytes:
    """Return the place of a message: its conversation, its number there, and the member who wrote it."""
    return _place(b"message/v1", conversation.bytes, number.to_bytes(8, "big"), sender.bytes)


def draft_place(conversation: UUID, writer: UUID) -> bytes:
    """Return the place of a draft: its conversation, and the member who writes it."""
    return _place(b"draft/v1", conversation.bytes, writer.bytes)


def report_place(condition_id: int, report: UUID) -> bytes:
    """Return the place of what a report carries: the community that it is about, and the report itself."""
    return _place(b"report/v1", condition_id.to_bytes(8, "big"), report.bytes)


def second_factor_place(member: UUID) -> bytes:
    """Return the place of what a member's codes are made from: the member."""
    return _place(b"second-factor/v2", member.bytes)


def data_key_place(condition_id: int, conversation: UUID, key_id: str) -> bytes:
    """Return the place of the data key of a conversation, and the wrapping key that encrypts it."""
    return _place(b"data-key/v1", condition_id.to_bytes(8, "big"), conversation.bytes, key_id.encode())


def _place(*parts: bytes) -> bytes:
    """Return the parts, each with its length: no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
