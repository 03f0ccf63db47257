"""Runs a program that ends when its parent does: `python tied_to_parent.py TERM|KILL PROGRAM [ARGUMENT …]`.

Even kill -9 of the parent, which no handler sees, then leaves nothing behind. The kernel keeps the wish over exec, so
the program appears under its own command line. Linux only; elsewhere the program is simply run. Started as a bare
script before every child: nothing but the standard library, and little of that.
"""

import ctypes
import os
import signal
import sys

PARENT = "CANBAO_PARENT_PID"
"""The environment variable in which each process tells its pid to those it starts."""

_PR_SET_PDEATHSIG = 1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Become the program named in `arguments`, after the signal that its parent's death shall send."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.Signals["SIG" + arguments[0]], 0, 0, 0)
    for number in _STOP_SIGNALS:  # a shell's `command &` ignores some of them, and that too is kept over exec
        signal.signal(number, signal.SIG_DFL)
    parent = os.environ.get(PARENT)
    if parent is not None and os.getppid() != int(parent):  # it died before the wish was told
        sys.exit(1)
    os.environ[PARENT] = str(os.getpid())
    os.execvp(arguments[1], arguments[1:])  # noqa: S606 -- becoming the program is what this file is for


if __name__ == "__main__":
    main(sys.argv[1:])
