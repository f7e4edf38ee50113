"""The ceremonies of passkeys (WebAuthn): what a browser is asked, and whether its answer is right.

Each challenge is kept in the session of the browser, works once, and for a few minutes. Every ceremony asks the device
to check that it is its owner (user verification), so that a passkey proves as much as password and second factor.
Source: W3C Web Authentication Level 3, sections 7.1 and 7.2.
"""

import hashlib
import ipaddress
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import session

from mapservice.db import get_session
from mapservice.store.accounts import passkeys
from mapservice.store.tables import Member, Passkey
from mapservice.web.site.redirects import base_url, url_origin
from mapservice.web.site.service import current_site

#: How long an answer to a challenge is accepted.
CHALLENGE_LIFETIME = timedelta(minutes=10)

CHALLENGE_BYTES = 32

_CHALLENGE = "passkey_challenge"


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a device has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks of a device: options as JSON, and the challenge, which is another one each time."""

    options: str
    challenge: str


def is_available() -> bool:
    """Return whether browsers allow passkeys under the address of this service: one with a name, not a number."""
    parts = urlsplit(_origin())
    try:
        ipaddress.ip_address(parts.hostname or "0.0.0.0")  # noqa: S104 -- no host, as no name
    except ValueError:
        return parts.scheme == "https" or _is_local(parts.hostname or "")
    return False


def creation_options(member: Member, known: Sequence[Passkey]) -> Asked:
    """Return what a browser needs to make a passkey for a member who has these already."""
    import webauthn  # only where passkeys are used
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=current_site().site_name,
        user_id=_user_handle(member),
        user_name=member.email,
        challenge=_new_challenge(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        attestation=structs.AttestationConveyancePreference.NONE,
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    return _asked(webauthn.options_to_json(options))


def request_options(known: Sequence[Passkey] = ()) -> Asked:
    """Return what a browser needs to use a passkey: one of these, or any that it has for this service."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=_new_challenge(),
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _asked(webauthn.options_to_json(options))


def options_for(member: Member) -> Asked | None:
    """Return what a browser needs to use a passkey of this member; None if they have none."""
    own = passkeys.listed(get_session(), member) if is_available() else ()
    return request_options(own) if own else None


def new_passkey(answer: str) -> NewPasskey | None:
    """Return the passkey in the answer of a browser; None if the answer is wrong, late or was given before."""
    import webauthn

    challenge = _take_challenge()
    if challenge is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=answer, require_user_verification=True, **expected(challenge)
        )
    except Exception:  # the library does not say what it raises for what a browser can send
        return None
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def used_passkey(answer: str, *, of: Member | None = None) -> Passkey | None:
    """Return the passkey that was used, and note its use; None if the answer is wrong, late or was given before.

    With ``of``, those of others are wrong. The caller commits.
    """
    import webauthn

    challenge = _take_challenge()
    passkey = passkeys.with_credential(get_session(), _credential_id(answer))
    if challenge is None or passkey is None or (of is not None and passkey.member_id != of.id):
        return None
    try:
        used = webauthn.verify_authentication_response(
            credential=answer,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
            **expected(challenge),
        )
    except Exception:
        return None
    return passkey if passkeys.note_use(get_session(), passkey, used.new_sign_count) else None


def _asked(options: str) -> Asked:
    by_name = json.loads(options)
    challenge = by_name.pop("challenge")
    return Asked(json.dumps(by_name), challenge)


def _new_challenge() -> bytes:
    """Return a new challenge for this browser; the one before is void."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session[_CHALLENGE] = [challenge.hex(), time.time()]
    return challenge


def _take_challenge() -> bytes | None:
    """Return the challenge of this browser, which is used up, unless it is too old."""
    text, made_at = session.take(_CHALLENGE) or ("", 0)  # type: ignore[attr-defined]
    is_young = 0 <= time.time() - made_at < CHALLENGE_LIFETIME.total_seconds()
    return bytes.fromhex(text) if is_young else None


def expected(challenge: bytes) -> dict[str, Any]:
    """Return what an answer has to be about: this challenge, and this service under its public address."""
    return {"expected_challenge": challenge, "expected_rp_id": _host(), "expected_origin": _origin()}


def _credential_id(answer: str) -> bytes:
    """Return the id of the credential in an answer; empty if it has none."""
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(json.loads(answer)["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return b""


def _user_handle(member: Member) -> bytes:
    """Return what devices call the account: the same for all its passkeys, and nothing that names it."""
    return hashlib.sha256(b"passkey/v1/" + member.id.bytes).digest()


def _origin() -> str:
    return url_origin(base_url())


def _host() -> str:
    return urlsplit(_origin()).hostname or ""


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
