"""What the cleaner's process runs: a file on standard input, on standard output what may be stored of it.

The bytes come from strangers and go through decoders in C, so this process may die of them and nothing else does.
"""

from __future__ import annotations

import os
import sys

from tasks.attachment.image import as_jpeg
from tasks.attachment.pdf import refuse_unless_harmless
from tasks.attachment.refused_file import FileRefused
from tasks.own_limits import OUT_OF_MEMORY, limit_this_process, tell_where

MEMORY_BYTES = 260 * 2**20
"""Of address space. A page scanned at 600 dpi needs 220 MB."""
CPU_SECONDS = 4
"""A photo of 12 million pixels needs half of one."""
REFUSED = 3
"""The exit status for a file that is refused; why stands on standard error."""
PDF = b"%PDF-"


def main(parent_pid: int) -> None:
    """Answer once and end: the JPEG, or nothing for a PDF that may stay as it is."""
    limit_this_process(parent_pid, MEMORY_BYTES, CPU_SECONDS)
    try:
        answer = cleaned(sys.stdin.buffer.read())
        with open(sys.stdout.fileno(), "wb", closefd=False) as stream:
            stream.write(answer)
    except FileRefused as refused:
        sys.stderr.write(str(refused))
        sys.stderr.flush()
        os._exit(REFUSED)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 -- a bug; told without its message, which may quote the file
        tell_where(error)
        os._exit(1)
    os._exit(0)


def cleaned(content: bytes) -> bytes:
    """The image as a new JPEG; b"" for a PDF that may stay as it is. FileRefused: neither."""
    if content.startswith(PDF):
        refuse_unless_harmless(content)
        return b""
    return as_jpeg(content)
