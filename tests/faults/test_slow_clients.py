"""Clients that send or read next to nothing hold nobody else up."""

from collections.abc import Iterator
from contextlib import ExitStack
from socket import create_connection, socket

import pytest

from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs
from tests.records import a_batch_to_fill, a_roster

pytestmark = pytest.mark.faults

SLOW_CLIENTS = 150
"""More than a server by its own accord lets in at once, and many more than it has threads."""
HALF_AN_UPLOAD = b"POST /log-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 1000
NEVER_READ = b"GET /static/vendor/bootstrap.min.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20


@pytest.fixture
def slow_clients() -> Iterator[ExitStack]:
    with ExitStack() as connections:
        yield connections


@pytest.mark.parametrize("sent", [HALF_AN_UPLOAD, NEVER_READ], ids=["who send half a file", "who read no answer"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_upload_is_answered_in_time_beside_many_slow_clients(
    webs: Webs, slow_clients: ExitStack, sent: bytes
) -> None:
    web = webs()
    clerk = Clerk(web, a_batch_to_fill())
    for _ in range(SLOW_CLIENTS):
        client: socket = slow_clients.enter_context(create_connection(("127.0.0.1", web.port)))
        client.sendall(sent)
    assert clerk.upload(a_roster()).status == 303
