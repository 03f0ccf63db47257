"""Runs the parser's process for one file: bytes in, answer out, bounded in time and length, nothing left behind.

A plain subprocess, since the processes of a Celery pool may not start others by multiprocessing.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tasks.workbook.parser import OUT_OF_MEMORY
from tasks.workbook.rejections import TooBig

WALL_SECONDS = 60.0
TICK_SECONDS = 0.25
MAX_ANSWER_BYTES = 32 * 2**20
_MAX_COMPLAINT_BYTES = 16 * 1024
_CHUNK_BYTES = 2**18

_ROOT = Path(__file__).parents[2]
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from tasks.workbook.parser import main; main(int(sys.argv[2]), int(sys.argv[3]))"
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def parse_in_another_process(content: bytes, max_people: int, tick: Callable[[], None]) -> bytes:
    """The parser's answer, JSON. `tick` is called four times a second meanwhile; what it raises ends the process.

    Raises TooBig if the file was too much for the parser's limits of memory and time, RuntimeError if the parser has a
    bug or was stopped by somebody else.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, str(_ROOT), str(os.getpid()), str(max_people)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,  # signals to the worker's group are for the worker
    )
    with process:
        try:
            answer, complaint = _converse(process, content, tick)
            status = process.wait(TICK_SECONDS * 20)
        finally:
            process.kill()  # does nothing to a process that has ended
    if status == 0:
        return answer
    if status == OUT_OF_MEMORY:
        raise TooBig.inside("the parser met its memory limit")
    if status < 0 and -status not in _FROM_OUTSIDE:
        raise TooBig.inside(f"the parser died of {signal.Signals(-status).name}")
    raise RuntimeError(f"the roster parser ended with {status}: {complaint.decode('utf-8', 'replace')}")


def _converse(process: "subprocess.Popen[bytes]", content: bytes, tick: Callable[[], None]) -> tuple[bytes, bytes]:
    """Give the process its input and take its output and complaints, until it has closed both."""
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    if stdin is None or stdout is None or stderr is None:
        raise AssertionError("all three are pipes")
    rest = memoryview(content)
    taken = {stdout.fileno(): bytearray(), stderr.fileno(): bytearray()}
    bounds = {stdout.fileno(): MAX_ANSWER_BYTES, stderr.fileno(): _MAX_COMPLAINT_BYTES}
    patience = _Patience(tick)
    with selectors.DefaultSelector() as selector:
        for pipe, event in (
            (stdin, selectors.EVENT_WRITE),
            (stdout, selectors.EVENT_READ),
            (stderr, selectors.EVENT_READ),
        ):
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, event)
        while len(selector.get_map()):
            for key, _ in selector.select(patience.seconds_to_next_tick()):
                ...
            patience.wait()
    return bytes(taken[stdout.fileno()]), bytes(taken[stderr.fileno()])
