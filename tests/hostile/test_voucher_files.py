"""Proofs of payment by strangers: refused, or made harmless, within 5 seconds of computing and 400 MB."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from models.rules.attachment import MAX_BYTES, FileKind
from tests.hostile.measured_attachment import Measured, measure
from tests.hostile.pictures import HTML, PNG, SVG, active_pdfs, chunk, noise, object_stream, pdf, picture, png

SECONDS, MEGABYTES = 5, 400
GOOD = picture(800, 600, "JPEG")
GOOD_PNG = picture(800, 600, "PNG")


def measured(content: bytes, folder: Path, name: str = "回单.jpg") -> Measured:
    found = measure(content, folder, name)
    assert found.seconds <= SECONDS, found.seconds
    assert found.megabytes <= MEGABYTES, found.megabytes
    return found


def opened(found: Measured) -> Image.Image:
    assert (found.code, found.kind) == ("", FileKind.JPEG)
    return Image.open(io.BytesIO(found.stored))


REFUSED: dict[str, bytes | Callable[[], bytes]] = {
    "an SVG": SVG,
    "an SVG behind blanks": b"  \n" + SVG,
    "a page": HTML,
    "nothing": b"",
    "a program": b"MZ" + bytes(1000),
    "a zip file": b"PK\x03\x04" + bytes(1000),
    "a GIF": picture(20, 20, "GIF", "P"),
    "a TIFF": picture(20, 20, "TIFF"),
    "a WebP": picture(20, 20, "WEBP"),
    "the first bytes of a JPEG alone": b"\xff\xd8\xff",
    "a page that begins like a JPEG": b"\xff\xd8\xff" + HTML,
    "a page that begins like a PNG": PNG + HTML,
    "a page that begins like a PDF": b"%PDF-1.7\n" + HTML,
    "a JPEG that is cut off": GOOD[: len(GOOD) // 2],
    "a PNG that is cut off": GOOD_PNG[: len(GOOD_PNG) // 2],
    "a PDF that is cut off": pdf()[:-30],
    "a PNG with a wrong sum": GOOD_PNG.replace(b"IDAT", b"IDAT\0", 1),
    "a PNG of 10,000 x 10,000": lambda: png(10_000, 10_000, colour=0, megabytes=96),
    "a PNG that claims 10,000 x 10,000": png(10_000, 10_000),
    "a PNG that claims 2 billion pixels a side": png(2**31 - 1, 2**31 - 1),
    "a PNG that unpacks to far more than it claims": lambda: png(6000, 6000, megabytes=400),
    "a see-through PNG of 6300 x 6300": lambda: png(6300, 6300, colour=6, megabytes=152),
    "a text of 128 MB inside a PNG": lambda: png(
        10, 10, more=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**27), 9))
    ),
    "objects of 64 MB inside a PDF": lambda: pdf(object_stream(b"", packed=zlib.compress(bytes(2**26), 9))),
    **dict(active_pdfs()),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_or_document_alone_is_refused(content: bytes | Callable[[], bytes], tmp_path: Path) -> None:
    assert measured(content() if callable(content) else content, tmp_path).code == "APP-003"


def test_a_file_of_more_than_ten_megabytes_is_refused(tmp_path: Path) -> None:
    assert measured(GOOD + bytes(MAX_BYTES + 1 - len(GOOD)), tmp_path).code == "APP-004"


def test_a_file_of_ten_megabytes_is_taken(tmp_path: Path) -> None:
    assert opened(measured(GOOD + bytes(MAX_BYTES - len(GOOD)), tmp_path)).size == (800, 600)


@pytest.mark.parametrize(
    "polyglot",
    [
        GOOD + HTML,
        GOOD[:2] + b"\xff\xfe" + (len(HTML) + 2).to_bytes(2) + HTML + GOOD[2:],
        GOOD_PNG + b"PK\x03\x04" + HTML,
        GOOD_PNG[:33] + chunk(b"tEXt", b"a\0" + HTML) + GOOD_PNG[33:],
    ],
    ids=["a page behind a JPEG", "a page in a JPEG's comment", "a zip behind a PNG", "a page in a PNG's text"],
)
def test_of_a_polyglot_the_picture_alone_is_left(polyglot: bytes, tmp_path: Path) -> None:
    found = measured(polyglot, tmp_path)
    assert opened(found).size == (800, 600)
    assert b"script" not in found.stored
    assert b"PK" not in found.stored[-100:]


@pytest.mark.parametrize(
    "name",
    ["回单.png", "回单.exe", "回单.html", "回单.svg.jpg", "../../etc/passwd", "回单", ".jpg", "长" * 300 + ".png"],
)
def test_what_it_is_decides_and_not_what_it_is_called(name: str, tmp_path: Path) -> None:
    assert opened(measured(GOOD, tmp_path, name)).format == "JPEG"


def test_a_jpeg_of_10_000_by_10_000_is_taken_at_a_fraction(tmp_path: Path) -> None:
    assert opened(measured(picture(10_000, 10_000, "JPEG", "L"), tmp_path)).size == (3000, 3000)


def test_a_progressive_jpeg_that_is_decoded_whole_costs_no_more(tmp_path: Path) -> None:
    assert measured(picture(10_000, 10_000, "JPEG", "L", progressive=True), tmp_path).code in {"", "APP-003"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: noise(4000, 3000), id="a phone's photo"),
        pytest.param(lambda: picture(8160, 6144, "JPEG", "L"), id="a photo of 50 million pixels"),
        pytest.param(lambda: png(4960, 7016, megabytes=100), id="a page scanned at 600 dpi, in colour"),
        pytest.param(lambda: png(4000, 3000, colour=6, megabytes=46), id="a big see-through screenshot"),
    ],
)
def test_what_clerks_send_is_taken_in_a_size_that_can_be_read(content: Callable[[], bytes], tmp_path: Path) -> None:
    found = measured(content(), tmp_path)
    assert 2000 <= max(opened(found).size) <= 3000
    assert len(found.stored) < MAX_BYTES


def test_an_honest_pdf_is_stored_as_it_came(tmp_path: Path) -> None:
    content = pdf(
        object_stream(b"<</Type/Font>>"), b"<</S/URI/URI(https://bank.example)>>", trailer=b"/OpenAction[3 0 R/Fit]"
    )
    found = measured(content, tmp_path, "回单.pdf")
    assert (found.code, found.kind, found.stored) == ("", FileKind.PDF, content)


def test_a_pdf_of_ten_megabytes_is_looked_through_in_time(tmp_path: Path) -> None:
    noisy = b"<</Length 9000000>>\nstream\n" + bytes(range(256)) * 35_000 + b"\nendstream"
    assert measured(pdf(noisy), tmp_path).code == ""


def test_a_pdf_of_nothing_but_streams_is_looked_through_in_time(tmp_path: Path) -> None:
    many = b"stream\n" * 1_400_000
    assert measured(pdf(b"<</First 1>>" + many), tmp_path).code in {"", "APP-003"}
