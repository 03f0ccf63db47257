"""How a process that reads a stranger's file limits itself: it may die of the file, and nothing else does.

Only the standard library, and little of that: such a process starts once a file.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

OUT_OF_MEMORY = 12
"""The exit status of a process that met its memory limit."""

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int) -> None:
    """Nobody is left to answer then. Only Linux can be told; elsewhere the closed pipes end this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before the wish was told
        os._exit(1)


def limit_this_process(parent_pid: int, memory_bytes: int, cpu_seconds: int) -> None:
    """Bound its address space and its computing, and end it with its parent."""
    die_with_parent(parent_pid)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold what it reads in clear text


def tell_where(error: Exception) -> None:
    """A bug, on standard error: its type and its lines, not its message, which may quote the file."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        sys.stderr.write(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}\n")
        trace = trace.tb_next
    sys.stderr.write(f"{type(error).__name__}\n")
    sys.stderr.flush()
