"""Builds the files that strangers send: zips that lie, parts that swell, other things under the name of .xlsx."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

DEFLATED, STORED = 8, 0


@dataclass(frozen=True)
class Entry:
    """One entry of a zip file, with everything that it claims; `replace` makes it lie."""

    name: bytes
    packed: bytes
    size: int
    crc: int
    method: int = DEFLATED
    flags: int = 0


def entry(name: str, content: bytes) -> Entry:
    """An honest entry."""
    return swollen(name, b"", content, 1, b"")


def swollen(name: str, head: bytes, block: bytes, times: int, tail: bytes) -> Entry:
    """An honest entry that unpacks to head, `times` the block, tail; built without ever holding that in memory."""
    crc = zlib.crc32(head)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    first, middle, last = _deflated(head), _deflated(block), _deflated(tail, zlib.Z_FINISH)
    size = len(head) + times * len(block) + len(tail)
    return Entry(name.encode(), first + middle * times + last, size, zlib.crc32(tail, crc))


def entries_of(parts: Mapping[str, str | bytes]) -> list[Entry]:
    """Honest entries of a workbook's parts."""
    return [entry(name, part.encode() if isinstance(part, str) else part) for name, part in parts.items()]


def raw_zip(entries: Iterable[Entry], *, count: int | None = None) -> bytes:
    """A zip file of these entries; the directory claims `count` of them."""
    body, directory = bytearray(), bytearray()
    number = 0
    for item in entries:
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, item.flags, item.method, 0, 0x21, item.crc,
            len(item.packed), item.size, len(item.name), 0, 0, 0, 0, 0, len(body),
        ) + item.name  # fmt: skip
        body += struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, item.flags, item.method, 0, 0x21, item.crc,
            len(item.packed), item.size, len(item.name), 0,
        ) + item.name + item.packed  # fmt: skip
        number += 1
    claimed = (number if count is None else count) & 0xFFFF
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, claimed, claimed, len(directory), len(body), 0)
    return bytes(body + directory + end)


def with_part(parts: Mapping[str, str | bytes], part: Entry) -> bytes:
    """The workbook with this entry in place of the part of its name, or added to it."""
    return raw_zip([item for item in entries_of(parts) if item.name != part.name] + [part])


def lying(item: Entry, size: int) -> Entry:
    """The same bytes under another size."""
    return replace(item, size=size)


def _deflated(content: bytes, flush: int = zlib.Z_FULL_FLUSH) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(flush)
