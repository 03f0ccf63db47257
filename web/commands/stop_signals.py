"""Ctrl-C, SIGTERM and a closed terminal: each ends a command the same way, once and in order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked: list[StopAsked] = []
"""The stop that was asked for within the block, if any was."""


class StopAsked(BaseException):
    """Somebody wants the command to end. Not an Exception: nothing on the way may take it for a failure of its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number
        """What a shell expects of a command that a signal ended."""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Within the block the first stop signal raises StopAsked; later ones are ignored, since the end is under way."""
    _asked.clear()
    before = {number: signal.signal(number, _stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _asked.clear()


def raise_a_lost_stop() -> None:
    """Raise StopAsked again where it got lost; loops that would go on for ever ask this.

    A signal that comes while Python closes a forgotten file raises into the finaliser, which drops it without a word.
    """
    if _asked:
        raise _asked[0]


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    _asked.append(StopAsked(number))
    raise _asked[0]
