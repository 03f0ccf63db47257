"""Rows that are read by one expression say what they say to expat, and nothing passes for plain that is not."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.workbook.cell_values import CellTexts
from tasks.workbook.plain_rows import PlainRows
from tasks.workbook.rejections import RosterRejected
from tasks.workbook.roster_rows import RosterRows
from tasks.workbook.sheet_xml import SheetReader
from tests.raw_workbooks import HEADER_ROW, MAIN

SHARED = ["王豆豆", " 身份证 ", "_x0041_", ""]
PLAIN = '<row r="3" spans="1:7" x14ac:dyDescent="0.25"><c r="A3" s="1" t="inlineStr"><is><t>王豆豆</t></is></c></row>'


class NoPlainRows(PlainRows):
    def cut(self, piece: bytes) -> Iterator[tuple[bytes, list[object]]]:  # type: ignore[override]  # never any rows
        yield piece, []


def sheet(*rows: str, head: str = "", root: str = "") -> bytes:
    return (
        f'{head}<worksheet xmlns="{MAIN}" xmlns:x14ac="urn:x"{root}><sheetData>{HEADER_ROW}'
        f"{''.join(rows)}</sheetData></worksheet>"
    ).encode()


def read(pieces: Iterable[bytes], plain: PlainRows) -> object:
    rows = RosterRows(5000)
    reader = SheetReader(CellTexts(SHARED, frozenset({"3"}), epoch_1904=False), rows)
    reader._plain = plain
    reader._parser.XmlDeclHandler = plain.hear_encoding
    try:
        reader.read(pieces)
        return rows.people(), rows.notes_ignored
    except RosterRejected as rejection:
        return rejection.code


def plain_rows_in(part: bytes) -> int:
    finder = PlainRows()
    finder.look_around(part)
    return sum(len(rows) for _, rows in finder.cut(part))


CELLS = st.sampled_from(
    [
        '<c r="{c}{r}" t="s"><v>0</v></c>',
        '<c r="{c}{r}" s="1" t="s"><v>2</v></c>',
        '<c r="{c}{r}" t="s"><v>9</v></c>',
        '<c r="{c}{r}" s="2"/>',
        '<c r="{c}{r}"></c>',
        '<c r="{c}{r}"><v>13912345678</v></c>',
        '<c r="{c}{r}" s="3"><v>33000</v></c>',
        '<c r="{c}{r}" t="str"><v>_x0042_</v></c>',
        '<c r="{c}{r}" t="b"><v>1</v></c>',
        '<c r="{c}{r}" t="e"><v>#N/A</v></c>',
        '<c r="{c}{r}" t="d"><v>1990-03-07</v></c>',
        '<c r="{c}{r}" t="zzz"><v>1</v></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t>  </t></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t xml:space="preserve"> 𠮷\n田 </t></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t></t></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t>a &amp; b</t></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t>a\rb</t></is></c>',
        '<c r="{c}{r}" t="inlineStr"><is><t>]]></t></is></c>',
        '<c r="{c}{r}"><f>1+1</f><v>2</v></c>',
        '<c r="{c}{r}" t="s"><v><!-- 1 -->0</v></c>',
        '<c r="A1" t="s"><v>0</v></c>',
        '<c t="s"><v>0</v></c>',
    ]
)


@st.composite
def rows(draw: st.DrawFn) -> str:
    number = draw(st.integers(2, 6))
    columns = draw(st.lists(st.sampled_from(["A", "B", "C", "G", "H", "AZ", "BA", "XFE"]), max_size=4))
    cells = [draw(CELLS).format(c=column, r=number) for column in columns]
    start = draw(
        st.sampled_from(['<row r="{r}">', '<row r="{r}" spans="1:7">', "<row>", '<row r="{r}" xmlns="urn:y">'])
    )
    return start.format(r=number) + "".join(cells) + "</row>" + draw(st.sampled_from(["", "", "\n", "<?a b?>"]))


@settings(max_examples=1000)  # two faults in one sheet are rare: a hundred examples missed them
@given(st.lists(rows(), max_size=6), st.integers(1, 300))
def test_a_sheet_says_the_same_whether_rows_are_taken_as_plain_or_heard_from_expat(some: list[str], size: int) -> None:
    content = sheet(*some)
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    assert read([content], PlainRows()) == read(pieces, PlainRows()) == read([content], NoPlainRows())


def test_the_rows_of_common_programs_are_plain() -> None:
    assert plain_rows_in(sheet(PLAIN, '<row r="4"><c r="A4" s="1" t="s"><v>0</v></c><c r="B4" s="1"/></row>')) >= 2


@pytest.mark.parametrize(
    "content",
    [
        sheet(f"<!-- {PLAIN} -->"),
        sheet(f'<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[{PLAIN}]]></t></is></c></row>'),
        sheet(f"<?note {PLAIN}?>"),
        sheet(f"<ext>{PLAIN}</ext>"),
        sheet(f'<row r="2"><c r="A2" t="inlineStr"><is>{PLAIN}</is></c></row>'),
        sheet(PLAIN, head='<?xml version="1.0" encoding="ISO-8859-1"?>'),
        sheet(PLAIN).decode().encode("utf-16"),
        sheet(PLAIN).replace(b"<sheetData>", b'<sheetData xmlns="urn:y">'),
        sheet(PLAIN).replace("王".encode(), b"\xff"),
        sheet(PLAIN).replace(b"x14ac:dy", b"undeclared:dy"),
        sheet(PLAIN, PLAIN),
        sheet(PLAIN.replace("A3", "A3\x01")),
        sheet(PLAIN.replace("王豆豆", "王" * 32768)),
        sheet(PLAIN)[:-30],
        sheet('<row r="1048577"><c r="A1048577" t="s"><v>0</v></c></row>'),
        sheet(PLAIN, "<row><c><v>1</v></c></row>"),
        sheet(PLAIN, '<c r="B3"><v>1</v></c>'),
    ],
    ids=lambda content: content[-90:].decode("ascii", "replace"),
)
def test_what_only_looks_like_a_plain_row_is_judged_by_expat(content: bytes) -> None:
    assert read([content], PlainRows()) == read([content], NoPlainRows())
