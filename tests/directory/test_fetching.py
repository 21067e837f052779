"""An address that somebody typed is read only where everybody may read."""

from __future__ import annotations

import socket

import pytest

from betterstart.directory.imports import fetching
from betterstart.directory.imports.fetching import check_address, fetch
from betterstart.directory.imports.reading import FeedRefused


class Answer:
    def __init__(self, status=200, body=b"{}", length=0, location=""):
        self.status, self.body, self.length, self.location = status, body, length, location

    def getheader(self, _name, default=""):
        return self.location or default

    def read1(self, size):
        piece, self.body = self.body[:size], self.body[size:]
        return piece


@pytest.fixture
def network(monkeypatch):
    """What names lead to, and what stands there. `network.reached` are the addresses connected to."""

    class Network:
        names = {"directory.example.org": ["93.184.216.34"]}
        answer = Answer()
        reached: list[str] = []

    network = Network()
    network.reached = []

    class Connection:
        def __init__(self, host, address, port):
            network.reached.append(address)

        def request(self, *_what, **_headers):
            if isinstance(network.answer, Exception):
                raise network.answer

        def getresponse(self):
            return network.answer

    def look_up(host, _port, **_how):
        if host not in network.names:
            raise socket.gaierror("unknown")
        return [(0, 0, 0, "", (address, 443)) for address in network.names[host]]

    monkeypatch.setattr(fetching, "_Connection", Connection)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return network


def test_public_address_is_read(network):
    network.answer = Answer(body=b"x" * 200_000)

    assert len(fetch("https://directory.example.org/api/services")) == 200_000
    assert network.reached == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url",
    [
        "http://directory.example.org/",
        "ftp://directory.example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@directory.example.org/",
        "https://directory.example.org:8443/",
        "https://directory.example.org:x/",
        "https://[::1",
        "",
    ],
)
def test_address_of_another_kind_is_refused_without_asking_anybody(network, url):
    for ask in (check_address, fetch):
        with pytest.raises(FeedRefused):
            ask(url)
    assert not network.reached


PRIVATE = (
    "127.0.0.1 10.0.0.8 192.168.1.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.1 ::1 fe80::1%2 fd00::1"
    " ::ffff:10.0.0.1 224.0.0.1"
)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_name_that_leads_into_a_private_network_is_refused(network, address):
    network.names["directory.example.org"] = ["93.184.216.34", address]

    with pytest.raises(FeedRefused, match="private network"):
        fetch("https://directory.example.org/")
    assert not network.reached


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254"])
def test_private_address_by_number_is_refused_when_it_is_typed(host):
    with pytest.raises(FeedRefused, match="private network"):
        check_address(f"https://{host}/api")


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (Answer(302, location="https://10.0.0.1/"), "sends us on to https://10.0.0.1/"),
        (Answer(500), "error 500"),
        (Answer(body=b"x" * 3_000_000), "larger than 1 MB"),
        (Answer(body=b"x", length=90), "broke off in the middle"),
        (TimeoutError(), "took too long"),
        (ConnectionRefusedError(), "cannot be reached"),
    ],
)
def test_what_goes_wrong_on_the_way_is_said_in_words(network, answer, named):
    network.answer = answer

    with pytest.raises(FeedRefused, match=named):
        fetch("https://directory.example.org/", largest=1_000_000)


def test_name_that_leads_nowhere_is_said_in_words(network):
    with pytest.raises(FeedRefused, match="cannot be reached"):
        fetch("https://nowhere.example.org/")
