"""For tests of faults: a process stops itself where it was told to, so that it can be killed or frozen just there."""

from __future__ import annotations

import signal
import threading

from config.settings import settings


def stop_for_tests(point: str, attempt: int = 1) -> None:
    """Stop this process by SIGSTOP if CANBAO_STOP_AT names the point; production refuses that setting."""
    if settings().stops_at(point, attempt):
        # To this very thread: what is sent to the process another thread may take, and this one runs on for a moment.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
