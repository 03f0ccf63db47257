"""An attachment's bytes in, a file that is safe to show out: the parent's side of the cleaner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import PIL
import structlog

from models.rules.attachment import Attachment, FileKind, refuse_by_size, stored_name
from models.rules.refusal import Refused
from tasks.attachment.cleaner import PDF, REFUSED
from tasks.own_limits import OUT_OF_MEMORY

log = structlog.get_logger()

WALL_SECONDS = 20.0
AT_ONCE = 2
"""Cleaners of one process that work at the same time: they take memory, and all of it comes from strangers."""
_WAIT_SECONDS = 20.0
_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", PDF)
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_PROGRAM = "import sys; sys.path += sys.argv[1:3]; from tasks.attachment.cleaner import main; main(int(sys.argv[3]))"
_ROOT = str(Path(__file__).parents[2])
_LIBRARIES = str(Path(PIL.__file__).parents[1])
_turns = threading.BoundedSemaphore(AT_ONCE)


def safe_file(name: str, content: bytes) -> Attachment:
    """The file as it may be stored, whatever its name says it is: an image encoded anew, or a PDF that does nothing.

    Refused APP-003: no JPEG, PNG or PDF, or one that is damaged, encrypted, too much, or runs something; APP-004: more
    than 10 MB; SYS-001: too many others wait. RuntimeError: a bug in the cleaner.
    """
    refuse_by_size(len(content))
    if not content.startswith(_MARKS):
        raise Refused("APP-003")
    if not _turns.acquire(timeout=_WAIT_SECONDS):
        raise Refused("SYS-001")
    try:
        jpeg = _cleaned(content)
    finally:
        _turns.release()
    kind = FileKind.PDF if content.startswith(PDF) else FileKind.JPEG
    return Attachment(stored_name(name, kind), kind, jpeg or content)


def _cleaned(content: bytes) -> bytes:
    try:
        ended = subprocess.run(  # noqa: S603 -- this interpreter, this package, a number
            [sys.executable, "-I", "-S", "-c", _PROGRAM, _ROOT, _LIBRARIES, str(os.getpid())],
            input=content,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            start_new_session=True,  # signals to the web's group are for the web
        )
    except subprocess.TimeoutExpired as late:
        raise _refused("took too long") from late
    if ended.returncode == 0:
        return ended.stdout
    if ended.returncode in {REFUSED, OUT_OF_MEMORY}:
        raise _refused(ended.stderr.decode("utf-8", "replace") or "out of memory")
    if ended.returncode < 0 and -ended.returncode not in _FROM_OUTSIDE:
        raise _refused(f"the cleaner died of {signal.Signals(-ended.returncode).name}")
    raise RuntimeError(f"the cleaner ended with {ended.returncode}: {ended.stderr.decode('utf-8', 'replace')[:2000]}")


def _refused(why: str) -> Refused:
    log.info("attachment_refused", why=why)
    return Refused("APP-003")
