"""Domains with letters beyond ASCII, as mail servers and browsers send them: in punycode (IDNA 2008)."""

from urllib.parse import urlsplit

import idna


def ascii_host(host: str) -> str:
    """Return a host name in ASCII.

    >>> ascii_host("Müller.example"), ascii_host("localhost")
    ('xn--mller-kva.example', 'localhost')

    :raise ValueError: if it is no name of a host.
    """
    # UTS 46 first, as browsers do: upper case, full width. IDNAError is a ValueError.
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def ascii_origin(url: str) -> str:
    """Return scheme, host and port of an address in ASCII, or nothing where it cannot be read.

    >>> ascii_origin("https://müller.example:8/x?y"), ascii_origin("http://[")
    ('https://xn--mller-kva.example:8', '')
    """
    try:
        parts = urlsplit(url)
        if not parts.scheme or not parts.netloc:
            return ""
        before, at, place = parts.netloc.rpartition("@")
        host, colon, port = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", "")
        return f"{parts.scheme}://{before}{at}{ascii_host(host)}{colon}{port}"
    except ValueError:
        return ""


def ascii_email(address: str) -> str:
    """Return an e-mail address with its domain in ASCII.

    >>> ascii_email("anna@müller.example")
    'anna@xn--mller-kva.example'

    :raise ValueError: if its domain is none.
    """
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{ascii_host(domain)}"
