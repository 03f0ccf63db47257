"""Kill -9 around the moment at which a letter is given to the mail server: it arrives at most once."""

from __future__ import annotations

import pytest

from models.records.notice import MessageState
from tasks.doorbell import ring_delivery
from tests.conftest import use_environment
from tests.faults.conftest import Workers
from tests.faults.processes import kill_process, wait_for
from tests.mail_server import Temper, a_mail_server, free_port, mail_settings
from tests.told import senders_die, states, tell_many

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(
    ("point", "arrived_before", "afterwards"),
    [
        ("message_before_mark", 0, {MessageState.SENT: 3}),
        ("message_marked", 0, {MessageState.SENT: 2, MessageState.UNCERTAIN: 1}),
        ("message_given", 1, {MessageState.SENT: 2, MessageState.UNCERTAIN: 1}),
    ],
)
def test_a_worker_killed_while_it_sends_leaves_nobody_with_two_letters(
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    arrived_before: int,
    afterwards: dict[MessageState, int],
) -> None:
    port = free_port()
    use_environment(monkeypatch, **mail_settings(port))
    addresses = tell_many(3)
    with a_mail_server(Temper(), port) as server:
        doomed = workers("doomed", stop_at=point)
        doomed.wait_until_ready()
        ring_delivery()
        [frozen] = doomed.wait_until_stopped()
        wait_for(lambda: len(server.taken) >= arrived_before, "what was given to the server")
        kill_process(frozen)
        doomed.kill()
        assert len(server.taken) == arrived_before
        senders_die()
        healthy = workers("healthy")
        healthy.wait_until_ready()
        ring_delivery()
        wait_for(lambda: states() == afterwards, f"all settled: {states()}")
    lost = 1 if point == "message_marked" else 0
    assert len(server.recipients) == len(set(server.recipients)) == len(addresses) - lost
