"""Finds ID numbers in whatever a run leaves behind, also where they are wrapped: base64, hex, zip, percent, UTF-16.

A number wrapped twice (base64 of hex, a zip in a dump's hex) is found as well: what is unwrapped is searched again.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

DEPTH = 3
_RUN = re.compile(rb"[0-9A-Z]{8,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
_ZIP_ENTRY = b"PK\x03\x04"


def numbers_in(content: bytes, numbers: Collection[str], depth: int = DEPTH) -> set[str]:
    """Those of `numbers` that can be read out of these bytes."""
    wanted = {number.encode() for number in numbers}
    return {number.decode() for number in _found(content, wanted, {len(number) for number in wanted}, depth)}


def _found(content: bytes, wanted: set[bytes], lengths: set[int], depth: int) -> set[bytes]:
    found = set()
    for text in (content, content.replace(b"\x00", b"")):  # the second: UTF-16
        for match in _RUN.finditer(text):
            run = match[0]
            windows = (run[start : start + length] for length in lengths for start in range(len(run) - length + 1))
            found.update(wanted.intersection(windows))
    if depth:
        for inner in _unwrapped(content):
            found |= _found(inner, wanted, lengths, depth - 1)
    return found


def _unwrapped(content: bytes) -> Iterator[bytes]:
    for run in _HEX.finditer(content):
        yield bytes.fromhex(run[0].decode())
    for run in _BASE64.finditer(content):
        yield from _from_base64(run[0])
    if b"%" in content:
        yield unquote_to_bytes(content)
    start = content.find(_ZIP_ENTRY)
    while start >= 0:
        yield from _zip_entry(content[start:])
        start = content.find(_ZIP_ENTRY, start + 1)


def _from_base64(run: bytes) -> Iterator[bytes]:
    """Decoded from each of the four places where it may begin in a longer run."""
    standard = run.replace(b"-", b"+").replace(b"_", b"/")
    for start in range(4):
        piece = standard[start:]
        if len(piece) % 4 == 1:
            piece = piece[:-1]
        try:
            yield base64.b64decode(piece + b"=" * (-len(piece) % 4))
        except binascii.Error:
            continue


def _zip_entry(content: bytes) -> Iterator[bytes]:
    """What the entry that begins here holds, or as much of it as is there."""
    name_length, extra_length = (int.from_bytes(content[place : place + 2], "little") for place in (26, 28))
    try:
        yield zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[30 + name_length + extra_length :], 2**24)
    except zlib.error:
        return
