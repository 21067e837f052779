import socket

import pytest

from betterstart.devservices import ports


@pytest.fixture
def taken():
    """A port that another program holds."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_listen_takes_the_port_asked_for():
    wanted = ports.free_port()

    sockets, port = ports.listen(wanted)

    with socket.create_connection(("127.0.0.1", wanted), timeout=5):
        pass
    for each in sockets:
        each.close()
    assert port == wanted


def test_listen_on_a_taken_port_takes_the_next_free_one(taken):
    sockets, port = ports.listen(taken)

    for each in sockets:
        each.close()
    assert taken < port < taken + ports.HOW_FAR_TO_LOOK


def test_listen_leaves_alone_a_port_taken_for_the_other_kind_of_address():
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with other:
        wanted = other.getsockname()[1]
        sockets, port = ports.listen(wanted)

    for each in sockets:
        each.close()
    assert port > wanted


def test_listen_with_no_free_port_in_reach_says_which_were_looked_at(taken, monkeypatch):
    monkeypatch.setattr(ports, "HOW_FAR_TO_LOOK", 1)

    with pytest.raises(ports.NoFreePort, match=str(taken)):
        ports.listen(taken)
