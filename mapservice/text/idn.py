"""Internationalised domain names in ASCII (punycode, IDNA 2008), as mail servers and browsers send them."""

from urllib.parse import urlsplit

import idna


def ascii_host(host: str) -> str:
    """Return a host name in ASCII.

    >>> ascii_host("Müller.example"), ascii_host("localhost")
    ('xn--mller-kva.example', 'localhost')

    :raise ValueError: if it is not a valid host name.
    """
    # UTS 46 mapping first, as in browsers: upper case, full width. IDNAError is a ValueError.
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def ascii_origin(url: str) -> str:
    """Return scheme, host and port of a URL in ASCII, or an empty string if it cannot be parsed.

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

    :raise ValueError: if its domain is not valid.
    """
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{ascii_host(domain)}"
