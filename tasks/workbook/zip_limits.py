"""A zip file from a stranger: its directory checked before anything is unpacked, every unpacked byte counted.

Not the standard library's zipfile: importing that costs a third of the parser's start-up, it believes the sizes that an
entry claims, and it builds an object for each of 70,000 entries before anyone can count them.
"""

from __future__ import annotations

import struct
import zlib

from tasks.workbook.rejections import NotAWorkbook, TooBig

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterator

MAX_MEMBERS = 2000
MAX_SHEET_BYTES = 256 * 2**20
"""Unpacked: so much that a million rows that are formatted and empty still pass."""
MAX_OTHER_BYTES = 64 * 2**20
"""Unpacked, everything but the sheet that holds the roster, together."""

PIECE_BYTES = 256 * 1024
_PACKED_PIECE_BYTES = 64 * 1024

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

_ENCRYPTED = 0x2041  # classic, strong, and a masked directory
_UTF8_NAME = 0x0800
_STORED, _DEFLATED = 0, 8
_IN_ZIP64 = 0xFFFFFFFF
_ZIP64_EXTRA = 1
_LOCAL_SIGNATURE = b"PK\x03\x04"


class Member:
    """One entry of the zip's directory, with the sizes that it claims."""

    __slots__ = ("crc", "method", "name", "offset", "packed_bytes", "raw_name", "unpacked_bytes")

    def __init__(
        self,
        *,
        name: str,
        raw_name: bytes,
        method: int,
        crc: int,
        packed_bytes: int,
        unpacked_bytes: int,
        offset: int,
    ) -> None:
        self.name = name
        self.raw_name = raw_name
        self.method = method
        self.crc = crc
        self.packed_bytes = packed_bytes
        self.unpacked_bytes = unpacked_bytes
        self.offset = offset


