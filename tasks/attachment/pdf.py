"""A PDF is stored as it came, if it is whole, open and has nothing in it that runs or hides another file.

Names are looked for in the whole file and in its object streams, whatever its tables say is where: a viewer may be led
elsewhere than we are. Names in links (`/URI`) and forms stay, since bank slips have both; browsers get the file as a
download and in a sandbox.
"""

from __future__ import annotations

import re
import zlib

from tasks.attachment.refused_file import FileRefused

MAX_UNPACKED_BYTES = 32 * 2**20
"""Of all object streams together."""
_END_BYTES = 2048
_DICTIONARY_BYTES = 4096

_AFTER_A_NAME = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|\Z)"
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie)"
    + _AFTER_A_NAME
)
_ENCRYPTED = re.compile(rb"/Encrypt" + _AFTER_A_NAME)
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_OF_OBJECTS = re.compile(rb"/(?:ObjStm|First)" + _AFTER_A_NAME)
_DEFLATED = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)" + _AFTER_A_NAME + rb"\s*\]?\s*(?:/|>>)")
_PARAMETERS = re.compile(rb"/(?:DecodeParms|DP|F|FFilter)" + _AFTER_A_NAME)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def refuse_unless_harmless(content: bytes) -> None:
    """FileRefused: cut off, encrypted, or with a script, a launch, a form that sends, another file inside."""
    end = content[-_END_BYTES:]
    if b"startxref" not in end or not end.rstrip(b"\x00\t\n\f\r ").endswith(b"%%EOF"):
        raise FileRefused("the end is missing")
    plain = _names_in_clear(content)
    if _ENCRYPTED.search(plain):
        raise FileRefused("encrypted")
    _refuse_active(plain)
    left = MAX_UNPACKED_BYTES
    for found in _STREAM.finditer(content):
        head = content[max(0, found.start() - _DICTIONARY_BYTES) : found.start()]
        dictionary = _names_in_clear(head[head.rfind(b"obj") + 3 :])
        if _OF_OBJECTS.search(dictionary):
            unpacked = _unpacked(content, found.end(), dictionary, left)
            left -= len(unpacked)
            _refuse_active(_names_in_clear(unpacked))


def _names_in_clear(part: bytes) -> bytes:
    """Names may be written with #61 for a."""
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), part)


def _refuse_active(part: bytes) -> None:
    found = _ACTIVE.search(part)
    if found:
        raise FileRefused(f"holds {found[0].decode()}")


def _unpacked(content: bytes, start: int, dictionary: bytes, most: int) -> bytes:
    """The objects in one stream. Other filters than the usual one would hide them from us; no program writes them."""
    if b"/Filter" not in dictionary:
        return b""  # it lies open, and was looked through with the rest
    if not _DEFLATED.search(dictionary) or _PARAMETERS.search(dictionary):
        raise FileRefused("an object stream with an unusual filter")
    try:
        unpacked = zlib.decompressobj().decompress(memoryview(content)[start:], most + 1)
    except zlib.error as error:
        raise FileRefused("an object stream is damaged") from error
    if len(unpacked) > most:
        raise FileRefused("too many objects")
    return unpacked
