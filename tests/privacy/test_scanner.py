"""The scanner finds a planted number however it is wrapped; otherwise finding nothing would mean nothing."""

import base64
import io
import json
import zipfile
import zlib

import pytest

from tests.privacy.scanner import numbers_in
from tests.workbooks import WANG_DOUDOU, a_workbook

NUMBER, PASSPORT = "110101199003079091", "H801213602X"
WORKBOOK = a_workbook([WANG_DOUDOU])


def zipped(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    return stream.getvalue()


WRAPPED = {
    "alone": NUMBER.encode(),
    "between digits": b"99" + NUMBER.encode() + b"00",
    "in a path": b"/people/110101199003079091/edit",
    "in UTF-16": NUMBER.encode("utf-16"),
    "a broker's message": base64.b64encode(json.dumps([[NUMBER], {}, {}]).encode()),
    "in base64 that begins elsewhere": b"ab" + base64.b64encode(b"x" + NUMBER.encode()),
    "in the hex of a dump": b"\\\\x" + b"00ff".hex().encode() + NUMBER.encode().hex().encode(),
    "percent-encoded": b"?id=" + "".join(f"%{ord(char):02X}" for char in NUMBER).encode(),
    "in a workbook": WORKBOOK,
    "in a workbook in the hex of a dump": WORKBOOK.hex().encode(),
    "in a workbook without its end": WORKBOOK[: len(WORKBOOK) // 2 * 2 - 200],
    "in a zip behind other bytes": b"\x01\x02" + zipped(NUMBER.encode()),
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
def test_a_number_is_found_however_it_is_wrapped(content: bytes) -> None:
    assert numbers_in(content, {NUMBER}) == {NUMBER}


def test_a_passport_number_is_found() -> None:
    assert numbers_in(b"passport H801213602X, please", {PASSPORT, NUMBER}) == {PASSPORT}


def test_a_masked_number_is_none() -> None:
    assert numbers_in(b"1101*****9091 H8***2X", {PASSPORT, NUMBER}) == set()


def test_random_bytes_hold_none() -> None:
    assert numbers_in(zlib.compress(bytes(range(256)) * 100), {NUMBER}) == set()
