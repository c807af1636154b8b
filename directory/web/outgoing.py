"""The one way out: requests to addresses that people wrote, never into our own network.

The host is looked up once, every address it has must be public, and the connection goes to exactly
that address: a name that changes its mind in between leads nowhere. Redirects are followed by hand,
each checked the same way. Nothing is retried, and a deadline holds for all of it.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

USER_AGENT = "Kommunen-Verzeichnis"
_PORTS = {"http": 80, "https": 443}
_MOST_REDIRECTS = 5
_SUCCESS = 200
_CHUNK = 16_384
_REDIRECTS = {301, 302, 303, 307, 308}

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """The other side gave no answer; the message says why in a few German words."""


@dataclass(frozen=True)
class OutsideAnswer:
    """What came back: the last status, and the address it came from."""

    status: int
    url: str


def is_public(address: IpAddress) -> bool:
    """Return whether an address is part of the public internet."""
    return address.is_global and not address.is_multicast


def ask(
    url: str,
    *,
    method: str = "HEAD",
    deadline_s: float = 10.0,
    contact: str = "",
    allowed: Callable[[IpAddress], bool] = is_public,
) -> OutsideAnswer:
    """Ask for `url` and return the status of the last answer; no body is read.

    `contact` goes into the user agent, so that the other side knows whom to write to.

    Raises:
        Unreachable: no answer, too late, too many redirects, or an address we do not go to.
    """
    ends = time.monotonic() + deadline_s
    for _ in range(_MOST_REDIRECTS + 1):
        response = _ask_once(url, method, ends, contact, allowed)
        target = response.headers.get("Location")
        if response.status not in _REDIRECTS or not target:
            return OutsideAnswer(response.status, url)
        url = urljoin(url, target)
    raise Unreachable("leitet zu oft weiter")


def read(
    url: str,
    *,
    headers: Mapping[str, str],
    deadline_s: float,
    most_bytes: int,
    allowed: Callable[[IpAddress], bool] = is_public,
) -> bytes:
    """Return the body of one successful answer; no redirect is followed.

    Raises:
        Unreachable: no answer, another status than 200, too late or too large.
    """
    ends = time.monotonic() + deadline_s
    with _request(url, "GET", ends, headers, allowed) as response:
        if response.status != _SUCCESS:
            raise Unreachable(f"antwortet mit {response.status}")
        return _body(response, ends, most_bytes)


def _body(response: urllib3.BaseHTTPResponse, ends: float, most_bytes: int) -> bytes:
    body = b""
    try:
        # Whatever has arrived, so that a dripping answer cannot hold us longer than the deadline.
        while part := response.read1(_CHUNK):
            body += part
            if len(body) > most_bytes:
                raise Unreachable("antwortet mit zu viel auf einmal")
            if time.monotonic() > ends:
                raise Unreachable("antwortet nicht rechtzeitig")
    except HTTPError as error:
        raise Unreachable(_reason(error)) from error
    return body


def _ask_once(
    url: str, method: str, ends: float, contact: str, allowed: Callable[[IpAddress], bool]
) -> urllib3.BaseHTTPResponse:
    agent = f"{USER_AGENT} ({contact})" if contact else USER_AGENT
    with _request(url, method, ends, {"User-Agent": agent}, allowed) as response:
        return response


@contextmanager
def _request(
    url: str,
    method: str,
    ends: float,
    headers: Mapping[str, str],
    allowed: Callable[[IpAddress], bool],
) -> Iterator[urllib3.BaseHTTPResponse]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Unreachable("ist keine gültige Adresse") from error
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host:
        raise Unreachable("ist keine gültige Adresse")
    address = _resolve(host, port, allowed)
    left = ends - time.monotonic()
    if left <= 0:
        raise Unreachable("antwortet nicht rechtzeitig")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pool = _pool(parts.scheme, host, str(address), port, left)
    try:
        response = pool.urlopen(
            method,
            path,
            headers={"Host": parts.netloc.rpartition("@")[2], **headers},
            redirect=False,
            retries=False,
            preload_content=False,
        )
    except HTTPError as error:
        pool.close()
        raise Unreachable(_reason(error)) from error
    try:
        yield response
    finally:
        response.close()
        pool.close()


def _pool(
    scheme: str, host: str, address: str, port: int, timeout_s: float
) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=timeout_s)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address, port, timeout=timeout, server_hostname=host, assert_hostname=host
    )


def _resolve(host: str, port: int, allowed: Callable[[IpAddress], bool]) -> IpAddress:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("ist unter diesem Namen nicht zu finden") from error
    addresses = [ipaddress.ip_address(one[4][0]) for one in found]
    if not addresses or not all(allowed(one) for one in addresses):
        raise Unreachable("liegt nicht im öffentlichen Internet")
    return addresses[0]


def _reason(error: HTTPError) -> str:
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "antwortet nicht rechtzeitig"
    if isinstance(error, urllib3.exceptions.SSLError):
        return "hat kein gültiges Zertifikat"
    return "antwortet nicht"
