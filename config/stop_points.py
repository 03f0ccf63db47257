"""For tests of faults: a process stops itself where it was told to, so that it can be killed or frozen just there."""

from __future__ import annotations

import os
import signal

from config.settings import settings


def stop_for_tests(point: str, attempt: int = 1) -> None:
    """Stop this process by SIGSTOP if CANBAO_STOP_AT names the point; production refuses that setting."""
    if settings().stops_at(point, attempt):
        os.kill(os.getpid(), signal.SIGSTOP)
