"""An image as a new JPEG: what was decoded is encoded again, so nothing of the file is left but what is seen."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from tasks.attachment.refused_file import FileRefused

FORMATS = ("JPEG", "PNG")
MAX_SIDE = 3000
"""Pixels: enough to read a slip of A4 by."""
MAX_PIXELS = 40_000_000
"""To decode. A page of A4 scanned at 600 dpi has 35 million; large photos are decoded at a fraction of their size."""
_GOOD_BYTES = 4 * 2**20
_QUALITIES = (88, 70, 50)
"""The next one is tried where the last made more than `_GOOD_BYTES`."""


def as_jpeg(content: bytes) -> bytes:
    """The picture, upright, on white, without metadata, its longer side at most `MAX_SIDE`. FileRefused: no picture."""
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and counts what is decoded
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.draft(None, (MAX_SIDE, MAX_SIDE))  # a JPEG can be decoded at a half, a quarter or an eighth
            copies = 2 if image.has_transparency_data else 1  # shrinking needs another one then
            if image.width * image.height * copies > MAX_PIXELS:
                raise FileRefused(f"{image.width} x {image.height} pixels")
            picture = _upright_on_white(image)
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever a broken file makes them
        raise FileRefused(f"not decoded: {type(error).__name__}") from error
    return _encoded(picture)


def _upright_on_white(image: Image.Image) -> Image.Image:
    see_through = image.has_transparency_data
    if image.mode in {"1", "P", "PA"}:  # has no colours between its own to shrink with
        picture = image.convert("RGBA" if see_through else "RGB")
    elif image.mode.startswith("I;16"):
        picture = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    else:
        picture = image
    picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=2.0)
    if see_through:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture)
    return ImageOps.exif_transpose(picture).convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    jpeg = b""
    for quality in _QUALITIES:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality, exif=b"", icc_profile=None, comment=b"")
        jpeg = stream.getvalue()
        if len(jpeg) <= _GOOD_BYTES:
            break
    return jpeg
