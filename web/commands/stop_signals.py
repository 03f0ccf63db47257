"""Ctrl-C, SIGTERM and a closed terminal: each ends a command the same way, once and in order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Somebody wants the command to end. Not an Exception: nothing on the way may take it for a failure of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number
        """What a shell expects of a command that a signal ended."""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Within the block the first stop signal raises StopAsked; later ones are ignored, since the end is under way."""
    before = {number: signal.signal(number, _stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StopAsked(number)
