"""Loaded by programs under faketime: its `clock_nanosleep` refuses the times that Python sleeps until (0.9.10)."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
