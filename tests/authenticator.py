"""A device that makes passkeys and uses them, as WebAuthn says, for tests without a browser."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mapservice.store.accounts import passkeys
from mapservice.store.tables import Member, Passkey
from tests.rendered import match_in

ORIGIN = "http://localhost"

# Flags of the data that the device signs. Source: WebAuthn Level 3, section 6.1.
_PRESENT, _VERIFIED, _HAS_CREDENTIAL = 0x01, 0x04, 0x40


def options_in(page: TestResponse) -> dict[str, Any]:
    """What a page asks of a passkey."""
    options: dict[str, Any] = json.loads(unescape(match_in(page.text, r'data-passkey="([^"]+)"')))
    return {**options, "challenge": match_in(page.text, r'data-nonce="([^"]+)"')}


def encoded(content: bytes) -> str:
    """Bytes as WebAuthn writes them in JSON."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Bytes that WebAuthn wrote in JSON."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """A device with one passkey, whose owner it checks, unless it says otherwise."""

    origin: str = ORIGIN
    is_verified: bool = True
    counts: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    uses: int = 0

    @property
    def public_key(self) -> bytes:
        """The public key, as COSE writes it."""
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a page that asks for a new passkey."""
        length = len(self.credential_id).to_bytes(2, "big")
        credential = bytes(16) + length + self.credential_id + self.public_key
        data = self._data(options["rp"]["id"], _HAS_CREDENTIAL) + credential
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": encoded(said), "attestationObject": encoded(attested)})

    def use(self, options: dict[str, Any]) -> str:
        """The answer to a page that asks for a passkey."""
        self.uses += self.counts
        data, said = self._data(options["rpId"]), self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        return self._answer({name: encoded(part) for name, part in parts.items()})

    def give_to(self, session: Session, member: Member, name: str = "My phone") -> Passkey:
        """Store the passkey of this device without a page."""
        key = {"credential_id": self.credential_id, "public_key": self.public_key}
        passkeys.add(session, member, **key, sign_count=self.uses, name=name)
        session.commit()
        passkey = passkeys.with_credential(session, self.credential_id)
        assert passkey is not None
        return passkey

    def _data(self, host: str, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.is_verified else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        credential = encoded(self.credential_id)
        return json.dumps({"id": credential, "rawId": credential, "type": "public-key", "response": response})


def token_in(page: TestResponse) -> str:
    """The token of the forms of a page."""
    return match_in(page.text, r'name="csrf_token" value="([^"]+)"')


def send_passkey(client: FlaskClient, path: str, device: Device, **fields: str) -> TestResponse:
    """Open a page that asks for a passkey, use the device, and send its answer."""
    page = client.get(path)
    answer = device.use(options_in(page))
    return client.post(path.partition("?")[0], data={"csrf_token": token_in(page), "passkey": answer, **fields})
