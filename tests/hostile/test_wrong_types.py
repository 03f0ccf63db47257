"""Other things under the name of .xlsx: each gets the code that says what to do (DOMAIN 7.5)."""

import io
import random
from contextlib import suppress

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from tasks.workbook.parser import read_workbook
from tasks.workbook.reader import read_roster, refuse_at_the_door
from tasks.workbook.rejections import NobodyInside, NotAWorkbook, RosterRejected, TooBig
from tests.raw_workbooks import HEADER_ROW, PERSON_ROW, parts_of_a_workbook, sheet_of, zipped
from tests.workbooks import a_workbook

COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
TEMPLATE = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW))


def compound_file(stream: str) -> bytes:
    """The beginning of an OLE compound file with one stream of this name in its directory."""
    return COMPOUND_FILE + stream.encode("utf-16-le").ljust(64, b"\0") + bytes(64) + bytes(2048)


def rejected(content: bytes, max_people: int = 5000) -> RosterRejected:
    with pytest.raises(RosterRejected) as caught:
        read_roster(content, max_people)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html><table><tr><td>*\xe5\xa7\x93\xe5\x90\x8d</td></tr></table></html>", id="HTML"),
        pytest.param("姓名,证件号码\n王豆豆,110101199003079091\n".encode(), id="CSV in UTF-8"),
        pytest.param("姓名,证件号码\n王豆豆,110101199003079091\n".encode("gb18030"), id="CSV in GB 18030"),
        pytest.param("姓名\t证件号码\n".encode("utf-16"), id="Unicode text"),
        pytest.param(
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', id="2003"
        ),
        pytest.param(b"%PDF-1.7\n", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="picture"),
        pytest.param(b"\0" * 4096, id="zeros"),
        pytest.param(compound_file("Workbook"), id="xls"),
        pytest.param(
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), id="ods"
        ),
        pytest.param(zipped({"roster.xlsx": a_workbook()}), id="workbook packed into a zip"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="zip with nothing in it"),
        pytest.param(zipped(GOOD | parts_of_a_workbook(sheet_of(""), content_type=MACROS)), id="xlsm"),
        pytest.param(zipped(GOOD | {"xl/vbaProject.bin": b"\0"}), id="xlsx with a macro project"),
        pytest.param(zipped(parts_of_a_workbook(sheet_of(""), content_type=BINARY)), id="xlsb"),
        pytest.param(zipped(parts_of_a_workbook(sheet_of(""), content_type=TEMPLATE)), id="xltx"),
        pytest.param(zipped(parts_of_a_workbook(sheet_of(""), content_type=DOCUMENT)), id="docx"),
    ],
)
def test_another_type_of_file_is_told_to_be_saved_as_xlsx(content: bytes) -> None:
    rejection = rejected(content)
    assert isinstance(rejection, NotAWorkbook)
    assert rejection.code == "IMP-001"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(compound_file("EncryptedPackage"), id="encrypted with a password"),
        pytest.param(b"PK\x03\x04", id="four bytes of a workbook"),
        pytest.param(a_workbook()[:-1], id="last byte lost"),
        pytest.param(a_workbook()[:2000], id="half an upload"),
    ],
)
def test_a_damaged_or_encrypted_file_is_said_to_be_unreadable(content: bytes) -> None:
    rejection = rejected(content)
    assert isinstance(rejection, NotAWorkbook)
    assert rejection.code == "IMP-005"


@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_workbook_without_one_of_its_parts_is_refused(part: str) -> None:
    assert rejected(zipped({name: content for name, content in GOOD.items() if name != part})).code in {
        "IMP-004",  # no relationship leads to any sheet
        "IMP-005",
    }


@pytest.mark.parametrize("part", list(GOOD))
def test_a_workbook_with_a_broken_part_is_unreadable(part: str) -> None:
    assert rejected(zipped(GOOD | {part: str(GOOD[part])[:-10]})).code == "IMP-005"


def test_flipped_bytes_end_in_a_reading_or_a_rejection_and_never_in_a_bug() -> None:
    good, chance = a_workbook(), random.Random(7)
    for _ in range(300):
        damaged = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(RosterRejected):
            read_workbook(bytes(damaged), 5000).people()


def test_any_cut_through_a_workbook_is_unreadable() -> None:
    good = a_workbook()
    for length in range(0, len(good) - 1, 97):
        with pytest.raises(NotAWorkbook):
            read_workbook(good[:length], 5000)


def test_a_file_of_more_than_10_megabytes_is_refused_before_it_is_opened() -> None:
    with pytest.raises(TooBig) as caught:
        refuse_at_the_door(b"PK" + bytes(10 * 2**20 - 1))
    assert caught.value.code == "IMP-008"


def test_a_file_of_exactly_10_megabytes_is_opened() -> None:
    refuse_at_the_door(b"PK" + bytes(10 * 2**20 - 2))


def test_a_workbook_with_only_a_chart_sheet_has_nobody_inside() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.sheet_state = "hidden"
    sheet.append([1, 2])
    workbook.create_chartsheet().add_chart(BarChart())
    workbook.active = 1
    stream = io.BytesIO()
    workbook.save(stream)
    assert isinstance(rejected(stream.getvalue()), NobodyInside)
