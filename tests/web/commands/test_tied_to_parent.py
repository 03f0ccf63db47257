"""What a child of ours inherits: not a shell's habit of ignoring the keyboard's signals in the background."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from web.commands import tied_to_parent

IS_IGNORED = "import signal, sys; print(signal.getsignal(signal.Signals[sys.argv[1]]) is signal.SIG_IGN)"


@pytest.mark.parametrize("number", ["INT", "QUIT", "TERM"])
def test_a_child_hears_the_signal_that_whoever_started_us_ignores(number: str) -> None:
    ignoring = ("/bin/sh", "-c", 'trap "" "$1"; shift; exec "$@"', "sh", number)
    child = (sys.executable, tied_to_parent.__file__, "TERM", sys.executable, "-c", IS_IGNORED, f"SIG{number}")
    environment = {name: value for name, value in os.environ.items() if name != tied_to_parent.PARENT}
    told = subprocess.run([*ignoring, *child], env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "False\n"
