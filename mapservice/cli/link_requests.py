"""Whether a page of another host answers: asked over https only, never of an address that is not public.

The name is resolved once, each address that it has is checked, and the connection goes to the one that was checked. No
redirect is followed: that a host answers is enough, and another host would have to be checked in its turn.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

#: Time for the connection, and for each part of an answer.
TIMEOUT_S = 10

HTTPS_PORT = 443

#: What says that a page is gone, beside faults of the server; others, such as 403, only refuse a program.
_GONE = frozenset({404, 410})

_HEADERS = {"User-Agent": "mapservice check-links", "Accept": "*/*", "Connection": "close"}


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet.

    >>> [is_public(one) for one in ("93.184.215.14", "10.0.0.1", "127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or is_public(str(mapped)))


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host.

    :raise OSError: if it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class LinkRequests:
    """How other hosts are asked; tests put their own server in place of the internet."""

    is_allowed: Callable[[str], bool] = is_public
    find: Callable[[str, int], list[str]] = resolve
    port: int = HTTPS_PORT
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    timeout_s: float = TIMEOUT_S

    def has_answered(self, address: str) -> bool:
        """Return whether a page answers, first without its body, then with it; False also if it must not be asked."""
        try:
            host, path = self._target(address)
            found = self.find(host, self.port)
            if not found or not all(map(self.is_allowed, found)):
                return False
            return any(not _is_gone(self._status(method, host, found[0], path)) for method in ("HEAD", "GET"))
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def _target(self, address: str) -> tuple[str, str]:
        """Return the host and the path of an address.

        :raise ValueError: if it is not one that is asked: other schemes, other ports, a user or a password.
        """
        parts = urlsplit(address)
        is_plain = parts.scheme == "https" and parts.username is None and parts.password is None
        if not is_plain or not parts.hostname or parts.port not in {None, self.port}:
            raise ValueError(address)
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        return parts.hostname.encode("idna").decode(), f"{path}?{query}" if query else path

    def _status(self, method: str, host: str, ip: str, path: str) -> int:
        connection = _Connection(host, ip, self)
        try:
            connection.request(method, path, headers=_HEADERS)
            return connection.getresponse().status
        finally:
            connection.close()


class _Connection(http.client.HTTPSConnection):
    """A connection to an IP address that was checked, with the certificate of the host."""

    def __init__(self, host: str, ip: str, requests: LinkRequests) -> None:
        super().__init__(host, requests.port, timeout=requests.timeout_s, context=requests.context)
        self._ip, self._requests = ip, requests

    def connect(self) -> None:
        """Connect, without asking again which addresses the host has."""
        plain = socket.create_connection((self._ip, self._requests.port), self._requests.timeout_s)
        self.sock = self._requests.context.wrap_socket(plain, server_hostname=self.host)


def _is_gone(status: int) -> bool:
    return status in _GONE or status >= http.client.INTERNAL_SERVER_ERROR
