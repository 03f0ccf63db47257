"""A stop signal ends a command once, also where Python drops what it raised."""

from __future__ import annotations

import io
import os
import signal

import pytest

from web.commands.stop_signals import StopAsked, raise_a_lost_stop, stop_signals


class StoppedWhileClosed(io.RawIOBase):
    """A file during whose closing the signal comes."""

    def close(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        super().close()


def forget_a_file() -> None:
    """Its finaliser closes it, and drops whatever that raises."""
    StoppedWhileClosed()


def test_a_signal_raises_what_ends_the_command() -> None:
    with pytest.raises(StopAsked) as asked, stop_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert asked.value.exit_status == 128 + signal.SIGTERM


def test_a_stop_that_a_finaliser_dropped_is_raised_again() -> None:
    with stop_signals():
        forget_a_file()
        with pytest.raises(StopAsked):
            raise_a_lost_stop()


def test_without_a_signal_nothing_is_raised_nor_left_over() -> None:
    with pytest.raises(StopAsked), stop_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    with stop_signals():
        raise_a_lost_stop()
    raise_a_lost_stop()
