"""Reading from an address that somebody typed: only public ones, only so much, only so long."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from betterstart.directory.imports.reading import LARGEST, FeedRefused

SECONDS_FOR_AN_ANSWER = 15
SECONDS_FOR_A_PAGE = 60
_AT_ONCE = 64 * 1024
_OK = 200


def fetch(url: str, *, largest: int = LARGEST) -> bytes:
    """The body at an https address, read to the end. Raises FeedRefused with a sentence for the person who typed it.

    The name is looked up once, every address it has must be public, and the connection goes to the very address that
    was judged: a name that changes its mind in between leads nowhere. Redirections are not followed.
    """
    parts = _judged(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        connection = _Connection(host, _public_address(host, port), port)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", target, headers={"Accept": "application/json", "User-Agent": "BetterStart"})
        answer = connection.getresponse()
        if answer.status != _OK:
            raise FeedRefused(_answered(answer.status, answer.getheader("Location", "")))
        return _read(answer, largest)
    except TimeoutError as error:
        raise FeedRefused(_("{host} took too long to answer. Try again later.").format(host=host)) from error
    except ssl.SSLError as error:
        raise FeedRefused(_("{host} has no valid certificate, so nothing was read.").format(host=host)) from error
    except (OSError, http.client.HTTPException) as error:
        raise FeedRefused(_("{host} cannot be reached. Check the address.").format(host=host)) from error


def check_address(url: str) -> None:
    """Whether an address may be read from at all, as far as can be said without asking. Raises FeedRefused."""
    host = _judged(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not address.is_global:
        raise FeedRefused(_("This address lies inside a private network. Directories are read from public ones."))


def _judged(url: str):  # type: ignore[no-untyped-def]
    try:
        parts = urlsplit(url.strip())
        has_port = parts.port in (None, 443)
    except ValueError as error:
        raise FeedRefused(_("This is not an address we can read from.")) from error
    if parts.scheme != "https":
        raise FeedRefused(
            _("Directories are read over a secure connection only: an address that begins with https://.")
        )
    if not parts.hostname or parts.username or parts.password or not has_port:
        raise FeedRefused(_("This is not an address we can read from."))
    return parts


def _public_address(host: str, port: int) -> str:
    """One of the addresses of a name, if all of them are public."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [ipaddress.ip_address(str(each).split("%")[0]) for each in found]
    addresses = [getattr(each, "ipv4_mapped", None) or each for each in addresses]
    if not addresses or not all(each.is_global and not each.is_multicast for each in addresses):
        raise FeedRefused(_("This address lies inside a private network. Directories are read from public ones."))
    return str(addresses[0])


class _Connection(http.client.HTTPSConnection):
    """To one address, with the certificate of the name it was looked up for."""

    def __init__(self, host: str, address: str, port: int) -> None:
        self._context_of_host = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS_FOR_AN_ANSWER, context=self._context_of_host)
        self._address = address

    def connect(self) -> None:
        line = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context_of_host.wrap_socket(line, server_hostname=self.host)


def _read(answer: http.client.HTTPResponse, largest: int) -> bytes:
    began, body = time.monotonic(), bytearray()
    while piece := answer.read1(_AT_ONCE):
        body += piece
        if len(body) > largest:
            raise FeedRefused(_("This feed is larger than {n} MB.").format(n=largest // 1_000_000))
        if time.monotonic() - began > SECONDS_FOR_A_PAGE:
            raise TimeoutError
    if answer.length:
        raise FeedRefused(_("The feed broke off in the middle. Try again later."))
    return bytes(body)


def _answered(status: int, location: str) -> str:
    if location:
        return _("This address sends us on to {address}. Check that one, and type it instead.").format(
            address=location[:200]
        )
    return _("The feed answered with the error {status}. Check the address.").format(status=status)
