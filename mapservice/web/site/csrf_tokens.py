"""The tokens of forms, masked in another way in each response.

A page is compressed, and its length depends on what repeats in it: a token that is the same in each response could be
found out by its length (BREACH). The mask is a one-time pad that is sent along.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf

View = TypeVar("View", bound=Callable[..., Any])


def authorised_by_address(view: View) -> View:
    """Mark a view whose address has a random token of its own, which may be sent from anywhere without a form."""
    view.is_authorised_by_address = True  # type: ignore[attr-defined]
    return view


def is_authorised_by_address() -> bool:
    """Return whether this request is for such a view."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_authorised_by_address", False)


class MaskedCSRFProtect(CSRFProtect):  # type: ignore[misc]
    """Accepts tokens with and without a mask, as pages had them that were opened before."""

    def protect(self, **settings: bool) -> None:
        """Check the token of a form, where a form is needed."""
        if not is_authorised_by_address():
            super().protect(**settings)

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        return unmask(token) if token else token


def form_token() -> str:
    """Return the token for the forms of this response."""
    if "masked_csrf_token" not in g:
        g.masked_csrf_token = mask(generate_csrf())
    return str(g.masked_csrf_token)


def mask(token: str) -> str:
    """Return a token in a form that is never the same.

    >>> unmask(mask("a.b.c")), mask("a.b.c") == mask("a.b.c"), "." in mask("a.b.c")
    ('a.b.c', False, False)
    """
    content = token.encode()
    pad = secrets.token_bytes(len(content))
    return urlsafe_b64encode(pad + _xor(pad, content)).decode()


def unmask(text: str) -> str:
    """Return the token in a masked one; any other text as it is, to be checked like a token.

    >>> unmask("a.b.c"), unmask("made up"), unmask("AAA=")
    ('a.b.c', 'made up', 'AAA=')
    """
    if "." in text:
        return text
    try:
        content = urlsafe_b64decode(text.encode("ascii"))
        half = len(content) // 2
        token = _xor(content[:half], content[half:]).decode("ascii")
    except ValueError:
        return text
    return token if "." in token else text


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
