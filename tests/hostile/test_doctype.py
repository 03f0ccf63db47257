"""A DOCTYPE or an ENTITY has no place in a workbook: it is refused wherever it stands, before anything expands."""

import pytest

from tasks.workbook.parser import read_workbook
from tasks.workbook.rejections import NotAWorkbook
from tests.raw_workbooks import HEADER_ROW, PERSON_ROW, parts_of_a_workbook, sheet_of, zipped

GOOD = parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW), shared_strings="<si><t>x</t></si>", styles="") | {
    "docProps/core.xml": "<coreProperties/>",
    "xl/theme/theme1.xml": "<theme/>",
}
LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
DOCTYPES = {
    "bare": "<!DOCTYPE x>",
    "entity": '<!DOCTYPE x [<!ENTITY a "b">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % a "b"> %a;]>',
    "external subset": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
}


def refused(part: str, content: str | bytes) -> str:
    with pytest.raises(NotAWorkbook) as caught:
        read_workbook(zipped(GOOD | {part: content}), 5000)
    assert "DOCTYPE" in caught.value.detail
    return caught.value.code


def test_the_workbook_without_a_doctype_is_read() -> None:
    assert len(read_workbook(zipped(GOOD), 5000).people()) == 1


@pytest.mark.parametrize("part", list(GOOD))
def test_a_doctype_is_refused_in_whichever_part_it_stands(part: str) -> None:
    assert refused(part, f"<!DOCTYPE x>{GOOD[part]}") == "IMP-005"


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
def test_every_kind_of_doctype_is_refused(doctype: str) -> None:
    assert refused("xl/worksheets/sheet1.xml", f"{doctype}{sheet_of(HEADER_ROW + PERSON_ROW)}") == "IMP-005"


def test_a_doctype_in_another_encoding_is_refused() -> None:
    sheet = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>' + sheet_of(HEADER_ROW + PERSON_ROW)
    assert refused("xl/worksheets/sheet1.xml", sheet.encode("utf-16")) == "IMP-005"


def test_the_word_doctype_in_a_cell_is_text() -> None:
    sheet = sheet_of(HEADER_ROW + PERSON_ROW.replace("王豆豆", "&lt;!DOCTYPE x&gt;"))
    (row,) = read_workbook(zipped(GOOD | {"xl/worksheets/sheet1.xml": sheet}), 5000).people()
    assert row[1][0] == "<!DOCTYPE x>"


@pytest.mark.parametrize("encoding", ["no-such-code", "utf-7", "rot13", "gbk"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_an_encoding_that_nobody_knows_is_refused(part: str, encoding: str) -> None:
    with pytest.raises(NotAWorkbook) as caught:
        read_workbook(zipped(GOOD | {part: f'<?xml version="1.0" encoding="{encoding}"?>{GOOD[part]}'}), 5000)
    assert caught.value.code == "IMP-005"
