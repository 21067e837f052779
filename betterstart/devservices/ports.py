"""Network ports on this machine only."""

import errno
import socket

HOW_FAR_TO_LOOK = 50


class NoFreePort(Exception):
    """Every port in the range looked at is taken."""


def free_port() -> int:
    """A port nobody uses at this moment, chosen by the operating system."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listen(wanted: int) -> tuple[list[socket.socket], int]:
    """Open the web address on `wanted`, or on the next port that is free.

    In: the port asked for. Out: the open sockets (IPv4, and IPv6 where the machine has it, because browsers may try
    either for "localhost") and the port they are on. Raises NoFreePort after looking at fifty ports.
    The sockets are opened here and handed down, so nobody can take the port between looking and using.
    """
    for port in range(wanted, min(wanted + HOW_FAR_TO_LOOK, 65536)):
        sockets = _open_all(port)
        if sockets:
            return sockets, port
    raise NoFreePort(f"No free port between {wanted} and {wanted + HOW_FAR_TO_LOOK - 1}.")


def _open_all(port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            opened.append(_open(family, address, port))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                continue  # this machine has no IPv6
            for each in opened:
                each.close()
            return []
    return opened


def _open(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    opened = socket.socket(family)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((address, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened
