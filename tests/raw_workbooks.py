"""Builds workbooks part by part from XML written by hand, for what no library would write."""

import io
from collections.abc import Mapping
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from tasks.workbook.header import HEADERS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

SHEET = "xl/worksheets/sheet1.xml"


def inline(reference: str, text: str) -> str:
    """A cell whose text stands in itself."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(number: int, *texts: str) -> str:
    """A row of text cells from column A on; "" leaves one out."""
    cells = (inline(f"{chr(ord('A') + index)}{number}", text) for index, text in enumerate(texts) if text)
    return f'<row r="{number}">{"".join(cells)}</row>'


HEADER_ROW = row(1, *HEADERS)
PERSON_ROW = row(2, "王豆豆", "身份证", "110101199003079091", "", "", "", "是")


def sheet_of(rows: str, *, after: str = "", before: str = "", namespace: str = MAIN) -> str:
    """A worksheet with this content of <sheetData>, and with what stands before and after that."""
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def roster_with(cells: str, *, number: int = 2) -> str:
    """A worksheet with the template's header and one row of these cells."""
    return sheet_of(f'{HEADER_ROW}<row r="{number}">{cells}</row>')


def parts_of_a_workbook(
    *sheets: str,
    states: Mapping[int, str] | None = None,
    kinds: Mapping[int, str] | None = None,
    shared_strings: str | None = None,
    styles: str | None = None,
    workbook_properties: str = "",
    content_type: str = XLSX,
    strict: bool = False,
) -> dict[str, str | bytes]:
    """All parts by name. `states` and `kinds` say which sheets (from 0) are hidden, or chartsheets."""
    main, relationships = (STRICT_MAIN, STRICT_RELATIONSHIPS) if strict else (MAIN, RELATIONSHIPS)
    states, kinds = states or {}, kinds or {}
    tabs = ""
    related: dict[str, tuple[str, str]] = {}
    for index in range(len(sheets)):
        number, state = index + 1, states.get(index, "visible")
        tabs += f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}" state="{state}"/>'
        related[f"rId{number}"] = (kinds.get(index, "worksheet"), f"worksheets/sheet{number}.xml")
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{content_type}"/></Types>'
        ),
        "_rels/.rels": _rels({"rId1": ("officeDocument", "xl/workbook.xml")}, relationships),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{relationships}">'
            f"{workbook_properties}<sheets>{tabs}</sheets></workbook>"
        ),
    }
    if shared_strings is not None:
        related["rIdStrings"] = ("sharedStrings", "sharedStrings.xml")
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{shared_strings}</sst>'
    if styles is not None:
        related["rIdStyles"] = ("styles", "styles.xml")
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = _rels(related, relationships)
    for number, sheet in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet
    return parts


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts in one zip file, in their order."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def raw_workbook(*sheets: str, **how: object) -> bytes:
    """A workbook of these worksheets; `how` as for `parts_of_a_workbook`."""
    return zipped(parts_of_a_workbook(*sheets, **how))  # type: ignore[arg-type]  # its own names, passed on


def _rels(targets: Mapping[str, tuple[str, str]], namespace: str) -> str:
    entries = "".join(
        f'<Relationship Id="{key}" Type="{namespace}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'
    )
