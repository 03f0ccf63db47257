"""Zip files that lie: refused by what they claim or as soon as they prove to be other than that."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.workbook.parser import read_workbook
from tasks.workbook.rejections import RosterRejected
from tests.hostile.files import STORED, Entry, entries_of, entry, lying, raw_zip, swollen, with_part
from tests.hostile.measured import measure
from tests.raw_workbooks import HEADER_ROW, PERSON_ROW, SHEET, parts_of_a_workbook, sheet_of
from tests.workbooks import a_workbook

GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW))
SHEET_ENTRY = next(item for item in entries_of(GOOD) if item.name == SHEET.encode())
SPACES = b" " * 2**20


def code_of(content: bytes) -> str:
    try:
        read_workbook(content, 5000).people()
    except RosterRejected as rejection:
        return rejection.code
    return ""


def test_the_honest_file_that_these_are_made_from_is_read() -> None:
    assert code_of(raw_zip(entries_of(GOOD))) == ""


def test_seventy_thousand_entries_are_refused_within_five_seconds(tmp_path: Path) -> None:
    empty = entry("", b"")
    many = (replace(empty, name=f"x/{number}".encode()) for number in range(70_000))
    measured = measure(raw_zip([*entries_of(GOOD), *many]), tmp_path)
    assert measured.code == "IMP-005"
    assert measured.seconds < 5
    assert measured.both_megabytes < 400


@pytest.mark.parametrize("name", ["../evil.xml", "xl/../../evil.xml", "/etc/passwd", "..\\evil.xml", "xl/a\0b.xml"])
def test_a_name_that_leads_out_of_the_file_is_refused(name: str) -> None:
    assert code_of(with_part(GOOD, entry(name, b"<a/>"))) == "IMP-005"


def test_two_entries_of_one_name_are_refused() -> None:
    assert code_of(raw_zip([*entries_of(GOOD), SHEET_ENTRY])) == "IMP-005"


def test_two_entries_whose_names_differ_in_case_are_refused() -> None:
    twin = replace(SHEET_ENTRY, name=SHEET_ENTRY.name.upper())
    assert code_of(raw_zip([*entries_of(GOOD), twin])) == "IMP-005"


@pytest.mark.parametrize("flags", [0x0001, 0x0041, 0x2000])
def test_an_encrypted_entry_is_refused(flags: int) -> None:
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, flags=flags))) == "IMP-005"


@pytest.mark.parametrize("method", [1, 9, 12, 14, 99])
def test_an_entry_packed_by_another_method_is_refused(method: int) -> None:
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, method=method))) == "IMP-005"


def test_a_stored_entry_is_read() -> None:
    sheet = sheet_of(HEADER_ROW + PERSON_ROW).encode()
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, packed=sheet, method=STORED))) == ""


@pytest.mark.parametrize("difference", [-1, 1, -SHEET_ENTRY.size])
def test_an_entry_of_another_size_than_it_claims_is_refused(difference: int) -> None:
    assert code_of(with_part(GOOD, lying(SHEET_ENTRY, SHEET_ENTRY.size + difference))) == "IMP-005"


def test_an_entry_with_another_checksum_is_refused() -> None:
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, crc=SHEET_ENTRY.crc ^ 1))) == "IMP-005"


def test_an_entry_that_goes_on_after_its_end_is_refused() -> None:
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, packed=SHEET_ENTRY.packed + b"more"))) == "IMP-005"


def test_an_entry_that_is_cut_off_is_refused() -> None:
    assert code_of(with_part(GOOD, replace(SHEET_ENTRY, packed=SHEET_ENTRY.packed[:-3]))) == "IMP-005"


def test_a_directory_with_fewer_entries_than_it_claims_is_refused() -> None:
    assert code_of(raw_zip(entries_of(GOOD), count=3)) == "IMP-005"


def test_entries_that_share_their_bytes_are_refused() -> None:
    content = bytearray(raw_zip([*entries_of(GOOD), replace(SHEET_ENTRY, name=b"xl/worksheets/sheet2.xml")]))
    last, first = content.rfind(b"PK\x01\x02"), content.find(b"PK\x01\x02")
    content[last + 42 : last + 46] = content[first + 42 : first + 46]
    assert code_of(bytes(content)) == "IMP-005"


def test_a_local_header_of_another_name_is_refused() -> None:
    content = raw_zip(entries_of(GOOD))
    assert code_of(content.replace(SHEET.encode(), SHEET.upper().encode(), 1)) == "IMP-005"


def test_a_workbook_with_a_zip_inside_is_refused() -> None:
    assert code_of(with_part(GOOD, entry("xl/media/image1.png", a_workbook()))) == "IMP-005"


def test_a_directory_that_claims_to_lie_outside_the_file_is_refused() -> None:
    content = bytearray(raw_zip(entries_of(GOOD)))
    content[-6:-2] = struct.pack("<L", len(content))
    assert code_of(bytes(content)) == "IMP-005"


def bomb(name: str, megabytes: int) -> Entry:
    return swollen(name, b"<a>", SPACES, megabytes, b"</a>")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        pytest.param(bomb(SHEET, 257), "IMP-012", id="sheet"),
        pytest.param(bomb("xl/media/image1.png", 65), "IMP-012", id="picture"),
        pytest.param(bomb("xl/workbook.xml", 65), "IMP-012", id="list of sheets"),
        pytest.param(bomb("[Content_Types].xml", 65), "IMP-012", id="content types"),
        pytest.param(lying(bomb(SHEET, 257), 1000), "IMP-005", id="sheet that claims to be small"),
        pytest.param(lying(bomb("xl/workbook.xml", 257), 1000), "IMP-005", id="list of sheets that claims to be small"),
        pytest.param(lying(bomb(SHEET, 1), 2**32 - 1), "IMP-012", id="sheet that claims to be huge"),
    ],
)
def test_a_part_that_swells_is_refused_in_bounded_time_and_memory(part: Entry, code: str, tmp_path: Path) -> None:
    measured = measure(with_part(GOOD, part), tmp_path)
    assert measured.code == code
    assert measured.seconds < 5
    assert measured.both_megabytes < 400


def test_many_parts_that_swell_a_little_are_refused_together(tmp_path: Path) -> None:
    parts = [bomb(f"xl/media/image{number}.png", 10) for number in range(7)]
    assert measure(raw_zip([*entries_of(GOOD), *parts]), tmp_path).code == "IMP-012"