class BoundedZip:
    """The parts of a zip file by name, case ignored as the packaging standard wants it.

    Raises NotAWorkbook for a damaged or deceitful directory, TooBig for more than may be unpacked.
    """

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._directory_offset, end, count = _find_directory(content)
        self.members: dict[str, Member] = {}
        self._read_directory(end, count)
        self._refuse_overlaps()
        sizes = [member.unpacked_bytes for member in self.members.values()]
        largest = max(sizes, default=0)
        if largest > MAX_SHEET_BYTES:
            raise TooBig.inside(f"a part of {largest} bytes when unpacked")
        if sum(sizes) - largest > MAX_OTHER_BYTES:
            raise TooBig.inside(f"{sum(sizes)} bytes when unpacked")

    def bytes_beside(self, name: str) -> int:
        """Unpacked bytes of every part but this one."""
        return sum(member.unpacked_bytes for member in self.members.values()) - self.members[name].unpacked_bytes

    def unpack(self, name: str, limit_bytes: int) -> Iterator[bytes]:
        """A part in pieces. An entry that is longer or shorter than it claims, or has another checksum, is refused."""
        member = self.members[name]
        if member.unpacked_bytes > limit_bytes:
            raise TooBig.inside(f"{member.unpacked_bytes} bytes when unpacked where {limit_bytes} are allowed")
        crc = unpacked = 0
        for piece in self._inflate(member):
            unpacked += len(piece)
            if unpacked > member.unpacked_bytes:
                break
            crc = zlib.crc32(piece, crc)
            yield piece
        if unpacked != member.unpacked_bytes:
            raise NotAWorkbook.unreadable("a zip entry has another size than it claims")
        if crc != member.crc:
            raise NotAWorkbook.unreadable("a zip entry does not match its checksum")

    def holds_a_zip(self) -> bool:
        """Whether an entry is itself a zip file, judged by its first bytes."""
        for member in self.members.values():
            try:
                first = next(self._inflate(member, len(_LOCAL_SIGNATURE)), b"")
            except NotAWorkbook:  # damaged: says so when it is read, if it ever is
                continue
            if first == _LOCAL_SIGNATURE:
                return True
        return False

    def _read_directory(self, end: int, count: int) -> None:
        position = self._directory_offset
        found = 0
        while position < end:
            found += 1
            if found > MAX_MEMBERS:
                raise NotAWorkbook.unreadable(f"more than {MAX_MEMBERS} entries in the zip directory")
            member, position = self._read_entry(position, end)
            if member.name.endswith("/"):
                continue
            if member.name in self.members:
                raise NotAWorkbook.unreadable("two zip entries of the same name")
            self.members[member.name] = member
        if found != count or position != end:
            raise NotAWorkbook.unreadable("the zip directory does not have the size it claims")

    def _read_entry(self, position: int, end: int) -> tuple[Member, int]:
        if position + _CENTRAL.size > end:
            raise NotAWorkbook.unreadable("the zip directory is cut off")
        (
            signature,
            _,
            _,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            unpacked,
            name_size,
            extra_size,
            comment_size,
            *_,
            offset,
        ) = _CENTRAL.unpack_from(self._content, position)
        after_name = position + _CENTRAL.size + name_size
        after_extra = after_name + extra_size
        if signature != b"PK\x01\x02" or after_extra + comment_size > end:
            raise NotAWorkbook.unreadable("the zip directory is damaged")
        if flags & _ENCRYPTED:
            raise NotAWorkbook.unreadable("an encrypted zip entry")
        if method not in {_STORED, _DEFLATED}:
            raise NotAWorkbook.unreadable(f"a zip entry packed by method {method}")
        raw_name = bytes(self._content[after_name - name_size : after_name])
        if _IN_ZIP64 in {packed, unpacked, offset}:
            packed, unpacked, offset = _zip64_sizes(self._content[after_name:after_extra], packed, unpacked, offset)
        name = _part_name(raw_name, flags)
        member = Member(
            name=name,
            raw_name=raw_name,
            method=method,
            crc=crc,
            packed_bytes=packed,
            unpacked_bytes=unpacked,
            offset=offset,
        )
        return member, after_extra + comment_size

    def _refuse_overlaps(self) -> None:
        """No two entries share bytes: that is how ten megabytes become a petabyte."""
        free_from = 0
        for member in sorted(self.members.values(), key=lambda member: member.offset):
            if member.offset < free_from:
                raise NotAWorkbook.unreadable("zip entries overlap")
            free_from = member.offset + _LOCAL.size + len(member.raw_name) + member.packed_bytes
        if free_from > self._directory_offset:
            raise NotAWorkbook.unreadable("a zip entry reaches into the directory")

    def _inflate(self, member: Member, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
        packed = self._packed(member)
        if member.method == _STORED:
            for start in range(0, len(packed), piece_bytes):
                yield bytes(packed[start : start + piece_bytes])
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for start in range(0, len(packed), _PACKED_PIECE_BYTES):
                rest: bytes | memoryview = packed[start : start + _PACKED_PIECE_BYTES]
                while rest:
                    piece = inflate.decompress(rest, piece_bytes)
                    if piece:
                        yield piece
                    rest = inflate.unconsumed_tail
                    if inflate.unused_data:
                        raise NotAWorkbook.unreadable("a zip entry goes on after its end")
            while piece := inflate.decompress(b"", piece_bytes):  # what zlib had still to say of the last bytes
                yield piece
        except zlib.error as error:
            raise NotAWorkbook.unreadable("a zip entry can't be unpacked") from error
        if not inflate.eof:
            raise NotAWorkbook.unreadable("a zip entry is cut off")

    def _packed(self, member: Member) -> memoryview:
        """The packed bytes of an entry, after its local header, which must name the same part."""
        try:
            signature, _, flags, *_, name_size, extra_size = _LOCAL.unpack_from(self._content, member.offset)
        except struct.error as error:
            raise NotAWorkbook.unreadable("a zip entry lies outside the file") from error
        name_from = member.offset + _LOCAL.size
        start = name_from + name_size + extra_size
        raw_name = bytes(self._content[name_from : name_from + name_size])
        if signature != _LOCAL_SIGNATURE or flags & _ENCRYPTED or raw_name != member.raw_name:
            raise NotAWorkbook.unreadable("a zip entry contradicts the directory")
        if start + member.packed_bytes > self._directory_offset:
            raise NotAWorkbook.unreadable("a zip entry lies outside the file")
        return self._content[start : start + member.packed_bytes]


def _find_directory(content: bytes) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many entries it claims to have."""
    position = content.rfind(b"PK\x05\x06", max(0, len(content) - _END.size - 0xFFFF))
    if position < 0 or position + _END.size > len(content):
        raise NotAWorkbook.unreadable("no zip directory: the file is cut off")
    _, _, _, _, count, size, offset, _ = _END.unpack_from(content, position)
    locator = position - _END64_LOCATOR.size
    if locator >= 0 and content[locator : locator + 4] == b"PK\x06\x07":
        position = _END64_LOCATOR.unpack_from(content, locator)[2]
        if position + _END64.size > locator or content[position : position + 4] != b"PK\x06\x06":
            raise NotAWorkbook.unreadable("the zip64 directory is damaged")
        *_, count, size, offset = _END64.unpack_from(content, position)
    if offset + size > position:
        raise NotAWorkbook.unreadable("the zip directory lies outside the file")
    return offset, offset + size, count


def _zip64_sizes(extra: memoryview, *sizes: int) -> tuple[int, ...]:
    """The sizes that did not fit into 32 bits, from the entry's extra field."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        position += 4
        if kind == _ZIP64_EXTRA:
            values = iter(struct.unpack_from(f"<{min(size, len(extra) - position) // 8}Q", extra, position))
            return tuple(next(values, _IN_ZIP64) if known == _IN_ZIP64 else known for known in sizes)
        position += size
    return sizes


def _part_name(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & _UTF8_NAME else "cp437").replace("\\", "/").lower()
    except UnicodeDecodeError as error:
        raise NotAWorkbook.unreadable("a zip entry's name can't be read") from error
    if name.startswith("/") or "\0" in name or ".." in name.split("/"):
        raise NotAWorkbook.unreadable("a zip entry's name leads out of the file")
    return name
